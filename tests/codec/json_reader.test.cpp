// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_reader.hpp>

#include "catch.hpp"
#include "sanitizer.hpp"

#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace json_object_test {

namespace es = eventsourcing;
using Json = nlohmann::json;

struct Record {
    std::uint32_t count{};
    std::optional<std::string> note;
    std::vector<std::int8_t> steps;
    double price{};
    bool operator==(const Record&) const = default;
};

/// What a record should be of a document, written by hand.
std::optional<Record> reference(const Json& j) {
    const auto is_within = [](const Json& number, std::int64_t low, std::int64_t high) {
        return number.is_number_integer() &&
               (!number.is_number_unsigned() || number.get<std::uint64_t>() <= INT64_MAX) &&
               number.get<std::int64_t>() >= low && number.get<std::int64_t>() <= high;
    };
    if (!j.contains("count") || !j.contains("steps") || !j.contains("price"))
        return std::nullopt;
    Record out;
    if (!is_within(j["count"], 0, UINT32_MAX) || !j["steps"].is_array() || !j["price"].is_number())
        return std::nullopt;
    out.count = j["count"].get<std::uint32_t>();
    out.price = j["price"].get<double>();
    for (const auto& step : j["steps"]) {
        if (!is_within(step, -128, 127))
            return std::nullopt;
        out.steps.push_back(step.get<std::int8_t>());
    }
    if (j.contains("note") && !j["note"].is_null()) {
        if (!j["note"].is_string())
            return std::nullopt;
        out.note = j["note"].get<std::string>();
    }
    return out;
}

struct Wide { // more members than the reader keeps without allocating
    struct Inner {
        int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p;
        bool operator==(const Inner&) const = default;
    };
    Inner one, two, three, four;
    std::vector<Wide> more;
    bool operator==(const Wide&) const = default;
};

/// The same document with the members of all objects in reverse order.
std::string reversed(const Json& j) {
    std::string out;
    if (j.is_object()) {
        for (const auto& [name, member] : j.items())
            out = "\"" + name + "\":" + reversed(member) + (out.empty() ? "" : ",") + out;
        return "{" + out + "}";
    }
    if (j.is_array()) {
        for (const auto& element : j)
            out += (out.empty() ? "" : ",") + reversed(element);
        return "[" + out + "]";
    }
    return j.dump();
}

/// Members that depend on each other: written one way, and listed another way while reading.
struct Conditional {
    bool with_more = false;
    int more = 0;
    int last = 0;
    static void members(auto& self, auto&& member) {
        member("with_more", self.with_more);
        if (self.with_more)
            member("more", self.more);
        member("last", self.last);
    }
};

struct Five {
    int a{};
    std::string bb;
    bool longer_than_eight{};
    std::optional<int> maybe;
    double e{};
    bool operator==(const Five&) const = default;
};

/// As many fields as reflection takes, and bits in a word.
struct Sixty4 {
    int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2,
        c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, e0, e1, e2, e3, e4, e5,
        e6, e7, e8, e9, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, g0, g1, g2, g3;
    bool operator==(const Sixty4&) const = default;
};

/// More than that, by a `members` line.
template <int Count>
struct Numbers {
    int values[Count]{};
    bool operator==(const Numbers&) const = default;
    static void members(auto& self, auto&& member) {
        static const auto names = [] {
            std::vector<std::string> out;
            for (int i = 0; i < Count; ++i)
                out.emplace_back("n").append(std::to_string(i));
            return out;
        }();
        for (std::size_t i = 0; i < Count; ++i)
            member(names[i], self.values[i]);
    }
};

/// Reads what it writes, the members turned around and, in both orders, without any one of them.
template <class T>
void check_all_orders(const T& value) {
    const auto text = *es::encode_json(value);
    CHECK(es::decode_json<T>(text).value() == value);
    const auto document = nlohmann::ordered_json::parse(text);
    std::string backwards;
    for (const auto& [name, member] : document.items())
        backwards =
            "\"" + name + "\":" + member.dump() + (backwards.empty() ? "" : ",") + backwards;
    CHECK(es::decode_json<T>("{" + backwards + "}").value() == value);
    for (const auto& [name, member] : document.items()) {
        auto missing = document;
        missing.erase(name);
        const auto refused = es::decode_json<T>(missing.dump());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message() ==
              "$." + name + ": missing; expected a signed 32-bit integer");
        const auto again = "{" + backwards + ",\"" + name + "\":1}";
        CHECK(es::decode_json<T>(again).error().message() ==
              "$." + name + ": duplicate member; expected each name once in an object");
    }
}

} // namespace json_object_test

