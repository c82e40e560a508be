// SPDX-License-Identifier: MIT
// A from_json in a form that nobody calls, or that reads into a copy.
// expect: es: the from_json of this type
// expect: write `void from_json(const nlohmann::json& j, T& value)`
// expect: shop::Item
// expect 1: reads into a copy of the value, which is lost
// expect 2: reads into a copy of the value, which is lost
// expect 3: reads into a copy of the value, which is lost
// expect 4: is declared in a form that nlohmann does not call
// expect 5: is declared in a form that nlohmann does not call
// expect 6: is declared in a form that nlohmann does not call
// expect 7: is declared in a form that nlohmann does not call
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

#include <type_traits>

namespace es = eventsourcing;

namespace shop {
struct Item {
    int number = 0;
};
consteval es::Json json_form(const Item&) {
    return es::Json::own;
}
void to_json(nlohmann::json& j, const Item& item) {
    j = item.number;
}
#if defined(MUST_FAIL) && MUST_FAIL == 1
void from_json(const nlohmann::json& j, Item item) {
    j.get_to(item.number);
}
#elif defined(MUST_FAIL) && MUST_FAIL == 2
void from_json(const nlohmann::json&, const Item&) {}
#elif defined(MUST_FAIL) && MUST_FAIL == 3
Item from_json(const nlohmann::json& j, Item item) {
    j.get_to(item.number);
    return item;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 4
void from_json(const nlohmann::json& j, Item* item) {
    j.get_to(item->number);
}
#elif defined(MUST_FAIL) && MUST_FAIL == 5
void from_json(nlohmann::json& j, Item& item) {
    j.get_to(item.number);
}
#elif defined(MUST_FAIL) && MUST_FAIL == 6
void from_json(const nlohmann::json& j, Item&& item) {
    j.get_to(item.number);
}
#elif defined(MUST_FAIL) && MUST_FAIL == 7
Item from_json(const nlohmann::json& j, std::type_identity<Item>) {
    return {j.get<int>()};
}
#else
template <class Json>
void from_json(Json&& j, Item& item) {
    j.get_to(item.number);
}
#endif
} // namespace shop

auto item = es::decode_json<shop::Item>("1");
