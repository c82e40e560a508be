// SPDX-License-Identifier: MIT
// An option of an aggregate in a form that would be ignored.
// expect: shop::Shop
// expect 1: es: `unknown_events` is declared in a form that the library does not read; write, public: `static constexpr auto unknown_events = es::ignore;`
// expect 2: es: `evolve_revision` is declared in a form that the library does not read; write, public: `static constexpr std::string_view evolve_revision
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;
#if !defined(MUST_FAIL)
    static constexpr auto unknown_events = es::ignore;
    static constexpr std::string_view evolve_revision = "2";
#elif MUST_FAIL == 1
    static constexpr bool unknown_events = false;
#elif MUST_FAIL == 2
    static constexpr int evolve_revision = 2;
#endif

    static State apply_event(State s, const Bought&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
