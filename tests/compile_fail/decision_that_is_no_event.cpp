// SPDX-License-Identifier: MIT
// A handle_command that answers what is no event.
// expect: es: handle_command returns events: one, the variant, a range, an optional, es::nothing, or an es::Result of these
// expect: shop::Shop, shop::Buy
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
#ifdef MUST_FAIL
    static bool handle_command(const State&, const Buy&) { return true; }
#else
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
#endif
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
