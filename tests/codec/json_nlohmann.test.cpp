// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_nlohmann.hpp>

#include "catch.hpp"

#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace es = eventsourcing;
using Json = nlohmann::json;

namespace json_nlohmann_test {

/// Private members: only its own functions can read it, so that nothing must be declared.
class Item {
public:
    Item() = default;
    Item(std::string sku, int count) : sku_(std::move(sku)), count_(count) {}
    bool operator==(const Item&) const = default;

    friend void to_json(Json& j, const Item& item) {
        if (item.count_ == -1)
            throw_or_skip(std::runtime_error("no such item"));
        if (item.count_ == -2)
            throw_or_skip(2);
        j = {{"sku", item.sku_}, {"n", item.count_}};
    }
    friend void from_json(const Json& j, Item& item) {
        j.at("sku").get_to(item.sku_);
        j.at("n").get_to(item.count_);
        if (item.count_ == -2)
            throw_or_skip(2);
    }

private:
    std::string sku_;
    int count_ = 0;
};

struct Bag {
    std::vector<Item> items;
    std::map<std::string, Item> by_name;
    std::optional<Item> best;
    bool operator==(const Bag&) const = default;
};

struct Listed { // a members line wins over to_json
    int n{};
    static void members(auto& self, auto&& member) { member("listed", self.n); }
    friend void to_json(Json& j, const Listed&) { j = "own"; }
    friend void from_json(const Json&, Listed&) {}
};

struct Extra {
    Json any;
    std::optional<Json> maybe;
    nlohmann::ordered_json ordered;
};

} // namespace json_nlohmann_test

namespace family_of_own {

struct Plain {
    int n{};
};
inline void to_json(Json& j, const Plain& plain) {
    j = {{"own", plain.n}};
}
inline void from_json(const Json& j, Plain& plain) {
    j.at("own").get_to(plain.n);
}
enum class Kind { a, b };
NLOHMANN_JSON_SERIALIZE_ENUM(Kind, {{Kind::a, "A"}, {Kind::b, "B"}})
struct Macro {
    int x{};
    Kind kind{};
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Macro, x, kind)
struct Except {
    int n{};
};
consteval es::Json json_form(const Except&) {
    return es::Json::reflected;
}
consteval es::EventFamily event_family(const auto&) {
    return {.name = "own", .source = "events://example.org/own", .json = es::Json::own};
}

} // namespace family_of_own

namespace family_of_reflected {

struct Plain {
    int n{};
};
inline void to_json(Json& j, const Plain&) {
    j = "ignored";
}
inline void from_json(const Json&, Plain&) {}
enum class Kind { a, b };
NLOHMANN_JSON_SERIALIZE_ENUM(Kind, {{Kind::a, "A"}, {Kind::b, "B"}})
struct Except {
    int n{};
};
inline void to_json(Json& j, const Except& value) {
    j = value.n;
}
inline void from_json(const Json& j, Except& value) {
    j.get_to(value.n);
}
consteval es::Json json_form(const Except&) {
    return es::Json::own;
}
consteval es::EventFamily event_family(const auto&) {
    return {.name = "plain", .source = "events://example.org/plain", .json = es::Json::reflected};
}

} // namespace family_of_reflected

using namespace json_nlohmann_test;

namespace {

template <class T>
std::string text_of(const T& value) {
    auto text = es::encode_json(value);
    return text ? *text : text.error().message();
}
template <class T>
std::string refusal(std::string_view text) {
    auto value = es::decode_json<T>(text);
    return value ? "" : value.error().message();
}

} // namespace

TEST_CASE("A class with its own to_json and from_json is encoded by them, at any depth") {
    const Bag bag{{{"rope", 1}}, {{"x", {"lamp", 2}}}, Item{"axe", 3}};
    const auto text = text_of(bag);
    CHECK(text == R"({"items":[{"n":1,"sku":"rope"}],"by_name":{"x":{"n":2,"sku":"lamp"}},)"
                  R"("best":{"n":3,"sku":"axe"}})");
    CHECK(es::decode_json<Bag>(text).value() == bag);
}

TEST_CASE("What a to_json or from_json throws is an error with a path") {
    CHECK(text_of(Bag{{{"", 0}, {"", -1}}, {}, {}}) ==
          "$.items[1]: its to_json failed: no such item");
    CHECK(text_of(Item{"", -2}) == "$: its to_json threw something that is no std::exception");
    const auto missing = refusal<Bag>(R"({"items":[{"n":1}],"by_name":{}})");
    CHECK(
        missing.starts_with("$.items[0]: its from_json failed: [json.exception.out_of_range.403]"));
    CHECK(refusal<Item>(R"({"sku":"x","n":-2})") ==
          "$: its from_json threw something that is no std::exception");
    CHECK(refusal<Item>(R"({"sku":1,"n":-2})")
              .starts_with("$: its from_json failed: [json.exception.type_error.302]"));
}

