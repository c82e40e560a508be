// SPDX-License-Identifier: MIT
// A state whose `generation` is in another form, or that has none: its events can't be counted.
// expect: es: add to the state, public: `es::Generation generation{};`
// expect: shop::Shop, shop::Stock
// expect 1: es::Tracked<
// expect 2: es::Tracked<
// expect 3: es::Tracked<
// expect 4: es::Tracked<
// expect 5: es::Tracked<
// expect 6: es::Tracked<
// expect 7: es::Tracked<
#include <eventsourcing/core/explain_aggregate.hpp>

#include <cstdint>

namespace es = eventsourcing;

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Stock {
    static inline es::Generation generation{}; // one for all states
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
class Stock {
    es::Generation generation{};
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Stock {
    std::uint64_t generation{};
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Stock {
    es::Generation generation() const { return es::Generation{}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Stock {
    const es::Generation generation{};
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
inline es::Generation all{};
struct Stock {
    es::Generation& generation = all;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Stock {
    int items = 0;
};
#else
struct Stock {
    es::Generation generation{};
};
#endif

struct Buy {};
struct Bought {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = Stock;

    static void apply_event(Stock&, const Bought&) {}
    static Bought handle_command(const Stock&, const Buy&) { return {}; }
};
} // namespace shop

static_assert(es::detail::explain_aggregate<shop::Shop>()); // as a dispatcher asks
