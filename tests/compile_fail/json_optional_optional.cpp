// SPDX-License-Identifier: MIT
// null would be the empty optional and an optional that is empty in it.
// expect: es: null would mean two things in an optional of a type that may be null itself
// expect: use that type without the optional, or put it in a struct
#include <eventsourcing/codec/json.hpp>

#include <optional>

namespace shop {
struct Discount {
    std::optional<int> percent;
#ifdef MUST_FAIL
    static auto& json_value(auto& self) { return self.percent; }
#endif
};
struct Bought {
    std::optional<Discount> discount;
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
