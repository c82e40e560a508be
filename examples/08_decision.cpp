// SPDX-License-Identifier: MIT
// A seat is sold if the train has one left and the traveller has none yet. No stream knows both, so
// the decision reads the events with their tags, and is stored only if none has come meanwhile.
//
// Prints:
//   ann has a seat: sale-train:ICE-7, tags train:ICE-7 traveller:ann
//   bob is refused: train is full: ICE-7
//   ann is refused: has a seat already: ICE-7
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/decisions.hpp>

#include <iostream>
#include <string>
#include <tuple>
#include <vector>

namespace es = eventsourcing;

namespace railway {

using Tags = std::vector<std::string>;

struct SeatSold {
    std::string train;
    std::string traveller;
    Tags event_tags() const { return {"train:" + train, "traveller:" + traveller}; }
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "railway", .source = "events://example.org/railway"};
}

// Views: what the decision has to know of a train, and of a traveller.
struct Train {
    std::string train;
    int free = 1; // a very short train

    using Event = SeatSold;
    Tags event_tags() const { return {"train:" + train}; }
    static void apply_event(Train& t, const SeatSold&) { --t.free; }
};
struct Traveller {
    std::string traveller;
    std::string seat_in{};

    using Event = SeatSold;
    Tags event_tags() const { return {"traveller:" + traveller}; }
    static void apply_event(Traveller& t, const SeatSold& e) { t.seat_in = e.train; }
};

// The decision.
struct Sell {
    std::string train;
    std::string traveller;
};
enum class Refusal { train_is_full = 1, has_a_seat_already };

struct Sale {
    using Event = SeatSold;

    static auto boundary(const Sell& c) {
        return std::tuple{Train{c.train}, Traveller{c.traveller}};
    }
    static es::Result<SeatSold> handle_command(const Train& train, const Traveller& traveller,
                                               const Sell& c) {
        if (!traveller.seat_in.empty())
            return es::reject(Refusal::has_a_seat_already, traveller.seat_in);
        if (train.free == 0)
            return es::reject(Refusal::train_is_full, c.train);
        return SeatSold{c.train, c.traveller};
    }
};

} // namespace railway

int main() {
    using namespace railway;
    const es::Decisions<Sale, es::MemoryStore> sales{es::MemoryStore{}};

    const auto sold = sales.execute(Sell{"ICE-7", "ann"});
    if (!sold)
        return 1;
    std::cout << "ann has a seat: " << sold->stream.str() << ", tags";
    for (const std::string& tag : sold->events()[0].event_tags())
        std::cout << " " << tag;
    std::cout << "\nbob is refused: " << sales.execute(Sell{"ICE-7", "bob"}).error().message()
              << "\nann is refused: " << sales.execute(Sell{"ICE-8", "ann"}).error().message()
              << "\n";
}
