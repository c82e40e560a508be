// SPDX-License-Identifier: MIT
// A handler that the library may not call.
// expect: es: no public handle_command for this command; add it, or make it public
// expect: shop::Shop, shop::Buy
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
#ifdef MUST_FAIL
private:
#endif
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
