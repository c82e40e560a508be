// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_CODEC_EVENTS_HPP
#define EVENTSOURCING_BENCHMARKS_CODEC_EVENTS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// The two events of the codec benchmark: one of 97 bytes, and one of 1 kB with nested structs,
/// fractions, escapes and letters that are not ASCII.
namespace codec_events {

struct EntityAttacked {
    std::string entity_id;
    std::uint32_t damage = 0;
    std::string weapon;
    bool critical = false;
    bool operator==(const EntityAttacked&) const = default;
};

struct Line {
    std::string sku;
    std::string title;
    std::uint32_t quantity = 0;
    double price = 0;
    bool operator==(const Line&) const = default;
};
struct Address {
    std::string name;
    std::string street;
    std::string city;
    std::string zip;
    std::string country;
    bool operator==(const Address&) const = default;
};
struct OrderPlaced {
    std::string order_id;
    std::string customer_id;
    std::int64_t placed_at = 0;
    std::vector<Line> lines;
    Address ship_to;
    std::optional<std::string> note;
    double total = 0;
    bool gift = false;
    bool operator==(const OrderPlaced&) const = default;
};

enum class Order { declared, shuffled };

template <class Event>
Event example() {
    if constexpr (std::is_same_v<Event, EntityAttacked>)
        return {"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f", 150, "club", true};
    else
        return {"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",
                "018f2b77-03f1-7d20-8a55-c0ffee123456",
                1709211296789,
                {{"BK-2041-7", "Domain-Driven Design, hard cover", 1, 54.9},
                 {"BK-1177-2", "Enterprise Integration Patterns", 2, 49.95},
                 {"ST-0003-9", "Sticky notes, orange, 12 x 100 sheets", 10, 3.49},
                 {"ST-0017-1", "Fine liner, 0.4 mm, black", 24, 1.15},
                 {"EL-9120-4", "Desk lamp with dimmer", 1, 79}},
                {"Zo\u00eb M\u00fcller", "Gie\u00dfhausstra\u00dfe 12", "Kassel", "34117", "DE"},
                "Please ring twice.\nThe bell says \"M\u00fcller & S\u00f6hne\".",
                296.3,
                false};
}

/// The event as text, compact, its members in the order of the struct or in another one.
template <class Event>
std::string example_text(Order order) {
    const bool declared = order == Order::declared;
    if constexpr (std::is_same_v<Event, EntityAttacked>)
        return declared ? R"({"entity_id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f","damage":150,)"
                          R"("weapon":"club","critical":true})"
                        : R"({"critical":true,"damage":150,)"
                          R"("entity_id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f","weapon":"club"})";
    else
        return declared ? R"({"order_id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",)"
                          R"("customer_id":"018f2b77-03f1-7d20-8a55-c0ffee123456",)"
                          R"("placed_at":1709211296789,"lines":[)"
                          R"({"sku":"BK-2041-7","title":"Domain-Driven Design, hard cover",)"
                          R"("quantity":1,"price":54.9},)"
                          R"({"sku":"BK-1177-2","title":"Enterprise Integration Patterns",)"
                          R"("quantity":2,"price":49.95},)"
                          R"({"sku":"ST-0003-9","title":"Sticky notes, orange, 12 x 100 sheets",)"
                          R"("quantity":10,"price":3.49},)"
                          R"({"sku":"ST-0017-1","title":"Fine liner, 0.4 mm, black",)"
                          R"("quantity":24,"price":1.15},)"
                          R"({"sku":"EL-9120-4","title":"Desk lamp with dimmer",)"
                          R"("quantity":1,"price":79.0}],)"
                          "\"ship_to\":{\"name\":\"Zo\u00eb M\u00fcller\","
                          "\"street\":\"Gie\u00dfhausstra\u00dfe 12\","
                          R"("city":"Kassel","zip":"34117","country":"DE"},)"
                          "\"note\":\"Please ring twice.\\nThe bell says \\\"M\u00fcller & "
                          "S\u00f6hne\\\".\",\"total\":296.3,\"gift\":false}"
                        : "{\"gift\":false,\"ship_to\":{\"country\":\"DE\",\"zip\":\"34117\","
                          "\"name\":\"Zo\u00eb M\u00fcller\",\"city\":\"Kassel\","
                          "\"street\":\"Gie\u00dfhausstra\u00dfe 12\"},"
                          R"("placed_at":1709211296789,"total":296.3,"lines":[)"
                          R"({"price":54.9,"sku":"BK-2041-7","quantity":1,)"
                          R"("title":"Domain-Driven Design, hard cover"},)"
                          R"({"price":49.95,"sku":"BK-1177-2","quantity":2,)"
                          R"("title":"Enterprise Integration Patterns"},)"
                          R"({"price":3.49,"sku":"ST-0003-9","quantity":10,)"
                          R"("title":"Sticky notes, orange, 12 x 100 sheets"},)"
                          R"({"price":1.15,"sku":"ST-0017-1","quantity":24,)"
                          R"("title":"Fine liner, 0.4 mm, black"},)"
                          R"({"price":79.0,"sku":"EL-9120-4","quantity":1,)"
                          R"("title":"Desk lamp with dimmer"}],)"
                          R"("customer_id":"018f2b77-03f1-7d20-8a55-c0ffee123456",)"
                          "\"note\":\"Please ring twice.\\nThe bell says \\\"M\u00fcller & "
                          "S\u00f6hne\\\".\","
                          R"("order_id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f"})";
}

/// A number that depends on what was read.
inline unsigned long checksum(const EntityAttacked& e) {
    return e.entity_id.size() + e.damage + e.weapon.size() + (e.critical ? 1 : 0);
}
inline unsigned long checksum(const OrderPlaced& e) {
    return e.order_id.size() + e.lines.size() + e.lines.back().title.size() +
           e.ship_to.street.size() + e.note->size();
}

} // namespace codec_events

#endif
