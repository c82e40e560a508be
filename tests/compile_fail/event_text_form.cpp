// SPDX-License-Identifier: MIT
// A member that names the event in a form that would be ignored. All forms of each name are in
// tests/static/customisation.cpp.
// expect: shop::Sold
// expect 1: es: `event_type` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type
// expect 2: es: `event_type_version` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_type_version
// expect 3: es: `event_source` is declared in a form that the library does not read; write, public: `static constexpr std::string_view event_source
#include <eventsourcing/core/event_traits.hpp>

#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Sold {
    static constexpr int event_type = 2;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
class Sold {
    static constexpr std::string_view event_type_version = "2";

public:
    std::string item;
    static void members(auto& self, auto&& member) { member("item", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Sold {
    std::string_view event_source() const { return "events://example.org/till"; }
};
#else
struct Sold {
    static constexpr std::string_view event_type = "shop.sold";
    static constexpr std::string_view event_type_version = "2";
    static constexpr std::string_view event_source = "events://example.org/till";
};
#endif

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

std::string_view type = es::EventTraits<shop::Sold>::event_type;
