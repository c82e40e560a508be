// SPDX-License-Identifier: MIT
// A template event: its name would hold angle brackets, which differ between compilers.
// expect: static constexpr std::string_view event_type in the struct
// expect: shop::Shop, shop::Moved<int>
#include "shop.hpp"

namespace shop {
template <class Unit>
struct Moved {
#ifndef MUST_FAIL
    static constexpr std::string_view event_type = "shop.moved_int";
#endif
    Unit by;
};

struct Shop {
    using Command = Buy;
    using Event = Moved<int>;
    using State = shop::State;

    static State apply_event(State s, const Moved<int>&) { return s; }
    static Moved<int> handle_command(const State&, const Buy&) { return {1}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
