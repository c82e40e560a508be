// SPDX-License-Identifier: MIT
// A new JSON form, for a type or for keys of maps, that has no layout or schema yet: it would have
// the layout of another one.
// expect: es: this JSON form has no
// expect: Roman
// expect 1: layout, by which changes of stored types are seen; give it a branch in codec/layout.hpp
// expect 2: schema; give it a branch in codec/json_schema.hpp
// expect 3: schema; give it a branch in codec/json_schema.hpp
#include <eventsourcing/codec/json_schema.hpp>
#include <eventsourcing/codec/layout.hpp>

#include <map>

namespace es = eventsourcing;

namespace shop {
struct Number {
    int value = 0;
    auto operator<=>(const Number&) const = default;
};
#ifdef MUST_FAIL
struct RomanForm : es::detail::Form {};
#endif
} // namespace shop

#ifdef MUST_FAIL
template <>
consteval auto es::detail::find_form<shop::Number>() {
    return shop::RomanForm{};
}
#endif

#if !defined(MUST_FAIL) || MUST_FAIL == 1
static_assert(es::layout_text<shop::Number>() == "{value:int32}");
#endif
#if !defined(MUST_FAIL) || MUST_FAIL == 2
auto schema = es::json_schema<shop::Number>();
#endif
#ifdef MUST_FAIL
#    if MUST_FAIL == 3
auto map = es::json_schema<std::map<shop::Number, int>>();
#    endif
#endif
