// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/own.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace own_form_tests {

namespace es = eventsourcing;

/// Its own JSON is null for what is unknown.
struct Weight {
    int grams = 0;
    bool operator==(const Weight&) const = default;
};
void to_json(nlohmann::json& j, const Weight& weight) {
    if (weight.grams == 0)
        j = nullptr;
    else
        j = weight.grams;
}
void from_json(const nlohmann::json& j, Weight& weight) {
    weight.grams = j.is_null() ? 0 : j.get<int>();
}
consteval es::Json json_form(const Weight& /*weight*/) {
    return es::Json::own;
}
struct Net {
    Weight weight;
    static auto& json_value(auto& self) { return self.weight; }
};

} // namespace own_form_tests

using namespace own_form_tests;

TEST_CASE("A value in an optional that writes itself as null is refused, not read back as none") {
    CHECK(text_of(std::optional<Weight>()) == "null");
    CHECK(comes_back(std::optional<Weight>(Weight{5})));
    CHECK(text_of(Weight{}) == "null");
    const std::string why =
        "expected any JSON but null from the to_json of a value in an optional, as "
        "null is the optional without a value";
    CHECK(text_of(std::optional<Weight>(Weight{})) == "$: " + why);
    CHECK(text_of(std::map<std::string, std::optional<Weight>>{{"a", Weight{}}}) == "$.a: " + why);
    CHECK(text_of(std::vector<std::optional<Net>>{Net{}}) == "$[0]: " + why);

    using Json = nlohmann::json;
    const std::string cure =
        "$: expected any JSON but null as the value of an optional, as null is the "
        "optional without a value; a nlohmann::json needs no optional";
    CHECK(text_of(std::optional<Json>(nullptr)) == cure);
    CHECK(text_of(std::optional<nlohmann::ordered_json>(nullptr)) == cure);
    CHECK(comes_back(std::optional<Json>()));
    CHECK(comes_back(std::optional<Json>(Json{{"a", nullptr}})));
    CHECK(comes_back(Json(nullptr)));
}
