// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json.hpp>

#include "catch.hpp"

#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <memory_resource>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::string_literals;

namespace json_test {

enum class Weapon { sword, axe, long_bow = 40 };
enum class Vast : std::uint64_t { one = 1, beyond = 9'223'372'036'854'775'808U };
enum class Small : std::int8_t { below = -1, above = 1 };
enum Old : unsigned { old_a, old_b };

struct Point {
    double x{};
    double y{};
    bool operator==(const Point&) const = default;
};
struct Empty {
    bool operator==(const Empty&) const = default;
};
struct Attacked {
    std::string entity_id;
    std::uint32_t damage{};
    std::optional<Point> at;
    bool operator==(const Attacked&) const = default;
};
struct Tree {
    std::string name;
    std::vector<Tree> children;
    bool operator==(const Tree&) const = default;
};
struct Rose {
    static constexpr std::string_view json_name = "a \"rose\"";
    int petals{};
    bool operator==(const Rose&) const = default;
};
struct HTTPRequestSent {
    std::string url;
    bool operator==(const HTTPRequestSent&) const = default;
};
using Choice = std::variant<std::monostate, bool, std::int8_t, std::uint16_t, int, std::uint64_t,
                            float, double, std::string, Point, Rose, HTTPRequestSent, Weapon>;

struct Rows {
    int axes[3]{};
    std::string names[2];
    double grid[2][2]{};
    int after = 0;
    bool operator==(const Rows&) const = default;
};

struct Everything {
    bool flag{};
    std::int8_t i8{};
    std::uint8_t u8{};
    std::int16_t i16{};
    std::uint16_t u16{};
    std::int32_t i32{};
    std::uint32_t u32{};
    std::int64_t i64{};
    std::uint64_t u64{};
    long long ll{};
    float f{};
    double d{};
    std::string text;
    std::pmr::string pmr_text;
    Weapon weapon{};
    Old old{};
    std::optional<std::string> maybe;
    std::optional<int> nothing;
    std::vector<Point> path;
    std::vector<bool> bits;
    std::deque<std::string> queue;
    std::list<int> list;
    std::array<std::uint8_t, 3> rgb{};
    std::set<std::string> names;
    std::unordered_set<int> ids;
    std::multiset<int> many;
    std::map<std::string, int> loot;
    std::map<int, std::string> by_number;
    std::map<Weapon, int> by_weapon;
    std::unordered_map<std::uint64_t, Point> big;
    std::map<es::Uuid, bool> by_id;
    Choice choice;
    std::vector<Choice> choices;
    Tree tree;
    Empty empty;
    std::monostate none;
    es::Uuid id;
    es::Timestamp time;
    es::Revision revision;
    es::Generation generation;
    es::Position position;
    es::Position commit_and_prepare;
    bool operator==(const Everything&) const = default;
};

Everything everything() {
    using Limits = std::numeric_limits<std::int64_t>;
    Everything e;
    e.flag = true;
    e.i8 = -128;
    e.u8 = 255;
    e.i16 = -32768;
    e.u16 = 65535;
    e.i32 = std::numeric_limits<std::int32_t>::min();
    e.u32 = std::numeric_limits<std::uint32_t>::max();
    e.i64 = Limits::min();
    e.u64 = std::numeric_limits<std::uint64_t>::max();
    e.ll = Limits::max();
    e.f = 0.1F;
    e.d = 0.1;
    e.text = "quote \" slash \\ / newline \n nul \x01 \u00e9 \u6012 \U0001F409";
    e.pmr_text = "pooled";
    e.weapon = Weapon::long_bow;
    e.old = old_b;
    e.maybe = "";
    e.path = {{1, -2.5}, {1e300, 5e-324}};
    e.bits = {true, false, true};
    e.queue = {"a", "b"};
    e.list = {3, 2, 1};
    e.rgb = {1, 2, 3};
    e.names = {"x", "y"};
    e.ids = {7};
    e.many = {1, 1, 2};
    e.loot = {{"", 0}, {"odd \"key\"", 1}};
    e.by_number = {{-5, "minus"}, {0, "zero"}};
    e.by_weapon = {{Weapon::axe, 2}};
    e.big = {{18446744073709551615U, {1, 2}}};
    e.by_id = {{es::Uuid(es::Uuid::Bytes{1}), true}};
    e.choice = Rose{5};
    e.choices = {std::monostate{},
                 true,
                 std::int8_t{-1},
                 std::uint16_t{2},
                 3,
                 std::uint64_t{4},
                 5.5F,
                 6.5,
                 "text",
                 Point{1, 2},
                 Rose{7},
                 HTTPRequestSent{"u"},
                 Weapon::axe};
    e.tree = {"root", {{"left", {}}, {"right", {{"leaf", {}}}}}};
    e.id = es::Uuid(es::Uuid::Bytes{0xAB});
    e.time = *es::Timestamp::parse("2024-02-29T12:34:56.789Z");
    e.revision = es::Revision{18446744073709551615U};
    e.generation = es::Generation{3};
    e.position = es::Position{12};
    e.commit_and_prepare = es::Position{12, 11};
    return e;
}

/// A type of the application that is a string, and easily upset.
class Email {
public:
    Email() = default;
    static es::Result<Email> parse(std::string_view text) {
        if (text.empty())
            throw_or_skip(std::runtime_error("no text"));
        if (text.find('@') == text.npos)
            return es::Error(es::errc::invalid, "an address has an @");
        Email out;
        out.text_ = text;
        return out;
    }
    [[nodiscard]] std::string to_string() const {
        if (text_.empty())
            throw_or_skip(std::runtime_error("no address"));
        return text_;
    }
    auto operator<=>(const Email&) const = default;

private:
    std::string text_;
};

struct Link {
    es::StreamName stream;
    std::vector<es::StreamName> others;
    std::optional<es::StreamName> last;
};
struct Defaults {
    std::optional<int> none = std::nullopt;
    std::optional<std::string> text;
    bool operator==(const Defaults&) const = default;
};

class Account {
public:
    Account() = default;
    explicit Account(int balance) : balance_(balance) {}
    bool operator==(const Account&) const = default;
    static void members(auto& self, auto&& member) {
        member("the balance", self.balance_);
        member("\u00fcber", self.limits_);
    }

private:
    int balance_ = 0;
    int limits_[2]{1, 2};
};

template <class T>
std::string text_of(const T& value) {
    auto text = es::encode_json(value);
    return text ? *text : text.error().message();
}
/// The message of the error, or nothing.
template <class T>
std::string refusal(std::string_view text) {
    auto value = es::decode_json<T>(text);
    if (value)
        return "";
    CHECK(value.error().kind() == es::errc::malformed);
    return value.error().message();
}
template <class T>
std::string encoding_refusal(const T& value) {
    std::string out = "before";
    auto done = es::encode_json_to(out, value);
    CHECK(out == "before");
    if (done)
        return "";
    CHECK(done.error().kind() == es::errc::invalid);
    return done.error().message();
}
template <class T>
T decoded(std::string_view text) {
    auto value = es::decode_json<T>(text);
    INFO((value ? std::string() : value.error().message()));
    REQUIRE(value.has_value());
    return *std::move(value);
}

} // namespace json_test

