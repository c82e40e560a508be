// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/own.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
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

/// What derives from a type with its own JSON: with the same members, and with one more that has
/// functions of its own.
class Animal {
public:
    Animal() = default;
    explicit Animal(std::string called) : name(std::move(called)) {}
    bool operator==(const Animal&) const = default;
    std::string name;
};
void to_json(nlohmann::json& j, const Animal& animal) {
    j = {{"name", animal.name}};
}
void from_json(const nlohmann::json& j, Animal& animal) {
    j.at("name").get_to(animal.name);
}
class Cat : public Animal {
public:
    using Animal::Animal;
};
class Dog : public Animal {
public:
    Dog() = default;
    Dog(std::string called, int trick_count) : Animal(std::move(called)), tricks(trick_count) {}
    bool operator==(const Dog&) const = default;
    int tricks = 0;

private:
    friend void to_json(nlohmann::json& j, const Dog& dog) {
        j = {{"name", dog.name}, {"tricks", dog.tricks}};
    }
    friend void from_json(const nlohmann::json& j, Dog& dog) {
        j.at("name").get_to(dog.name);
        j.at("tricks").get_to(dog.tricks);
    }
};
class Puppy : public Animal {
public:
    Puppy() = default;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Puppy, name, weeks)
    bool operator==(const Puppy&) const = default;
    int weeks = 0;
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

TEST_CASE("What derives from a type with its own JSON has that, or functions of its own") {
    CHECK(text_of(Cat("Tom")) == R"({"name":"Tom"})");
    CHECK(comes_back(Cat("Tom")));
    CHECK(text_of(Dog("Rex", 3)) == R"({"name":"Rex","tricks":3})");
    CHECK(comes_back(Dog("Rex", 3)));
    CHECK(comes_back(Puppy()));
    CHECK(text_of(Puppy()) == R"({"name":"","weeks":0})");
}
