// SPDX-License-Identifier: MIT
// An event without a stored name.
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
    using Event = market::Opened;
    using State = shop::State;

    static State apply_event(State s, const market::Opened&) { return s; }
    static market::Opened handle_command(const State&, const Buy&) { return {}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
