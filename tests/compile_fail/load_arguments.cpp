// SPDX-License-Identifier: MIT
// A load without its aggregate, of an event, with its arguments exchanged, with options of another
// call, and of a name that was not checked.
// expect 1: es: name the aggregate: es::load<TheAggregate>(store,
// expect 2: es: an aggregate names the types Command, Event and State
// expect 2: shop::Bought
// expect 3: es: load takes a store, the name of a stream and perhaps an es::LoadOptions
// expect 4: es: load takes a store, the name of a stream and perhaps an es::LoadOptions
// expect 4: shop::Shop
// expect 5: es: load takes a store, the name of a stream and perhaps an es::LoadOptions
// expect 6: es: this stream name is a Result, as StreamName::of and parse return it: check it first, if (!name), and pass *name
// expect 7: es: text known at run time becomes a stream name by es::StreamName::of(category, id) or es::StreamName::parse(text)
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

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

std::string go(const es::MemoryStore& store) {
    [[maybe_unused]] const auto name = es::StreamName::of("shop", "1");
#if MUST_FAIL == 1
    const auto shop = es::load(store, "shop-1");
#elif MUST_FAIL == 2
    const auto shop = es::load<shop::Bought>(store, "shop-1");
#elif MUST_FAIL == 3
    const auto shop = es::load<shop::Shop>("shop-1", store);
#elif MUST_FAIL == 4
    const auto shop = es::load<shop::Shop>(store, "shop-1", es::CallOptions{});
#elif MUST_FAIL == 5
    const auto shop = es::load<shop::Shop>(store);
#elif MUST_FAIL == 6
    const auto shop = es::load<shop::Shop>(store, name);
#elif MUST_FAIL == 7
    const auto shop = es::load<shop::Shop>(store, std::string("shop-1"));
#else
    (void)es::load<shop::Shop>(store, *name);
    const es::Result<es::Loaded<shop::Shop>> whole = es::load<shop::Shop>(store, "shop-1");
    const es::LoadOptions options{.page_size = 10};
    const auto shop = es::load<shop::Shop>(store, es::StreamName("shop-1"), options);
    (void)es::load<shop::Shop, es::MemoryStore>(store, {"shop-1"}, {.page_size = 10});
#endif
    return shop ? shop->state.last : shop.error().message();
}
