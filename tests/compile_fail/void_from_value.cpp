// SPDX-License-Identifier: MIT
// An apply_event that changes a copy and throws it away.
// expect: es: apply_event returns State or es::Result<State>, or takes State& and returns void or es::Result<void>
// expect: shop::Shop, shop::Bought
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

#ifdef MUST_FAIL
    static void apply_event(State s, const Bought& e) { s.last = e.item; }
#else
    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
#endif
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
