// SPDX-License-Identifier: MIT
// An event of the variant without apply_event.
// expect: es: no public apply_event for this event; add it
// expect: shop::Shop, shop::Refunded
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
#ifndef MUST_FAIL
    static State apply_event(State s, const Refunded&) { return s; }
#endif
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
