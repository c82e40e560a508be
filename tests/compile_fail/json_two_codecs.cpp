// SPDX-License-Identifier: MIT
// A struct that could be reflected, and whose to_json another translation unit may not see.
// expect: es: this type can be reflected and has a to_json or from_json of its own
// expect: say which one counts where the type is declared
// expect: shop::Item
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

namespace es = eventsourcing;

namespace shop {
struct Item {
    std::string sku;
};
void to_json(nlohmann::json& j, const Item& item);
void from_json(const nlohmann::json& j, Item& item);
#ifndef MUST_FAIL
consteval es::Json json_form(const Item&) {
    return es::Json::own;
}
#endif

struct Bought {
    Item item;
};
} // namespace shop

auto text = es::encode_json(shop::Bought{{"rope"}});
