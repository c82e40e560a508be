// SPDX-License-Identifier: MIT
// The value alone, or an object?
// expect: es: this type has a `members` line and `json_value`; remove one of them
// expect: shop::OrderId
#include <eventsourcing/codec/json.hpp>

namespace shop {
struct OrderId {
    int value;
    static auto& json_value(auto& self) { return self.value; }
#ifdef MUST_FAIL
    static void members(auto& self, auto&& member) { member("value", self.value); }
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::OrderId{});
