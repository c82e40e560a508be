// SPDX-License-Identifier: MIT
// What is no history, and a projection whose read model is elsewhere.
// expect 1: es: check_projection takes one history: a std::tuple of events that P::Event names
// expect 2: es: check_projection takes one history: a std::tuple of events that P::Event names
// expect 2: shop::Sales
// expect 3: es: a projection of statements is checked in its database
#include "shop.hpp"

#include <eventsourcing/testing/check_projection.hpp>

#include <tuple>

namespace shop {
struct Sales {
    using Event = Bought;
    struct State {
        int sold = 0;
    };
    static void apply_event(State& s, const Bought&) { ++s.sold; }
};
struct Table {
    using Event = Bought;
    using State = es::SqliteStatements;
    static void apply_event(State& sql, const Bought& e) { sql.run("INSERT", e.item); }
};
} // namespace shop

bool go() {
    using namespace shop;
    const Bought hat{"hat"};
#if MUST_FAIL == 1
    return bool(es::check_projection<Sales>(hat));
#elif MUST_FAIL == 2
    return bool(es::check_projection<Sales>(std::tuple{hat, Refunded{"hat"}}));
#elif MUST_FAIL == 3
    return bool(es::check_projection<Table>(std::tuple{hat}));
#else
    return bool(es::check_projection<Sales>(std::tuple{hat}));
#endif
}
