// SPDX-License-Identifier: MIT
// What is read into must be there first.
// expect: es: what is decoded must be default-constructible
// expect: shop::Price
#include <eventsourcing/codec/json.hpp>

namespace shop {
class Price {
public:
#ifndef MUST_FAIL
    Price() = default;
#endif
    explicit Price(int cents) : cents_(cents) {}
    static void members(auto& self, auto&& member) { member("cents", self.cents_); }

private:
    int cents_ = 0;
};
struct Bought {
    Price price;
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
