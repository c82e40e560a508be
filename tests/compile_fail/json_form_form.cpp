// SPDX-License-Identifier: MIT
// A `json_form` in a form that would be ignored.
// expect: es: json_form is declared in a form that the library does not read; write: `consteval es::Json json_form(const T&) { return es::Json::own; }`
// expect: shop::Item
// expect 1: es:
// expect 2: es:
// expect 3: es:
// expect 4: es:
// expect 5: es:
// expect 6: es:
// expect 7: es:
// expect 8: es:
// expect 9: es:
// expect 10: es:
#include <eventsourcing/codec/json_declared.hpp>

#include <string_view>

namespace es = eventsourcing;

namespace shop {
struct Item {
    int number = 0;
};
#if defined(MUST_FAIL) && MUST_FAIL == 1
es::Json json_form(const Item&) {
    return es::Json::own;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 2
consteval bool json_form(const Item&) {
    return true;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 3
void json_form(const Item&) {}
#elif defined(MUST_FAIL) && MUST_FAIL == 4
consteval std::string_view json_form(const Item&) {
    return "own";
}
#elif defined(MUST_FAIL) && MUST_FAIL == 5
consteval int json_form(Item) {
    return 2;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 6
inline const es::Json form = es::Json::own;
inline const es::Json& json_form(const Item&) {
    return form;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 7
consteval es::Json json_form(Item&) {
    return es::Json::own;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 8
consteval es::Json json_form(Item*) {
    return es::Json::own;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 9
consteval es::Json json_form(Item&&) {
    return es::Json::own;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 10
consteval es::Json json_form(const Item*) {
    return es::Json::own;
}
#else
consteval es::Json json_form(const Item&) {
    return es::Json::own;
}
#endif
} // namespace shop

constexpr es::Json declared = es::detail::declared_json<shop::Item>();