using namespace json_object_test;

TEST_CASE("Random objects are read into structs as by hand from nlohmann's documents") {
    static const std::string counts[] = {"0", "7", "4294967295", "4294967296", "-1", "1.0", "null"};
    static const std::string notes[] = {R"("x")", R"("\u00e9\n")", "null", "0", R"("")"};
    static const std::string steps[] = {"[]", "[1,-128,127]", "[128]", "[ -0 ]", "{}", "[1,true]"};
    static const std::string prices[] = {"0", "1.5", "-1e10", "18446744073709551615", "\"1\"", "5"};
    static const std::string others[] = {"1", "[{\"count\":1}]", "{\"count\":{\"note\":2}}",
                                         "\"\""};
    static const std::string spaces[] = {"", "", "", " ", "\n\t"};
    static const std::string names[] = {"count", "count", "c\\u006funt", "note",  "steps", "steps",
                                        "price", "price", "pri\\u0063e", "extra", "more",  "note2"};
    std::uint64_t state = 42;
    const auto dice = [&](std::size_t sides) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(state >> 33U) % sides;
    };
    const auto one_of = [&](const auto& choices) -> const std::string& {
        return choices[dice(std::size(choices))];
    };
    // mostly what is right, or few records would be
    const auto value = [&](const auto& choices) -> const std::string& {
        return choices[dice(dice(4) == 0 ? std::size(choices) : 2)];
    };

    constexpr int documents = has_sanitizer ? 10'000 : 40'000;
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < documents; ++i) {
        std::vector<std::string> order{"count", "note", "steps", "price"};
        for (std::size_t n = dice(3); n-- > 0;)
            order.insert(order.begin() + static_cast<std::ptrdiff_t>(dice(order.size() + 1)),
                         one_of(names));
        for (std::size_t n = dice(3); n-- > 0;)
            std::swap(order[dice(order.size())], order[dice(order.size())]);
        if (dice(3) == 0)
            order.erase(order.begin() + static_cast<std::ptrdiff_t>(dice(order.size())));

        std::string text = "{";
        std::set<std::string> seen;
        bool distinct = true;
        for (const auto& name : order) {
            const auto plain = Json::parse("\"" + name + "\"").get<std::string>();
            distinct = seen.insert(plain).second && distinct;
            text += one_of(spaces) + "\"" + name + "\"" + one_of(spaces) + ":" + one_of(spaces) +
                    (plain == "count"   ? value(counts)
                     : plain == "note"  ? value(notes)
                     : plain == "steps" ? value(steps)
                     : plain == "price" ? value(prices)
                                        : one_of(others)) +
                    one_of(spaces) + ",";
        }
        text.back() = '}';

        const auto expected = distinct ? reference(Json::parse(text)) : std::nullopt;
        const auto record = es::decode_json<Record>(text);
        INFO(text);
        if (record.has_value() != expected.has_value())
            FAIL_CHECK((record ? "accepted" : record.error().message()));
        else if (expected && *record != *expected)
            FAIL_CHECK(*es::encode_json(*record));
        ++(expected ? accepted : refused);
    }
    CHECK(accepted > documents / 8);
    CHECK(refused > documents / 8);
}

