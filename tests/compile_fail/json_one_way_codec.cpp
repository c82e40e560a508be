// SPDX-License-Identifier: MIT
// A class that writes itself must also read itself.
// expect: es: this type has a to_json, but no from_json was found
// expect: shop::Account
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

namespace shop {
class Account {
public:
    friend void to_json(nlohmann::json& j, const Account& account) { j = account.balance_; }
#ifndef MUST_FAIL
    friend void from_json(const nlohmann::json& j, Account& account) { j.get_to(account.balance_); }
#endif

private:
    int balance_ = 0;
};
} // namespace shop

auto account = eventsourcing::decode_json<shop::Account>("1");