using namespace json_test;

// ---- what JSON a value becomes
// ----------------------------------------------------------------------

TEST_CASE("A plain struct becomes an object of its fields, in their order, without white space") {
    CHECK(text_of(Attacked{"ogre", 150, Point{1, 2.5}}) ==
          R"({"entity_id":"ogre","damage":150,"at":{"x":1.0,"y":2.5}})");
    CHECK(text_of(Attacked{}) == R"({"entity_id":"","damage":0,"at":null})");
    CHECK(text_of(Empty{}) == "{}");
}

TEST_CASE("Encoding appends to what is there") {
    std::string out = "data: ";
    REQUIRE(es::encode_json_to(out, Point{1, 2}));
    REQUIRE(es::encode_json_to(out, 7));
    CHECK(out == R"(data: {"x":1.0,"y":2.0}7)");
}

TEST_CASE("Integers are written exactly") {
    CHECK(text_of(std::uint64_t{18446744073709551615U}) == "18446744073709551615");
    CHECK(text_of(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(text_of(std::uint8_t{200}) == "200");
    CHECK(text_of(std::int8_t{-1}) == "-1");
}

TEST_CASE("Floating-point numbers are the shortest text that reads back, and look like ones") {
    CHECK(text_of(0.0) == "0.0");
    CHECK(text_of(-0.0) == "-0.0");
    CHECK(text_of(1.0) == "1.0");
    CHECK(text_of(0.1) == "0.1");
    CHECK(text_of(0.1F) == "0.1");
    CHECK(text_of(100000.0) == "100000.0");
    CHECK(text_of(123456789012345.0) == "123456789012345.0");
    CHECK(text_of(1e16) == "1e+16");
    CHECK(text_of(0.00001) == "0.00001");
    CHECK(text_of(1e-6) == "1e-06");
    CHECK(text_of(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
    CHECK(text_of(std::numeric_limits<double>::denorm_min()) == "5e-324");
    CHECK(text_of(std::numeric_limits<float>::max()) == "3.4028235e+38");
}

TEST_CASE("Only special characters of strings are escaped") {
    CHECK(text_of("a\"b\\c\b\f\n\r\t\x01\x1f\x7f/"s) ==
          "\"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0001\\u001f\x7f/\"");
    CHECK(text_of(std::string_view("a\0b", 3)) == R"("a\u0000b")");
    CHECK(text_of("\u00e9\u6012\U0001F409"s) == "\"\u00e9\u6012\U0001F409\"");
    CHECK(text_of(std::string_view()) == R"("")");
}

TEST_CASE("Enumerations are the names of their enumerators") {
    CHECK(text_of(Weapon::long_bow) == R"("long_bow")");
    CHECK(text_of(Small::below) == R"("below")");
    CHECK(text_of(old_b) == R"("old_b")");
    CHECK(decoded<Small>(R"("above")") == Small::above);
    CHECK(decoded<Old>(R"("old\u005fa")") == old_a);
}

TEST_CASE("A variant is an object with one member, named for the alternative") {
    CHECK(text_of(Choice{}) == R"({"none":null})");
    CHECK(text_of(Choice{true}) == R"({"bool":true})");
    CHECK(text_of(Choice{std::int8_t{1}}) == R"({"int8":1})");
    CHECK(text_of(Choice{std::uint16_t{1}}) == R"({"uint16":1})");
    CHECK(text_of(Choice{1}) == R"({"int32":1})");
    CHECK(text_of(Choice{std::uint64_t{1}}) == R"({"uint64":1})");
    CHECK(text_of(Choice{1.5F}) == R"({"float":1.5})");
    CHECK(text_of(Choice{1.5}) == R"({"double":1.5})");
    CHECK(text_of(Choice{"x"}) == R"({"string":"x"})");
    CHECK(text_of(Choice{Point{}}) == R"({"point":{"x":0.0,"y":0.0}})");
    CHECK(text_of(Choice{Rose{}}) == R"({"a \"rose\"":{"petals":0}})");
    CHECK(text_of(Choice{HTTPRequestSent{}}) == R"({"http_request_sent":{"url":""}})");
    CHECK(text_of(Choice{Weapon::axe}) == R"({"weapon":"axe"})");
}

TEST_CASE("Containers are arrays, or objects if they have keys") {
    CHECK(text_of(std::vector<int>{}) == "[]");
    CHECK(text_of(std::vector<bool>{true, false}) == "[true,false]");
    CHECK(text_of(std::set<int>{2, 1}) == "[1,2]");
    CHECK(text_of(std::array<int, 2>{4, 5}) == "[4,5]");
    const int numbers[] = {1, 2};
    CHECK(text_of(std::span<const int>(numbers)) == "[1,2]");
    CHECK(text_of(std::map<std::string, int>{}) == "{}");
    CHECK(text_of(std::map<int, bool>{{-1, true}, {2, false}}) == R"({"-1":true,"2":false})");
    CHECK(text_of(std::map<Weapon, int>{{Weapon::axe, 1}}) == R"({"axe":1})");
    CHECK(text_of(std::map<es::Uuid, int>{{es::Uuid{}, 1}}) ==
          R"({"00000000-0000-0000-0000-000000000000":1})");
}

TEST_CASE("C arrays of a struct are arrays, and come back") {
    const Rows rows{{1, 2, 3}, {"a", "b"}, {{1, 0}, {0, 1}}, 4};
    const auto text = text_of(rows);
    CHECK(text == R"({"axes":[1,2,3],"names":["a","b"],"grid":[[1.0,0.0],[0.0,1.0]],"after":4})");
    CHECK(decoded<Rows>(text) == rows);
    CHECK(refusal<Rows>(R"({"axes":[1,2],"names":["a","b"],"grid":[[1,0],[0,1]],"after":4})") ==
          "$.axes: expected an array of 3 elements, got 2");
}

TEST_CASE("The library's values are strings and numbers") {
    CHECK(text_of(es::Uuid{}) == R"("00000000-0000-0000-0000-000000000000")");
    CHECK(text_of(*es::Timestamp::parse("2024-02-29T12:00:00Z")) == R"("2024-02-29T12:00:00Z")");
    CHECK(text_of(*es::StreamName::parse("combat-ogre")) == R"("combat-ogre")");
    CHECK(text_of(es::Revision{7}) == "7");
    CHECK(text_of(es::Generation{8}) == "8");
    CHECK(text_of(es::Position{9}) == "9");
    CHECK(text_of(es::Position{9, 8}) == "[9,8]");
}

// ---- there and back
// ---------------------------------------------------------------------------------

TEST_CASE("What is encoded decodes to an equal value, whatever the types of its members") {
    const auto before = everything();
    const auto text = text_of(before);
    const auto after = decoded<Everything>(text);
    CHECK(after == before);
    CHECK(text_of(after) == text);
}

TEST_CASE("Private members and C arrays are encoded by a members line, under any names") {
    const auto text = text_of(Account(9));
    CHECK(text == "{\"the balance\":9,\"\u00fcber\":[1,2]}");
    CHECK(decoded<Account>(text) == Account(9));
    CHECK(decoded<Account>("{\"\u00fcber\":[1,2],\"the\\u0020balance\":9}") == Account(9));
    CHECK(refusal<Account>("{\"the balance\":9}") ==
          "$[\"\u00fcber\"]: missing; expected an array of 2 elements");
}

TEST_CASE("A struct is decoded that holds a stream name, which is never empty") {
    const auto text = R"({"stream":"combat-ogre","others":["a-b","c-d"],"last":"e-f"})";
    const auto link = decoded<Link>(text);
    CHECK(link.stream == "combat-ogre");
    CHECK(link.others.size() == 2);
    CHECK(link.last == es::StreamName("e-f"));
    CHECK(text_of(link) == text);
    CHECK(refusal<Link>(R"({"stream":"combat","others":[]})")
              .starts_with("$.stream: stream name \"combat\": "));
}

TEST_CASE("Floating-point numbers survive bit for bit") {
    std::uint64_t bits = 1;
    for (int i = 0; i < 20'000; ++i) {
        bits = bits * 6364136223846793005U + 1442695040888963407U;
        const auto number = std::bit_cast<double>(bits);
        if (!(number - number == 0)) // NaN or infinite
            continue;
        const auto back = decoded<double>(text_of(number));
        if (std::bit_cast<std::uint64_t>(back) != bits)
            FAIL_CHECK(text_of(number));
        const auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(bits >> 32U));
        if (narrow - narrow == 0 && decoded<float>(text_of(narrow)) != narrow)
            FAIL_CHECK(text_of(narrow));
    }
}

// ---- what is read
// -----------------------------------------------------------------------------------

TEST_CASE("Members are read in any order, between white space and unknown members") {
    const Attacked expected{"ogre", 150, Point{1, 2}};
    CHECK(decoded<Attacked>(R"({"entity_id":"ogre","damage":150,"at":{"x":1,"y":2}})") == expected);
    CHECK(decoded<Attacked>(R"({"at":{"y":2,"x":1},"damage":150,"entity_id":"ogre"})") == expected);
    CHECK(decoded<Attacked>(R"({"entity_id":"ogre","at":{"x":1,"y":2},"damage":150})") == expected);
    CHECK(decoded<Attacked>(" {\t\"entity_id\" :\r\n\"ogre\" , \"damage\":150, "
                            "\"at\":{ \"x\" : 1 ,\"y\": 2 } }\n") == expected);
    CHECK(decoded<Attacked>(
              R"({"new":[1,{"x":"y"}],"entity_id":"ogre","more":null,"damage":150,"at":{"x":1,)"
              R"("z":true,"y":2},"last":-1.5e3})") == expected);
    CHECK(decoded<Attacked>(
              R"({"\u0065ntity_id":"o\u0067re","dam\u0061ge":150,"at":{"x":1,"y":2}})") ==
          expected);
}

TEST_CASE("The keys of a map are the names of members, however they are spelled") {
    CHECK(decoded<std::map<std::string, int>>(R"({"\u0061":1})") ==
          std::map<std::string, int>{{"a", 1}});
    CHECK(decoded<std::map<int, bool>>(R"({"-\u0031":true,"2\u0030":false})") ==
          std::map<int, bool>{{-1, true}, {20, false}});
    CHECK(decoded<std::map<Weapon, int>>(R"({"\u0061xe":1})") ==
          std::map<Weapon, int>{{Weapon::axe, 1}});
}

TEST_CASE("An optional member may be missing or null") {
    const Attacked expected{"ogre", 1, std::nullopt};
    CHECK(decoded<Attacked>(R"({"entity_id":"ogre","damage":1,"at":null})") == expected);
    CHECK(decoded<Attacked>(R"({"entity_id":"ogre","damage":1})") == expected);
    CHECK(decoded<Attacked>(R"({"damage":1,"entity_id":"ogre"})") == expected);
    CHECK(decoded<Defaults>("{}") == Defaults{});
    CHECK(decoded<std::vector<std::optional<int>>>("[1,null]") ==
          std::vector<std::optional<int>>{1, std::nullopt});
}

TEST_CASE("A floating-point member takes integers, an integer takes no fraction") {
    CHECK(decoded<double>("3") == 3.0);
    CHECK(decoded<double>("-0") == 0.0);
    CHECK(decoded<double>("1E2") == 100.0);
    CHECK(decoded<double>("1e-400") == 0.0);
    CHECK(decoded<double>("0.0000e99999999999999999999") == 0.0);
    CHECK(decoded<double>("-123456789012345678901234567890") == -123456789012345678901234567890.0);
    CHECK(decoded<unsigned>("-0") == 0);
    CHECK(refusal<int>("1.0") == "$: expected a signed 32-bit integer, got 1.0");
    CHECK(refusal<int>("1e2") == "$: expected a signed 32-bit integer, got 1e2");
}

TEST_CASE("Decoding into a value replaces what it held") {
    std::vector<int> numbers{1, 2, 3};
    REQUIRE(es::decode_json_to(numbers, "[4]"));
    CHECK(numbers == std::vector{4});
    std::map<std::string, int> map{{"a", 1}};
    REQUIRE(es::decode_json_to(map, R"({"b":2})"));
    CHECK(map == std::map<std::string, int>{{"b", 2}});
    Attacked event{"old", 1, Point{}};
    REQUIRE(es::decode_json_to(event, R"({"entity_id":"","damage":0})"));
    CHECK(event == Attacked{});
}

// ---- what is refused when reading, and how it is said
// ---------------------------------------------------

TEST_CASE("A number of the wrong kind or size is refused with its path") {
    CHECK(refusal<Attacked>(R"({"entity_id":"ogre","damage":-5})") ==
          "$.damage: expected an unsigned 32-bit integer, got -5");
    CHECK(refusal<Attacked>(R"({"entity_id":"ogre","damage":4294967296})") ==
          "$.damage: expected an unsigned 32-bit integer, got 4294967296");
    CHECK(refusal<Attacked>(R"({"entity_id":"ogre","damage":"5"})") ==
          R"($.damage: expected an unsigned 32-bit integer, got "5")");
    CHECK(refusal<std::vector<std::int8_t>>("[127,128]") ==
          "$[1]: expected a signed 8-bit integer, got 128");
    CHECK(refusal<std::int8_t>("-129") == "$: expected a signed 8-bit integer, got -129");
    CHECK(refusal<std::uint8_t>("256") == "$: expected an unsigned 8-bit integer, got 256");
    CHECK(refusal<std::int16_t>("32768") == "$: expected a signed 16-bit integer, got 32768");
    CHECK(refusal<std::uint16_t>("-1") == "$: expected an unsigned 16-bit integer, got -1");
    CHECK(refusal<std::int64_t>("9223372036854775808") ==
          "$: expected a signed 64-bit integer, got 9223372036854775808");
    CHECK(refusal<std::int64_t>("-9223372036854775809") ==
          "$: expected a signed 64-bit integer, got -9223372036854775809");
    CHECK(refusal<std::uint64_t>("18446744073709551616") ==
          "$: expected an unsigned 64-bit integer, got 18446744073709551616");
    CHECK(
        refusal<std::uint64_t>("100000000000000000000000000000000000000000") ==
        "$: expected an unsigned 64-bit integer, got 1000000000000000000000000000000000000000...");
    CHECK(refusal<double>("1e400") == "$: expected a number in the range of double, got 1e400");
    CHECK(refusal<double>("-1e309") == "$: expected a number in the range of double, got -1e309");
    CHECK(refusal<float>("3.5e38") == "$: expected a number in the range of float, got 3.5e38");
    CHECK(refusal<double>("true") == "$: expected a number, got true");
}

TEST_CASE("A value of another type is refused, and quoted shortly") {
    CHECK(refusal<bool>("1") == "$: expected true or false, got 1");
    CHECK(refusal<bool>("tru") == "$: expected true or false, got tru");
    CHECK(refusal<std::string>("{}") == "$: expected a string, got an object");
    CHECK(refusal<std::string>("null") == "$: expected a string, got null");
    CHECK(refusal<Point>("[1,2]") == "$: expected an object, got an array");
    CHECK(refusal<Point>("\"" + std::string(50, 'x') + "\"") ==
          "$: expected an object, got \"" + std::string(40, 'x') + "...\"");
    CHECK(refusal<Point>(R"("a\u001b\"b")") == R"($: expected an object, got "a\x1b\"b")");
    CHECK(refusal<std::vector<int>>("{}") == "$: expected an array, got an object");
    CHECK(refusal<std::map<std::string, int>>("7") == "$: expected an object, got 7");
    CHECK(refusal<std::monostate>("0") == "$: expected null, got 0");
    CHECK(refusal<std::optional<int>>(R"("x")") ==
          R"($: expected a signed 32-bit integer, got "x")");
    CHECK(refusal<es::Revision>("-1") == "$: expected an unsigned 64-bit integer, got -1");
    CHECK(refusal<es::Position>("[1]") == "$: expected an array of 2 elements, got 1");
    CHECK(refusal<es::Uuid>(R"("x")").starts_with(R"($: UUID "x": expected 36 characters)"));
    CHECK(refusal<es::Uuid>("7") == "$: expected a string, got 7");
    CHECK(refusal<es::Timestamp>(R"("today")").starts_with("$: "));
}

TEST_CASE("A missing member is named, with what it should have been") {
    CHECK(refusal<Attacked>(R"({"entity_id":"ogre"})") ==
          "$.damage: missing; expected an unsigned 32-bit integer");
    CHECK(refusal<Attacked>("{}") == "$.entity_id: missing; expected a string");
    CHECK(refusal<std::vector<Attacked>>(R"([{"entity_id":"ogre","damage":1,"at":{"x":1}}])") ==
          "$[0].at.y: missing; expected a number");
    const auto missing = [](std::string_view without) {
        auto text = text_of(everything());
        auto at = text.find(",\"" + std::string(without) + "\":"); // not a name in a variant
        at = at == text.npos ? 0 : at;
        text.insert(at + 2, "no ");
        return refusal<Everything>(text);
    };
    CHECK(missing("flag") == "$.flag: missing; expected true or false");
    CHECK(missing("i8") == "$.i8: missing; expected a signed 8-bit integer");
    CHECK(missing("weapon") ==
          R"($.weapon: missing; expected one of "sword", "axe" or "long_bow")");
    CHECK(missing("rgb") == "$.rgb: missing; expected an array of 3 elements");
    CHECK(missing("path") == "$.path: missing; expected an array");
    CHECK(missing("loot") == "$.loot: missing; expected an object");
    CHECK(missing("tree") == "$.tree: missing; expected an object");
    CHECK(missing("none") == "$.none: missing; expected null");
    CHECK(missing("id") == "$.id: missing; expected a string");
    CHECK(missing("revision") == "$.revision: missing; expected an unsigned 64-bit integer");
    CHECK(missing("choice").starts_with(
        R"($.choice: missing; expected an object with one member, "none", "bool", "int8",)"));
    CHECK(missing("maybe").empty());
}

TEST_CASE("A duplicate member is refused, known or unknown, however it is spelled") {
    const auto twice = [](std::string_view path) {
        return std::string(path) + ": duplicate member; expected each name once in an object";
    };
    CHECK(refusal<Attacked>(R"({"entity_id":"a","damage":1,"damage":1})") == twice("$.damage"));
    CHECK(refusal<Attacked>(R"({"damage":1,"damage":1,"entity_id":"a"})") == twice("$.damage"));
    CHECK(refusal<Attacked>(R"({"entity_id":"a","damage":1,"d\u0061mage":1})") ==
          twice("$.damage"));
    CHECK(refusal<Attacked>(R"({"entity_id":"a","damage":1,"odd key":1,"odd key":2})") ==
          twice(R"($["odd key"])"));
    CHECK(refusal<Attacked>(R"({"entity_id":"a","damage":1,"x":{"y":[{"z":1,"\u007a":2}]}})") ==
          twice("$.x.y[0].z"));
    CHECK(refusal<Attacked>(R"({"entity_id":"a","damage":1,"a":1,"b":{"a":1},"c":[],"a":1})") ==
          twice("$.a"));
    CHECK(refusal<std::map<std::string, int>>(R"({"a":1,"b":2,"a":3})") == twice("$.a"));
    CHECK(refusal<std::map<int, int>>(R"({"1":1,"1":2})") == twice(R"($["1"])"));
    CHECK(refusal<Attacked>(R"({"entity_id":"a","damage":1,"a":{"b":1},"c":{"b":1}})").empty());
}

TEST_CASE("Finding duplicates takes no quadratic time") {
    std::string text = R"({"x":1,"y":2)";
    for (int i = 0; i < 200'000; ++i)
        text += ",\"unknown " + std::to_string(i) + "\":0";
    CHECK(refusal<Point>(text + "}").empty());
    CHECK(refusal<Point>(text + R"(,"unknown 7":0})") ==
          R"($["unknown 7"]: duplicate member; expected each name once in an object)");
}

TEST_CASE("An unknown enumerator is refused with the known ones") {
    CHECK(refusal<Weapon>(R"("bow")") ==
          R"($: expected one of "sword", "axe" or "long_bow", got "bow")");
    CHECK(refusal<Weapon>("1") == R"($: expected one of "sword", "axe" or "long_bow", got 1)");
    CHECK(refusal<std::map<Weapon, int>>(R"({"bow":1})") ==
          R"($: expected a member named one of "sword", "axe" or "long_bow", got "bow")");
    CHECK(refusal<std::map<int, int>>(R"({"1.5":1})") ==
          R"($: expected a member named by a signed 32-bit integer, got "1.5")");
    CHECK(refusal<std::map<std::uint8_t, int>>(R"({"256":1})") ==
          R"($: expected a member named by an unsigned 8-bit integer, got "256")");
    CHECK(refusal<std::map<int, int>>(R"({" 1":1})") ==
          R"($: expected a member named by a signed 32-bit integer, got " 1")");
    CHECK(refusal<std::map<int, int>>(R"({"1 ":1})") ==
          R"($: expected a member named by a signed 32-bit integer, got "1 ")");
    CHECK(refusal<std::map<int, int>>(R"({"01":1})") ==
          R"($: expected a member named by a signed 32-bit integer, got "01")");
    CHECK(refusal<std::map<int, int>>(R"({"":1})") ==
          R"($: expected a member named by a signed 32-bit integer, got "")");
    CHECK(refusal<std::map<es::Uuid, int>>(R"({"x":1})").starts_with(R"($.x: UUID "x": )"));
}

TEST_CASE("A variant takes one of its names, with one value") {
    using Two = std::variant<int, Point>;
    CHECK(refusal<Two>(R"({"string":"x"})") ==
          R"($: expected an object with one member, "int32" or "point", got "string")");
    CHECK(refusal<Two>("{}") ==
          R"($: expected an object with one member, "int32" or "point", got "}")");
    CHECK(refusal<Two>("7") ==
          R"($: expected an object with one member, "int32" or "point", got 7)");
    CHECK(refusal<Two>(R"({"int32":7,"point":{}})") ==
          R"($: expected "}" after the one member, got ",")");
    CHECK(refusal<Two>(R"({"point":{"x":1}})") == "$.point.y: missing; expected a number");
    CHECK(decoded<Two>(R"( { "\u0069nt32" : 7 } )") == Two{7});
}

TEST_CASE("Arrays of a fixed size are complete, sets have no equal elements") {
    CHECK(refusal<std::array<int, 2>>("[1]") == "$: expected an array of 2 elements, got 1");
    CHECK(refusal<std::array<int, 2>>("[1,2,3]") == "$: expected an array of 2 elements, got more");
    CHECK(refusal<std::array<int, 0>>("[]").empty());
    CHECK(refusal<std::set<int>>("[1,2,1]") ==
          "$[2]: equal to an element before it; expected no two equal elements in a set");
    CHECK(refusal<std::multiset<int>>("[1,1]").empty());
}

TEST_CASE("Text that is not JSON is refused with the place and what was found") {
    CHECK(refusal<int>("") == "$: expected a signed 32-bit integer, got the end of the text");
    CHECK(refusal<int>("1 2") == "$: expected the end of the text, got 2");
    CHECK(refusal<int>("\xEF\xBB\xBF"
                       "1") == "$: expected a signed 32-bit integer, got a byte order mark");
    CHECK(refusal<int>("01") == "$: expected a signed 32-bit integer, got 01");
    CHECK(refusal<double>("01") == "$: expected the end of the text, got 1");
    CHECK(refusal<double>(".5") == "$: expected a number, got .5");
    CHECK(refusal<double>("1.") == "$: expected a number, got 1.");
    CHECK(refusal<double>("1e") == "$: expected a number, got 1e");
    CHECK(refusal<double>("NaN") == "$: expected a number, got NaN");
    CHECK(refusal<std::vector<int>>("[1,]") ==
          R"($[1]: expected a signed 32-bit integer, got "]")");
    CHECK(refusal<std::vector<int>>("[1 2]") == R"($: expected "," or "]", got 2)");
    CHECK(refusal<std::vector<int>>("[1") == R"($: expected "," or "]", got the end of the text)");
    CHECK(refusal<Point>(R"({"x":1,"y":2,})") == R"($: expected a member name in quotes, got "}")");
    CHECK(refusal<Point>(R"({"x" 1,"y":2})") == R"($: expected ":" after a member name, got 1)");
    CHECK(refusal<Point>(R"({"x":1 "y":2})") == R"($: expected "," or "}", got "y")");
    CHECK(refusal<Point>(R"({x:1})") == R"($: expected a member name in quotes, got x)");
    CHECK(refusal<Point>(R"({"x":1,"y":2,"z":nul})") == "$.z: expected a JSON value, got nul");
    CHECK(refusal<int>("// c\n1") == R"($: expected a signed 32-bit integer, got "/")");
    CHECK(refusal<int>("\x01") == R"($: expected a signed 32-bit integer, got "\x01")");
}

