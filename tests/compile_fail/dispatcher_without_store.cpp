// SPDX-License-Identifier: MIT
// The store of a dispatcher is not named, or named before the aggregate.
// expect 1: es: name the store as well: es::Dispatcher<TheAggregate, es::MemoryStore>
// expect 2: es: name the aggregate first, and then the store: es::Dispatcher<TheAggregate, es::MemoryStore>
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

#if MUST_FAIL == 1
es::Dispatcher<shop::Shop> dispatcher{Nowhere{}};
#elif MUST_FAIL == 2
es::Dispatcher<Nowhere, shop::Shop> dispatcher{Nowhere{}};
#else
es::Dispatcher<shop::Shop, Nowhere> dispatcher{Nowhere{}};
#endif
