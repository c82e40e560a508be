// SPDX-License-Identifier: MIT
// An event without a stored name, after one with a name.
// expect: es: name the event: consteval es::EventFamily event_family(const auto&) in its namespace
// expect: shop::Shop, market::Opened
#include "shop.hpp"

namespace market {
struct Opened {};
#ifndef MUST_FAIL
consteval es::EventFamily event_family(const auto&) {
    return {.name = "market", .source = "events://example.org/market"};
}
#endif
} // namespace market

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = std::variant<Bought, market::Opened>;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static State apply_event(State s, const market::Opened&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
