// SPDX-License-Identifier: MIT
// What is no struct of the domain stands among the events.
// expect: an event is a struct of its own, whose name says what happened; wrap this
// expect 1: std::monostate
// expect 2: int
// expect 3: basic_string
// expect 4: shop::Bought
// expect 4: *
// expect 5: shared_ptr
// expect 6: shop::Kind
#include "shop.hpp"

#include <memory>

namespace shop {
enum class Kind { bought };
#ifndef MUST_FAIL
using Stray = Refunded;
#elif MUST_FAIL == 1
using Stray = std::monostate;
#elif MUST_FAIL == 2
using Stray = int;
#elif MUST_FAIL == 3
using Stray = std::string;
#elif MUST_FAIL == 4
using Stray = Bought*;
#elif MUST_FAIL == 5
using Stray = std::shared_ptr<Bought>;
#elif MUST_FAIL == 6
using Stray = Kind;
#endif

struct Till {
    using Command = Buy;
    using Event = std::variant<Bought, Stray>;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Bought&) {}
    static void apply_event(State&, const Stray&) {}
    static Bought handle_command(const State&, const Buy&) { return {}; }
};
} // namespace shop

static_assert(es::detail::explain_aggregate<shop::Till>());
