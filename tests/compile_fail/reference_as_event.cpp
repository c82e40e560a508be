// SPDX-License-Identifier: MIT
// Event or Command is no value.
// expect: Command, Event and State are values; remove const and &
// expect: shop::Till
// expect 1: values
// expect 2: values
// expect 3: values
#include "shop.hpp"

namespace shop {
struct Till {
#ifndef MUST_FAIL
    using Command = Buy;
    using Event = Bought;
#elif MUST_FAIL == 1
    using Command = Buy;
    using Event = Bought&;
#elif MUST_FAIL == 2
    using Command = Buy;
    using Event = const Bought;
#elif MUST_FAIL == 3
    using Command = const Buy&;
    using Event = Bought;
#endif
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Bought&) {}
    static Bought handle_command(const State&, const Buy&) { return {}; }
};
} // namespace shop

template class es::Dispatcher<shop::Till, Nowhere>;
