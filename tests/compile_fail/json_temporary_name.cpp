// SPDX-License-Identifier: MIT
// A name of a `members` line that ends before it is used: the library keeps views of names.
// expect: es: a `members` line gives a name that is a temporary std::string
// expect: names that last, such as literals, constants or members of the object
// expect 1: int
// expect 2: int
// expect 3: int
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/json_schema.hpp>
#include <eventsourcing/codec/storable.hpp>
#include <eventsourcing/core/event_family.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace es = eventsourcing;

namespace shop {
struct Counted {
    std::array<std::string, 2> names{"n0", "n1"};
    std::array<int, 2> values{};
    static void members(auto& self, auto&& member) {
        for (std::size_t i = 0; i < 2; ++i)
#ifdef MUST_FAIL
            member("n" + std::to_string(i), self.values[i]);
#else
            member(self.names[i], self.values[i]);
#endif
    }
};
consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

#if !defined(MUST_FAIL) || MUST_FAIL == 1
auto text = es::encode_json(shop::Counted{});
#endif
#if !defined(MUST_FAIL) || MUST_FAIL == 2
auto counted = es::decode_json<shop::Counted>("{}");
#endif
#if !defined(MUST_FAIL) || MUST_FAIL == 3
static_assert(es::Storable<shop::Counted>);
#endif
