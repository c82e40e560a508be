// SPDX-License-Identifier: MIT
// An event that stands twice in the variant.
// expect: es: this event stands twice in the variant; remove one
// expect: shop::Shop, shop::Bought
#include <eventsourcing/core/explain_aggregate.hpp>

#include <variant>

namespace es = eventsourcing;

namespace shop {
struct Buy {};
struct Bought {};
struct Refunded {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}

struct Shop {
    using Command = Buy;
#ifdef MUST_FAIL
    using Event = std::variant<Bought, Refunded, Bought>;
#else
    using Event = std::variant<Bought, Refunded>;
#endif
    struct State {
        es::Generation generation{};
    };

    static void apply_event(State&, const Bought&) {}
    static void apply_event(State&, const Refunded&) {}
    static Bought handle_command(const State&, const Buy&) { return {}; }
};
} // namespace shop

static_assert(es::detail::explain_aggregate<shop::Shop>());
static_assert(es::Aggregate<shop::Shop>);
