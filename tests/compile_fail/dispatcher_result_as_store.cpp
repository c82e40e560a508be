// SPDX-License-Identifier: MIT
// The Result of opening a store is given where the store belongs.
// expect: es: this store is a Result: check it first, if (!store), and pass *store
// expect: Nowhere
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

es::Result<Nowhere> store;
#ifdef MUST_FAIL
es::Dispatcher<shop::Shop, Nowhere> dispatcher{store};
#else
es::Dispatcher<shop::Shop, Nowhere> dispatcher{*store};
#endif
