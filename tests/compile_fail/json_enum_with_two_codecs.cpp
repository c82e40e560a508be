// SPDX-License-Identifier: MIT
// An enumeration has a name by itself, and another one that not every translation unit may see.
// expect: es: this type can be reflected and has a to_json or from_json of its own
// expect: say which one counts where the type is declared
// expect: shop::Kind
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

namespace es = eventsourcing;

namespace shop {
enum class Kind { rope, lamp };
NLOHMANN_JSON_SERIALIZE_ENUM(Kind, {{Kind::rope, "Rope"}, {Kind::lamp, "Lamp"}})

consteval es::EventFamily event_family(const auto&) {
#ifdef MUST_FAIL
    return {.name = "shop", .source = "events://shop.example"};
#else
    return {.name = "shop", .source = "events://shop.example", .json = es::Json::reflected};
#endif
}
} // namespace shop

auto text = es::encode_json(shop::Kind::rope);
