// SPDX-License-Identifier: MIT
// A handle_command that answers what is not in A::Event: an event, the state, an error, a tuple.
// expect 1: es: handle_command returns what A::Event lacks; add it to the variant, or return events of the variant
// expect 1: shop::Shop, shop::Refund, shop::Refunded
// expect 2: es: handle_command returns events, not the state; apply_event changes the state by them
// expect 3: es: handle_command returns an error inside a Result: write its return type es::Result<es::Events<Event>>
// expect 4: es: handle_command returns several events as one list: return es::Events<Event>{a, b}
// expect 4: std::pair<shop::Bought, shop::Bought>
// expect 5: es: handle_command returns several events as one list: return es::Events<Event>{a, b}
#include <eventsourcing/core/explain_aggregate.hpp>

#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace shop {
struct Buy {};
struct Refund {};
struct Bought {};
struct Refunded {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}

struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought>;
    struct State {
        es::Generation generation{};
    };

    static void apply_event(State&, const Bought&) {}
    static es::Nothing handle_command(const State&, const Buy&) { return {}; }
#if MUST_FAIL == 1
    static es::Result<std::vector<std::variant<Bought, Refunded>>> handle_command(const State&,
                                                                                  const Refund&);
#elif MUST_FAIL == 2
    static es::Result<State> handle_command(const State&, const Refund&);
#elif MUST_FAIL == 3
    static es::Error handle_command(const State&, const Refund&);
#elif MUST_FAIL == 4
    static std::pair<Bought, Bought> handle_command(const State&, const Refund&);
#elif MUST_FAIL == 5
    static es::Result<std::tuple<Bought, Refunded>> handle_command(const State&, const Refund&);
#else
    static es::Result<std::vector<Event>> handle_command(const State&, const Refund&);
#endif
};
} // namespace shop

static_assert(es::detail::explain_aggregate<shop::Shop>());
static_assert(es::Aggregate<shop::Shop>);
