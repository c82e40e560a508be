// SPDX-License-Identifier: MIT
// A to_json in a form that nobody calls, or that writes into a copy.
// expect: es: the to_json of this type
// expect: write `void to_json(nlohmann::json& j, const T& value)`
// expect: shop::Item
// expect 1: is declared in a form that nlohmann does not call
// expect 2: is declared in a form that nlohmann does not call
// expect 3: writes into a copy of the JSON, which is lost
// expect 4: writes into a copy of the JSON, which is lost
// expect 5: writes into a copy of the JSON, which is lost
// expect 6: writes into a copy of the JSON, which is lost
// expect 7: is declared in a form that nlohmann does not call
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
void from_json(const nlohmann::json& j, Item& item) {
    j.get_to(item.number);
}
#if defined(MUST_FAIL) && MUST_FAIL == 1
void to_json(nlohmann::json& j, Item& item) {
    j = item.number;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 2
void to_json(nlohmann::json& j, Item* item) {
    j = item->number;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 3
void to_json(nlohmann::json j, const Item& item) {
    j = item.number;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 4
void to_json(const nlohmann::json&, const Item&) {}
#elif defined(MUST_FAIL) && MUST_FAIL == 5
nlohmann::json to_json(nlohmann::json j, const Item& item) {
    j = item.number;
    return j;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 6
template <class Json>
void to_json(Json j, const Item& item) {
    j = item.number;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 7
void to_json(nlohmann::json& j, Item&& item) {
    j = item.number;
}
#else
template <class Json>
void to_json(Json&& j, const Item& item) {
    j = item.number;
}
#endif
} // namespace shop

auto text = es::encode_json(shop::Item{});
