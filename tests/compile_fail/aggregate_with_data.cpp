// SPDX-License-Identifier: MIT
// An aggregate that keeps data of its own, which no event would bring back.
// expect: es: an aggregate has no data: put it into its State
// expect: shop::Shop
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
#ifdef MUST_FAIL
    int opened = 0;
#endif
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
