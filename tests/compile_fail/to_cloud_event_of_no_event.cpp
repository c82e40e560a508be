// SPDX-License-Identifier: MIT
// An event outside of aggregates whose source or schema is no URI: as a CloudEvent it would be an
// error each time, and a store would keep what can't be exported.
// expect 1: es: event_source, or the source of the event_family, is not a URI-reference of 1 to 255 characters; write .source =
// expect 1: shop::Shipped
// expect 2: es: the schema of the event_family is not an absolute URI without a fragment; write .schema =
// expect 2: shop::Shipped
// expect 3: es: event_source, or the source of the event_family, is not a URI-reference of 1 to 255 characters; write .source =
// expect 3: shop::Shipped
// expect 4: es: event_source, or the source of the event_family, is not a URI-reference of 1 to 255 characters; write .source =
// expect 4: shop::Shipped
#include <eventsourcing/cloudevents/convert.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <span>
#include <string>
#include <variant>

namespace es = eventsourcing;

namespace shop {
struct Shipped {
    std::string item;
};
struct Returned {
    static constexpr std::string_view event_source = "events://example.org/returns";

    std::string item;
};
consteval es::EventFamily event_family(const auto&) {
#ifndef MUST_FAIL
    return {.name = "shop", .source = "/shop", .schema = "https://example.org/shop"};
#elif MUST_FAIL == 2
    return {.name = "shop", .source = "/shop", .schema = "schemas/shop.json"};
#else
    return {.name = "shop", .source = "100%|shop"};
#endif
}
} // namespace shop

std::string sent([[maybe_unused]] es::MemoryStore& store, const es::CloudEvent& received,
                 const es::Uuid& id) {
#if !defined(MUST_FAIL) || MUST_FAIL <= 2
    const auto event = es::to_cloud_event(shop::Shipped{"hat"}, es::Environment());
    if (!event)
        return event.error().message();
#endif
#if !defined(MUST_FAIL) || MUST_FAIL == 3
    const shop::Shipped shipped{"hat"};
    const es::Batch<shop::Shipped> batch(std::span(&shipped, 1), std::span(&id, 1), {});
    if (auto done = store.append_unchecked("shop-1", batch); !done)
        return done.error().message();
#endif
#if !defined(MUST_FAIL) || MUST_FAIL == 4
    using Event = std::variant<shop::Returned, shop::Shipped>;
    const auto taken = es::from_cloud_event<Event>(received);
    if (!taken)
        return taken.error().message();
#endif
    return received.id() + id.to_string();
}
