// SPDX-License-Identifier: MIT
// Aliases and tags in a form that would be ignored: a condition on such tags would miss the event.
// All forms are in tests/static/customisation.cpp.
// expect: shop::Sold
// expect 1: es: `event_type_aliases` is declared in a form that the library does not read; write, public: `static constexpr std::array event_type_aliases
// expect 2: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
// expect 3: es: `event_tags` is declared in a form that the library does not read; write, public: `std::vector<std::string> event_tags() const`
#include <eventsourcing/core/event_traits.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;

namespace shop {
struct Sold {
    std::string item;
#if defined(MUST_FAIL) && MUST_FAIL == 1
    static constexpr std::string_view event_type_aliases[] = {"shop.paid"};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
    std::vector<std::string> event_tags() { return {item}; }
#elif defined(MUST_FAIL) && MUST_FAIL == 3
    friend std::vector<std::string> event_tags(const Sold& sold) { return {sold.item}; }
#else
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
    std::vector<std::string> event_tags() const { return {item}; }
#endif
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

std::string_view type = es::EventTraits<shop::Sold>::event_type;