TEST_CASE("What goes through nlohmann's documents is as strictly checked as the rest") {
    CHECK(refusal<Item>(R"({"sku":"x","n":1,"n":2})") ==
          "$.n: duplicate member; expected each name once in an object");
    CHECK(refusal<Item>(R"({"sku":"\ud800","n":1})")
              .starts_with("$.sku: expected a string in UTF-8"));
    CHECK(refusal<Bag>(R"({"items":[{"sku":[1,],"n":1}]})") ==
          R"($.items[0].sku[1]: expected a JSON value, got "]")");
    CHECK(text_of(Item{"\xff", 1}).starts_with("$.sku: expected UTF-8"));
    const std::string deep = std::string(65, '[') + std::string(65, ']');
    CHECK(refusal<Json>(deep).ends_with("nested deeper than 64 levels"));
    const auto document =
        Json::parse(deep); // whose dump would be unbounded recursion, were it deeper
    CHECK(text_of(document).ends_with("nested deeper than 64 levels, which no reader accepts"));
    CHECK(text_of(Json(std::numeric_limits<double>::quiet_NaN()))
              .starts_with("$: expected a finite number, got NaN"));
    CHECK(text_of(Json::binary({1, 2})) ==
          "$: expected a JSON value, got binary or discarded data of nlohmann::json");
    CHECK(refusal<Json>("1e400") == "$: expected a number in the range of double, got 1e400");
}

TEST_CASE("A document that is a member keeps any JSON") {
    const std::string text =
        R"({"any":{"a":[1,-2,2.5,18446744073709551615,-9223372036854775808,null,true,"x"],"b":{}},)"
        R"("maybe":[],"ordered":{"z":1,"a":2}})";
    const auto extra = es::decode_json<Extra>(text);
    REQUIRE(extra);
    CHECK(extra->any == Json::parse(text)["any"]);
    CHECK(extra->any["a"][0].is_number_unsigned());
    CHECK(extra->any["a"][1].is_number_integer());
    CHECK(extra->any["a"][2].is_number_float());
    CHECK(text_of(*extra) == text);
    CHECK(es::decode_json<Json>("-9223372036854775809")->is_number_float());
    CHECK(es::decode_json<Json>("18446744073709551616")->is_number_float());
    CHECK(refusal<nlohmann::ordered_json>(R"({"a":1,"b":{"c":1,"\u0063":2}})") ==
          "$.b.c: duplicate member; expected each name once in an object");
}

TEST_CASE("Large documents with many members take no quadratic time") {
    std::string text = "{\"first\":0";
    for (int i = 0; i < 200'000; ++i)
        text += ",\"" + std::to_string(i * 7919LL % 200'003) + "\":0";
    text += "}";
    CHECK(es::decode_json<nlohmann::ordered_json>(text)->size() == 200'001);
    CHECK(es::decode_json<Json>(text)->size() == 200'001);
}

TEST_CASE("The family says whether its types are encoded by their own functions") {
    CHECK(text_of(family_of_own::Plain{7}) == R"({"own":7})");
    CHECK(es::decode_json<family_of_own::Plain>(R"({"own":7})")->n == 7);
    CHECK(text_of(family_of_own::Kind::b) == R"("B")");
    CHECK(text_of(family_of_own::Macro{1, family_of_own::Kind::b}) == R"({"kind":"B","x":1})");
    CHECK(text_of(std::vector<family_of_own::Plain>{{1}}) == R"([{"own":1}])");
    CHECK(text_of(family_of_reflected::Plain{7}) == R"({"n":7})");
    CHECK(text_of(family_of_reflected::Kind::b) == R"("b")");
    CHECK(es::decode_json<family_of_reflected::Plain>(R"({"n":7})")->n == 7);
}

TEST_CASE("A type's own declaration wins over that of its family, a members line over both") {
    CHECK(text_of(family_of_own::Except{7}) == R"({"n":7})");
    CHECK(text_of(family_of_reflected::Except{7}) == "7");
    CHECK(es::decode_json<family_of_reflected::Except>("7")->n == 7);
    CHECK(text_of(Listed{7}) == R"({"listed":7})");
}
