// SPDX-License-Identifier: MIT
// Which of name, version, source and schema is wrong: those that are no URIs would fail at each
// export.
// expect: shop::Shop, shop::Bought
// expect 1: es: event_source, or the source of the event_family, is not a URI-reference of 1 to 255 characters; write .source =
// expect 2: es: event_source, or the source of the event_family, is not a URI-reference of 1 to 255 characters; write .source =
// expect 3: es: event_source, or the source of the event_family, is not a URI-reference of 1 to 255 characters; write .source =
// expect 4: es: the schema of the event_family is not an absolute URI without a fragment; write .schema =
// expect 5: es: the schema of the event_family is not an absolute URI without a fragment; write .schema =
// expect 6: es: event_type_version, or the version of the event_family, is not 1 to 255 printable ASCII characters
// expect 7: es: event_type, or the name of the event_family, is empty, or not 1 to 255 printable ASCII characters
// expect 8: es: event_type, or the name of the event_family, is empty, or not 1 to 255 printable ASCII characters
// expect 9: es: event_source, or the source of the event_family, is not a URI-reference of 1 to 255 characters; write .source =
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <string>

namespace es = eventsourcing;

namespace shop {
struct Buy {
    std::string item;
};
struct Bought {
    std::string item;
#if defined(MUST_FAIL) && MUST_FAIL == 9
    static constexpr std::string_view event_source = "the till";
#endif
};
consteval es::EventFamily event_family(const auto&) {
#ifndef MUST_FAIL
    return {.name = "shop", .source = "/shop?till=1#a", .schema = "https://example.org/shop"};
#elif MUST_FAIL == 1
    return {.name = "shop", .source = "100%|shop"};
#elif MUST_FAIL == 2
    return {.name = "shop"};
#elif MUST_FAIL == 3
    return {.name = "shop", .source = "http://[::1/shop"};
#elif MUST_FAIL == 4
    return {.name = "shop", .source = "/shop", .schema = "schemas/shop.json"};
#elif MUST_FAIL == 5
    return {.name = "shop", .source = "/shop", .schema = "https://example.org/shop.json#/Bought"};
#elif MUST_FAIL == 6
    return {.name = "shop", .source = "/shop", .version = ""};
#elif MUST_FAIL == 7
    return {.name = "", .source = "/shop"};
#elif MUST_FAIL == 8
    return {.name = "my shop", .source = "/shop"};
#elif MUST_FAIL == 9
    return {.name = "shop", .source = "/shop"};
#endif
}
struct State {
    es::Generation generation{};
};
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

bool go(const es::MemoryStore& store) {
    es::Dispatcher<shop::Shop, es::MemoryStore> dispatcher{store};
    return dispatcher.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1").has_value();
}
