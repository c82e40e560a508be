// SPDX-License-Identifier: MIT
// An event that derives from another: the other's overload would take it without a word.
// expect: es: this event derives from another of the variant, whose apply_event would silently take it; make it a struct of its own
// expect: shop::Shop, shop::BoughtTwice
#include "shop.hpp"

namespace shop {
#ifdef MUST_FAIL
struct BoughtTwice : Bought {};
#else
struct BoughtTwice {
    std::string item;
};
#endif

struct Shop {
    using Command = Buy;
    using Event = std::variant<Bought, BoughtTwice>;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
#ifndef MUST_FAIL
    static State apply_event(State s, const BoughtTwice&) { return s; }
#endif
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
