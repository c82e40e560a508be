// SPDX-License-Identifier: MIT
// What a load returned is dispatched without a check.
// expect: es: this state is a Result: check it first, if (!result), and pass *result
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
    es::Result<es::Loaded<shop::Shop>> loaded;
    return shop.dispatch(loaded, shop::Buy{"hat"}, "shop-1");
#else
    es::Result<es::Loaded<shop::Shop>> loaded;
    return shop.dispatch(*loaded, shop::Buy{"hat"}, "shop-1");
#endif
}
