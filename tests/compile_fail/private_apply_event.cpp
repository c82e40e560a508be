// SPDX-License-Identifier: MIT
// A handler that the library may not call.
// expect: es: no public apply_event for this event; add it, or make it public
// expect: shop::Shop, shop::Bought
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
#ifdef MUST_FAIL
private:
#endif
    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
