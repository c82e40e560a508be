// SPDX-License-Identifier: MIT
// A seat is sold by what two streams say: the train has so many seats, a traveller one at a time.
// No stream knows both, so the decision reads the events that carry its tags, wherever they are,
// and is stored only if nothing of them has changed.
//
// Prints:
//   ann has a seat in train-1
//   bob: train is full: 1
//   ann: has a seat already: 1
//   in stream sale-train:1: railway.seat_sold, tags train:1 traveller:ann
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/decisions.hpp>

#include <iostream>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace railway {

using Tags = std::vector<std::string>;

struct Offered {
    std::string train;
    int seats;
    Tags event_tags() const { return {"train:" + train}; }
};
struct SeatSold {
    std::string train;
    std::string traveller;
    Tags event_tags() const { return {"train:" + train, "traveller:" + traveller}; }
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "railway", .source = "events://example.org/railway"};
}

// ---- Views: what a decision has to know of a train, and of a traveller
struct Train {
    std::string train;
    int free = 0;

    using Event = std::variant<Offered, SeatSold>;
    Tags event_tags() const { return {"train:" + train}; }
    static void apply_event(Train& t, const Offered& e) { t.free += e.seats; }
    static void apply_event(Train& t, const SeatSold&) { --t.free; }
};
struct Traveller {
    std::string traveller;
    std::string seat_in{};

    using Event = SeatSold;
    Tags event_tags() const { return {"traveller:" + traveller}; }
    static void apply_event(Traveller& t, const SeatSold& e) { t.seat_in = e.train; }
};

// ---- The decision
struct Offer {
    std::string train;
    int seats;
};
struct Sell {
    std::string train;
    std::string traveller;
};
enum class Refusal { train_is_full = 1, has_a_seat_already };

struct Sale {
    using Event = std::variant<Offered, SeatSold>;

    static auto boundary(const Offer& c) { return std::tuple{Train{c.train}}; }
    static Offered handle_command(const Train&, const Offer& c) { return {c.train, c.seats}; }

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
    const es::MemoryStore store;
    const es::Decisions<Sale, es::MemoryStore> sales{store};
    if (!sales.execute(Offer{"1", 1}) || !sales.execute(Offer{"2", 9}))
        return 1;

    const auto sold = sales.execute(Sell{"1", "ann"});
    if (!sold)
        return 1;
    std::cout << "ann has a seat in train-1\n";
    std::cout << "bob: " << sales.execute(Sell{"1", "bob"}).error().message() << "\n";
    std::cout << "ann: " << sales.execute(Sell{"2", "ann"}).error().message() << "\n";

    const auto page = store.read_stream(sold->stream, {.from = sold->receipt->first});
    if (!page)
        return 1;
    for (const es::EventRecord& record : *page) {
        std::cout << "in stream " << record.stream << ": " << record.type << ", tags";
        for (const auto tag : record.tags)
            std::cout << " " << tag;
        std::cout << "\n";
    }
}
