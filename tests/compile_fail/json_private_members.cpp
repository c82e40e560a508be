// SPDX-License-Identifier: MIT
// What is private is listed by the class itself.
// expect: es: this type has no JSON form; make it a plain struct, or give it a line
// expect: shop::Account
#include <eventsourcing/codec/json.hpp>

namespace shop {
class Account {
public:
    [[nodiscard]] int balance() const { return balance_; }
#ifndef MUST_FAIL
    static void members(auto& self, auto&& member) { member("balance", self.balance_); }
#endif

private:
    int balance_ = 0;
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Account{});
