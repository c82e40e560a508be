// SPDX-License-Identifier: MIT
// What is no event of the projection, and what is no expectation: of its State, its rows, its
// statements. A projection without its header is in given_header.cpp.
// expect 1: es: given takes the events that happened, each as an argument of its own: structs that P::Event names
// expect 1: shop::Sales, int
// expect 2: es: then takes what the State is expected to be, or a predicate: then(State{...})
// expect 2: shop::Sales
// expect 3: es: this projection has rows: then takes a key and what its row is expected to be
// expect 4: es: this projection makes statements: then takes those that are expected
// expect 5: es: then takes what the State is expected to be, or a predicate: then(State{...})
#include "shop.hpp"

#include <eventsourcing/testing/given_projection.hpp>

namespace shop {
struct Shop {
    using Event = std::variant<Bought, Refunded>;
};
struct Sales {
    using Event = es::EventsOf<Shop>;
    struct State {
        int sold = 0;
    };
    static void apply_event(State& s, const Bought&) { ++s.sold; }
};
struct Items : Sales {
    static std::string key(const auto& e) { return e.event.item; }
};
struct Table {
    using Event = es::EventsOf<Shop>;
    using State = es::SqliteStatements;
    static void apply_event(State& sql, const Bought& e) { sql.run("INSERT", e.item); }
};
} // namespace shop

bool go() {
    using namespace shop;
    const Bought hat{"hat"};
    const auto one_sold = [](const Sales::State& s) { return s.sold == 1; };
#if MUST_FAIL == 1
    return bool(es::given<Sales>(hat, 7).then(one_sold));
#elif MUST_FAIL == 2
    return bool(es::given<Sales>(hat).then(hat));
#elif MUST_FAIL == 3
    return bool(es::given<Items>(hat).then(one_sold));
#elif MUST_FAIL == 4
    return bool(es::given<Table>(hat).then("INSERT"));
#elif MUST_FAIL == 5
    return bool(es::given<Sales>(hat).then());
#else
    return es::given<Sales>(hat, Refunded{"hat"}).then(one_sold) &&
           es::given<Items>(hat).then("hat", one_sold) &&
           es::given<Table>(hat).then(es::statement("INSERT", "hat"));
#endif
}