TEST_CASE("Strings that are not text are refused with the byte where it shows") {
    CHECK(refusal<std::string>("\"a") == "$: expected a closing quote, got the end of the text");
    const auto bad = [](std::string_view what) {
        return "$: expected a string in UTF-8 with complete escapes, got " + std::string(what);
    };
    CHECK(refusal<std::string>("\"ab\xff\"") == bad("bytes that are not UTF-8 at byte 3"));
    CHECK(refusal<std::string>("\"\xed\xa0\x80\"") == bad("bytes that are not UTF-8 at byte 1"));
    CHECK(refusal<std::string>("\"\xc0\xaf\"") == bad("bytes that are not UTF-8 at byte 1"));
    CHECK(refusal<std::string>("\"a\nb\"") == bad("a control character at byte 2"));
    CHECK(refusal<std::string>(R"("\ud800")") == bad("a lone surrogate at byte 1"));
    CHECK(refusal<std::string>(R"("\ud800\u0041")") == bad("a lone surrogate at byte 1"));
    CHECK(refusal<std::string>(R"("\ud800\udbff")") == bad("a lone surrogate at byte 1"));
    CHECK(refusal<std::string>(R"("\ud800\ue000")") == bad("a lone surrogate at byte 1"));
    CHECK(refusal<std::string>(R"("x\udc00")") == bad("a lone surrogate at byte 2"));
    CHECK(refusal<std::string>(R"("\x41")") == bad("an unknown escape at byte 1"));
    CHECK(refusal<std::string>(R"("\u12")") ==
          bad("\\u without four hexadecimal digits at byte 1"));
    CHECK(refusal<Point>("{\"\xff\":1}") == bad("bytes that are not UTF-8 at byte 2"));
    CHECK(decoded<std::string>(R"("\ud83d\udc09")") == "\U0001F409");
    CHECK(decoded<std::string>(R"("\ud800\udc00\udbff\udfff")") == "\U00010000\U0010FFFF");
    CHECK(decoded<std::string>(R"("\u0000\u00e9\u6012\/")") == "\0\u00e9\u6012/"s);
}

