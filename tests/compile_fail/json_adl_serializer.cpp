// SPDX-License-Identifier: MIT
// A specialisation of nlohmann's serializer, which is not read: the type would have two forms.
// expect: es: a specialisation of nlohmann::adl_serializer is not read; write to_json and from_json in the namespace of this type
// expect: shop::Money
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace es = eventsourcing;

namespace shop {
struct Money {
    int cents = 0;
};
#ifndef MUST_FAIL
consteval es::Json json_form(const Money& /*money*/) {
    return es::Json::reflected;
}
#endif
} // namespace shop

template <>
struct nlohmann::adl_serializer<shop::Money> {
    static void to_json(nlohmann::json& j, const shop::Money& money) {
        j = std::to_string(money.cents) + " EUR";
    }
    static void from_json(const nlohmann::json& j, shop::Money& money) {
        money.cents = std::stoi(j.get<std::string>());
    }
};

auto text = es::encode_json(shop::Money{5});
