// SPDX-License-Identifier: MIT
// An event is given where a command belongs.
// expect: es: dispatch takes a command, and this is an event: pass one of A::Command
// expect: shop::Shop, shop::Bought
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static void apply_event(State& s, const Refunded& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
    static Refunded handle_command(const State&, const Refund& c) { return {c.item}; }
};
} // namespace shop

auto go(es::Dispatcher<shop::Shop, Nowhere>& shop) {
#ifdef MUST_FAIL
    return shop.dispatch(shop::State{}, shop::Bought{"hat"}, "shop-1");
#else
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1");
#endif
}