TEST_CASE("More than 64 levels are refused in both directions") {
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    CHECK(refusal<Point>(R"({"x":1,"y":2,"deep":)" + nested(63) + "}").empty());
    CHECK(refusal<Point>(R"({"x":1,"y":2,"deep":)" + nested(64) + "}")
              .ends_with("[0]: nested deeper than 64 levels"));

    Tree tree;
    Tree* leaf = &tree;
    for (int level = 1; level < 32;
         ++level) // an object and an array each, and the last one's array
        leaf = &leaf->children.emplace_back();
    const auto text = text_of(tree);
    CHECK(decoded<Tree>(text) == tree);
    leaf->children.emplace_back();
    CHECK(encoding_refusal(tree).ends_with(
        ".children[0]: nested deeper than 64 levels, which no reader accepts"));
}

TEST_CASE("A path names members and elements; odd names are quoted and long ones cut") {
    using Nested = std::map<std::string, std::vector<std::map<std::string, int>>>;
    CHECK(refusal<Nested>(R"({"path":[{},{"x":true}]})") ==
          "$.path[1].x: expected a signed 32-bit integer, got true");
    CHECK(refusal<Nested>(R"({"odd key":[{"a\"b":true}]})") ==
          R"($["odd key"][0]["a\"b"]: expected a signed 32-bit integer, got true)");
    CHECK(refusal<Nested>(R"({"":0})") == R"($[""]: expected an array, got 0)");
    CHECK(refusal<Nested>("{\"" + std::string(50, 'k') + "\":0}") ==
          "$[\"" + std::string(40, 'k') + "...\"]: expected an array, got 0");
}

