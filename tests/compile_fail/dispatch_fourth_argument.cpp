// SPDX-License-Identifier: MIT
// Metadata, call options and a condition follow the stream, where the options belong.
// expect: es: the fourth argument of dispatch is an es::DispatchOptions, {.metadata = m, .tags = t, .condition = a, .call = c}
// expect 1: eventsourcing::Metadata
// expect 2: eventsourcing::CallOptions
// expect 3: eventsourcing::AppendCondition
#include "shop.hpp"

#include <eventsourcing/store/memory_store.hpp>

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static void apply_event(State& s, const Refunded& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
    static Refunded handle_command(const State&, const Refund& c) { return {c.item}; }
};
} // namespace shop

bool go(es::Dispatcher<shop::Shop, es::MemoryStore>& shop) {
    [[maybe_unused]] const es::DispatchOptions options{.tags = {"hat"}};
#if MUST_FAIL == 1
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1", es::Metadata{}).has_value();
#elif MUST_FAIL == 2
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1", es::CallOptions{}).has_value();
#elif MUST_FAIL == 3
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1", es::AppendCondition{})
        .has_value();
#else
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1", options) &&
           shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1", {.tags = {"hat"}}) &&
           shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1", {}) &&
           shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1",
                         {.condition = es::AppendCondition{}});
#endif
}
