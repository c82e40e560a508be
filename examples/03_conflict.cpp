// SPDX-License-Identifier: MIT
// Two clerks sell the last seats of one train. The slower one gets a conflict; a repository
// decides again by itself.
//
// Prints:
//   ann sells 3 seats
//   bob: stream train-4711 has moved on to revision 1, he expected 0
//   bob: 1 seat is left, not 2
#include <eventsourcing/eventsourcing.hpp>

#include <iostream>
#include <variant>

namespace es = eventsourcing;

namespace railway {

struct Offer {
    int seats;
};
struct Sell {
    int seats;
};
struct Offered {
    int seats;
};
struct Sold {
    int seats;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "railway", .source = "events://example.org/railway"};
}

struct Train {
    using Command = std::variant<Offer, Sell>;
    using Event = std::variant<Offered, Sold>;
    struct State {
        int free = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const Offered& e) { s.free += e.seats; }
    static void apply_event(State& s, const Sold& e) { s.free -= e.seats; }

    static Offered handle_command(const State&, const Offer& c) { return {c.seats}; }
    static es::Result<Sold> handle_command(const State& s, const Sell& c) {
        if (c.seats > s.free)
            return es::reject("{} seat is left, not {}", s.free, c.seats);
        return Sold{c.seats};
    }
};

} // namespace railway

int main() {
    using namespace railway;
    es::MemoryStore store;
    es::Dispatcher<Train, es::MemoryStore> trains{store};
    if (!trains.dispatch(Train::State{}, Offer{4}, "train-4711"))
        return 1;

    // Both load the train before either sells.
    const auto seen_by_ann = es::load<Train>(store, "train-4711");
    const auto seen_by_bob = es::load<Train>(store, "train-4711");
    if (!seen_by_ann || !seen_by_bob)
        return 1;

    if (!trains.dispatch(*seen_by_ann, Sell{3}, "train-4711"))
        return 1;
    std::cout << "ann sells 3 seats\n";

    auto sold = trains.dispatch(*seen_by_bob, Sell{2}, "train-4711");
    if (sold || sold.error() != es::errc::conflict)
        return 1;
    const es::Conflict& conflict = *sold.error().conflict();
    std::cout << "bob: stream " << conflict.stream << " has moved on to revision "
              << conflict.actual->value() << ", he expected "
              << conflict.expected.revision().value() << "\n";

    // Nothing was sold twice. A repository loads the train again and decides again on the new
    // state, whenever it meets a conflict.
    const es::Repository<Train, es::MemoryStore> all_trains{store};
    const auto decided = all_trains.execute("4711", Sell{2});
    if (decided)
        return 1;
    std::cout << "bob: " << decided.error().message() << "\n";
}
