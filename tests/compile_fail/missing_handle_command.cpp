// SPDX-License-Identifier: MIT
// A command of the variant without handle_command.
// expect: es: no public handle_command for this command; add it
// expect: shop::Shop, shop::Refund
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static State apply_event(State s, const Refunded&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
#ifndef MUST_FAIL
    static Refunded handle_command(const State&, const Refund& c) { return {c.item}; }
#endif
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
