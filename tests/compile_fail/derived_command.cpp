// SPDX-License-Identifier: MIT
// A command that derives from another: the other's overload would take it without a word. And one
// that stands twice in the variant.
// expect 1: es: this command derives from another of the variant, whose handle_command would silently take it; make it a struct of its own
// expect 1: shop::Shop, shop::Gift
// expect 2: es: this command stands twice in the variant; remove one
// expect 2: shop::Shop, shop::Buy
#include "shop.hpp"

namespace shop {
#if MUST_FAIL == 1
struct Gift : Buy {};
#else
struct Gift {
    std::string item;
};
#endif

struct Shop {
#if MUST_FAIL == 2
    using Command = std::variant<Buy, Gift, Buy>;
#else
    using Command = std::variant<Buy, Gift>;
#endif
    using Event = Bought;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
#if MUST_FAIL != 1
    static Bought handle_command(const State&, const Gift& c) { return {c.item}; }
#endif
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
