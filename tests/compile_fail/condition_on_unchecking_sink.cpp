// SPDX-License-Identifier: MIT
// An append condition asked of a sink that checks none.
// expect: es: this sink checks no es::AppendCondition (its capabilities lack .conditions): dispatch without one
// expect: Nowhere
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

void buy(es::Dispatcher<shop::Shop, Nowhere>& shop) {
#ifdef MUST_FAIL
    (void)shop.dispatch(shop::State{}, shop::Buy{"pear"}, "shop-1", es::AppendCondition{});
#else
    (void)shop.dispatch(shop::State{}, shop::Buy{"pear"}, "shop-1");
#endif
}
