// SPDX-License-Identifier: MIT
// A `members` line names what can't be read back: found in the header of the domain, not at the
// first append.
// expect: es: a `members` line names something that cannot be written as JSON and read back
// expect: shop::Bought
// expect: string_view
#include <eventsourcing/codec/storable.hpp>

#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace shop {
class Bought {
#ifdef MUST_FAIL
    std::string_view item_;
#else
    std::string item_;
#endif

public:
    static void members(auto& self, auto&& member) { member("item", self.item_); }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

static_assert(es::Storable<shop::Bought>);
