// SPDX-License-Identifier: MIT
// A page, a result, an error, a CloudEvent and a dispatch that are gone before what was taken from
// them is used.
// expect-clang 1: temporary whose address is used as value of local variable 'records'
// expect-clang 2: temporary implicitly bound to local reference
// expect-clang 3: temporary bound to local reference 'error'
// expect-clang 4: temporary bound to local reference 'events'
// expect-clang 5: temporary bound to local reference 'page'
// expect-clang 6: temporary whose address is used as value of local variable 'first'
// expect-clang 7: temporary
// expect-clang 8: temporary
// expect-clang 9: temporary
// expect-clang 10: temporary
// expect-clang 11: temporary
// expect-gcc: g++ has no warning of a temporary
// expect 11: temporary
#include "shop.hpp"

#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <utility>

#if defined(__clang__)
#    pragma clang diagnostic error "-Wdangling"
#elif defined(MUST_FAIL)
#    error "g++ has no warning of a temporary"
#endif

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

void take(std::span<const es::EventRecord> records);
void take(const es::EventRecord& record);
void take(const es::Error& error);
void take(const std::string& text);
void take(const es::Events<shop::Shop::Event>& events);

es::Error views(const es::MemoryStore& store, es::Dispatcher<shop::Shop, es::MemoryStore>& shop) {
#if MUST_FAIL == 1
    const auto records = store.read_stream("shop-1", {})->records();
    take(records);
#elif MUST_FAIL == 2
    for (const auto& record : store.read_stream("shop-1", {})->records())
        take(record);
#elif MUST_FAIL == 3
    const es::Error& error = store.read_stream("shop-1", {}).error();
    take(error);
#elif MUST_FAIL == 4
    const auto& events = shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1")->events();
    take(events);
#elif MUST_FAIL == 5
    const es::Page& page = *store.read_stream("shop-1", {});
    take(page.records());
#elif MUST_FAIL == 6
    const auto first = store.read_stream("shop-1", {})->begin();
    take(*first);
#elif MUST_FAIL == 7
    const auto& id = es::decode_cloud_event("{}")->id();
    take(id);
#elif MUST_FAIL == 8
    const auto& data = es::decode_cloud_event("{}")->data();
    take(data->content);
#elif MUST_FAIL == 9
    const es::CloudEventValue* const partition =
        es::decode_cloud_event("{}")->extension("partitionkey");
    take(partition->to_string());
#elif MUST_FAIL == 10
    const es::Conflict* const conflict = store.read_stream("shop-1", {}).error().conflict();
    take(conflict->stream);
#elif MUST_FAIL == 11
    const auto* const stored = store.read_stream("shop-1", {}).error().attached<es::DuplicateId>();
    take(stored->stream);
#else
    take(es::decode_cloud_event("{}")->id());
    if (const auto event = es::decode_cloud_event("{}")) {
        take(event->id());
        if (const auto* const partition = event->extension("partitionkey"))
            take(partition->to_string());
    }
    if (const auto event = store.read_stream("shop-1", {}); !event)
        if (const es::Conflict* const conflict = event.error().conflict())
            take(conflict->stream);
    const es::Page page = *store.read_stream("shop-1", {});
    for (const auto& record : page)
        take(record);
    const auto records = page.records();
    take(records);
    const auto result = store.read_stream("shop-1", {});
    if (!result)
        return result.error();
    for (const auto& record : *result)
        take(record);
    for (const auto& record : result->records())
        take(record);
    const auto& first = result->records()[0];
    take(first);
    take(
        store.read_stream("shop-1", {})->records()); // a temporary as an argument lives long enough
    take(store.read_stream("shop-1", {}).error());
    const es::Error kept = store.read_stream("shop-1", {}).error();
    take(kept);
    auto done = shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1");
    if (!done)
        return std::move(done).error();
    const auto& events = done->events();
    take(events);
    const auto moved = std::move(*done).events();
    take(moved);
    const auto all = shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1")->events();
    take(all);
    take(shop.sink().read_stream("shop-1", {})->records());
#endif
    return store.read_stream("shop-2", {}).error();
}