TEST_CASE("A type with parse and to_string is a string, and what they throw is an error") {
    using Emails = std::map<Email, Email>;
    const auto emails = decoded<Emails>(R"({"a@b":"c@\u0064"})");
    CHECK(text_of(emails) == R"({"a@b":"c@d"})");
    CHECK(refusal<Emails>(R"({"a@b":"c"})") == R"($["a@b"]: an address has an @)");
    CHECK(refusal<Emails>(R"({"a":"b@c"})") == "$.a: an address has an @");
    CHECK(refusal<Email>(R"("")") == "$: its parse failed: no text");
    CHECK(refusal<Email>("7") == "$: expected a string, got 7");
    CHECK(encoding_refusal(std::vector<Email>{{}}) == "$[0]: its to_string failed: no address");
}

// ---- what is refused when writing
// ---------------------------------------------------------------------

TEST_CASE("Text that is not UTF-8 is not written") {
    CHECK(encoding_refusal(Attacked{"a\xff", 1, {}}) ==
          R"($.entity_id: expected UTF-8, got "a\xff" with an invalid byte at offset 1)");
    CHECK(encoding_refusal(std::map<std::string, int>{{"\xc3", 1}}) ==
          R"($: expected UTF-8, got "\xc3" with an invalid byte at offset 0)");
    CHECK(encoding_refusal(std::vector<std::string>{"", std::string(600, 'x') + "\x80"})
              .starts_with("$[1]: expected UTF-8, got \"xxx"));
}

