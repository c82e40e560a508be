// SPDX-License-Identifier: MIT
// An event_family in a form that would be ignored, or stop in the middle of the library.
// expect: shop::Sold
// expect 1: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 2: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 3: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 4: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 5: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 6: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 7: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 8: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
// expect 9: es: event_family is declared in a form that the library does not read; write: `consteval es::EventFamily event_family(const auto&)
#include <eventsourcing/core/event_traits.hpp>

#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace shop {
struct Sold {
    std::string item;
};
#if defined(MUST_FAIL) && MUST_FAIL == 1
es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 2
consteval std::string_view event_family(const auto&) {
    return "shop";
}
#elif defined(MUST_FAIL) && MUST_FAIL == 3
inline const es::EventFamily family{.name = "shop", .source = "events://example.org/shop"};
inline const es::EventFamily& event_family(const auto&) {
    return family;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 4
constexpr auto event_family(const auto&) {
    return 1;
}
#elif defined(MUST_FAIL) && MUST_FAIL == 5
void event_family(const Sold&) {}
#elif defined(MUST_FAIL) && MUST_FAIL == 6
inline std::string shop_name = "shop";
inline es::EventFamily event_family(const Sold&) {
    return {.name = shop_name, .source = "events://example.org/shop"};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 7
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
consteval es::EventFamily event_family(Sold&) {
    return {.name = "till", .source = "events://example.org/shop"};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 8
consteval es::EventFamily event_family(Sold&) {
    return {.name = "till", .source = "events://example.org/shop"};
}
#elif defined(MUST_FAIL) && MUST_FAIL == 9
consteval es::EventFamily event_family(const Sold*) {
    return {.name = "till", .source = "events://example.org/shop"};
}
#else
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
#endif
} // namespace shop

std::string_view type = es::EventTraits<shop::Sold>::event_type;