TEST_CASE("Wide and nested objects are read in any order") {
    int next = 0;
    const auto inner = [&] {
        Wide::Inner out{};
        es::for_each_field(out, [&](std::string_view, int& field) { field = next++; });
        return out;
    };
    const auto wide = [&](std::vector<Wide> more) {
        return Wide{inner(), inner(), inner(), inner(), std::move(more)};
    };
    std::vector<Wide> more;
    more.push_back(wide({}));
    more.push_back(wide({}));
    for (int level = 0; level < 10; ++level) {
        std::vector<Wide> around;
        around.push_back(wide(std::move(more)));
        more = std::move(around);
    }
    const auto value = wide(std::move(more));
    const auto text = es::encode_json(value);
    REQUIRE(text);
    CHECK(es::decode_json<Wide>(*text).value() == value);
    CHECK(es::decode_json<Wide>(reversed(Json::parse(*text))).value() == value);
}

TEST_CASE("A members line with conditions crashes nothing, whatever is read") {
    for (const std::string with : {"true", "false"})
        for (const std::string rest : {R"(,"more":1,"last":2})", R"(,"last":2})",
                                       R"(,"last":2,"more":1})", R"(,"more":1})"}) {
            const auto value = es::decode_json<Conditional>("{\"with_more\":" + with + rest);
            if (value)
                CHECK(value->last == 2);
        }
    CHECK(es::decode_json<Conditional>(R"({"with_more":true,"more":1,"last":2})")->more == 1);
    CHECK(es::decode_json<Conditional>(R"({"last":2,"with_more":true,"more":1})")->last == 2);
}

TEST_CASE("Members are read in each of their orders, with others between, and never twice") {
    const Five expected{1, "two", true, 4, 5.5};
    std::vector<std::string> parts{R"("a":1)", R"("bb":"two")", R"("longer_than_eight":true)",
                                   R"("maybe":4)", R"("e":5.5)"};
    std::sort(parts.begin(), parts.end());
    do {
        for (std::size_t extra = 0; extra <= parts.size(); ++extra) {
            std::string compact;
            std::string spaced;
            std::string twice;
            for (std::size_t i = 0; i <= parts.size(); ++i) {
                if (i == extra) {
                    compact += R"(,"other":[{}])";
                    spaced += " , \"b\" : 0";
                    twice += "," + parts[0];
                }
                if (i < parts.size()) {
                    compact += "," + parts[i];
                    spaced += "\n, " + parts[i];
                    twice += "," + parts[i];
                }
            }
            CHECK(es::decode_json<Five>("{" + compact.substr(1) + "}").value() == expected);
            CHECK(es::decode_json<Five>("{" + spaced.substr(2) + " }").value() == expected);
            CHECK(es::decode_json<Five>("{" + twice.substr(1) + "}")
                      .error()
                      .message()
                      .ends_with("duplicate member; expected each name once in an object"));
        }
    } while (std::next_permutation(parts.begin(), parts.end()));
}

TEST_CASE("Structs with very many members are read in any order") {
    Sixty4 fields{};
    int next = 0;
    es::for_each_field(fields, [&](std::string_view, int& field) { field = ++next; });
    CHECK(next == 64);
    check_all_orders(fields);

    const auto filled = []<int Count>(Numbers<Count> out) {
        for (int i = 0; i < Count; ++i)
            out.values[i] = i;
        return out;
    };
    check_all_orders(filled(Numbers<63>{}));
    check_all_orders(filled(Numbers<64>{}));
    check_all_orders(filled(Numbers<65>{}));
    check_all_orders(filled(Numbers<130>{}));
}

TEST_CASE("No byte after the end of the text is read, wherever it is cut off") {
    const std::string texts[] = {
        R"({"a":1,"bb":"two","longer_than_eight":true,"maybe":4,"e":5.5})",
        R"({"e":-5.5e+10,"maybe":null,"longer_than_eight":false,"bb":"\u00e9\ud83d\udc09","a":-1})",
        "{ \"a\" : 1 , \"other\" : [ { \"x\" : \"\u00e9\" } ] , \"bb\" : \"\U0001F409\"}"};
    for (const auto& text : texts)
        for (std::size_t size = 0; size < text.size(); ++size) {
            // a buffer of that size, for the sanitizers to watch
            const std::vector<char> cut(text.begin(),
                                        text.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK_FALSE(es::decode_json<Five>({cut.data(), cut.size()}));
            CHECK_FALSE(es::decode_json<Json>({cut.data(), cut.size()}));
        }
}