TEST_CASE("Numbers that are not numbers are not written") {
    using Limits = std::numeric_limits<double>;
    CHECK(encoding_refusal(Attacked{"a", 1, Point{1, Limits::quiet_NaN()}}) ==
          "$.at.y: expected a finite number, got NaN, which JSON can't represent; use an optional "
          "for "
          "what "
          "may have no value");
    CHECK(encoding_refusal(std::map<int, double>{{3, Limits::infinity()}})
              .starts_with(R"($["3"]: expected a finite number, got infinity)"));
    CHECK(encoding_refusal(-std::numeric_limits<float>::infinity())
              .starts_with("$: expected a finite number, got -infinity"));
}

TEST_CASE("Enumerators without a name are not written") {
    CHECK(encoding_refusal(static_cast<Weapon>(7)) ==
          "$: expected an enumerator of Weapon from -16 to 239, got 7");
    CHECK(
        encoding_refusal(static_cast<Small>(-100)) ==
        "$: expected an enumerator of Small from -16 to 127, got -100; declare a wider enum_range");
    CHECK(
        encoding_refusal(std::map<Weapon, int>{{static_cast<Weapon>(404), 1}}) ==
        "$: expected an enumerator of Weapon from -16 to 239, got 404; declare a wider enum_range");
    CHECK(encoding_refusal(static_cast<Vast>(9'223'372'036'854'775'807U))
              .ends_with(", got 9223372036854775807; declare a wider enum_range"));
    CHECK(encoding_refusal(Vast::beyond) ==
          "$: expected an enumerator of Vast from 0 to 239, got 9223372036854775808");
}

TEST_CASE("Long texts are written whole, and taken back whole on an error") {
    std::vector<std::string> texts;
    for (std::size_t size = 0; size < 1200; size += 7)
        texts.push_back(std::string(size, 'x') + (size % 2 == 0 ? "\n" : "\u00e9"));
    CHECK(decoded<std::vector<std::string>>(text_of(texts)) == texts);
    texts.emplace_back("\xff");
    CHECK(encoding_refusal(texts).starts_with("$[172]: expected UTF-8"));
}
