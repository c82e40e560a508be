// SPDX-License-Identifier: MIT
// The family says that its types have their own JSON, but the header that has it was not included.
// expect: es: Json::own is declared for this type, but no to_json and from_json were found
// expect: include the header that has them
// expect: shop::Bought
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

namespace es = eventsourcing;

namespace shop {
struct Bought {
    std::string item;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://shop.example", .json = es::Json::own};
}
#ifndef MUST_FAIL
void to_json(nlohmann::json& j, const Bought& event);
void from_json(const nlohmann::json& j, Bought& event);
#endif
} // namespace shop

auto event = es::decode_json<shop::Bought>("{}");
