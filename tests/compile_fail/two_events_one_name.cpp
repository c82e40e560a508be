// SPDX-License-Identifier: MIT
// Two events of one variant that a store could not tell apart.
// expect: es: another event of the variant has this event_type (or alias) and version; rename one
// expect: shop::Shop, shop::
#include "shop.hpp"

namespace shop {
struct Purchased {
#ifdef MUST_FAIL
    static constexpr std::string_view event_type = "shop.bought";
#endif
    std::string item;
};

struct Shop {
    using Command = Buy;
    using Event = std::variant<Bought, Purchased>;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static State apply_event(State s, const Purchased&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
