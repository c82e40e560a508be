// SPDX-License-Identifier: MIT
// A to_json in a form that nobody calls.
// expect: the to_json of this type is declared in a form that nlohmann does not call; write `void to_json(nlohmann::json& j, const T& value)`
// expect: shop::Item
// expect 1: to_json
// expect 2: to_json
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

namespace es = eventsourcing;

namespace shop {
struct Item {
    int number = 0;
};
consteval es::Json json_form(const Item&) {
    return es::Json::own;
}
#if defined(MUST_FAIL) && MUST_FAIL == 1
void to_json(nlohmann::json& j, Item& item) {
    j = item.number;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 2
void to_json(nlohmann::json& j, Item* item) {
    j = item->number;
}
#else
void to_json(nlohmann::json& j, const Item& item) {
    j = item.number;
}
#endif
} // namespace shop

auto text = es::encode_json(shop::Item{});
