// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_object.hpp>

#include "catch.hpp"

#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
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

    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 40'000; ++i) {
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
    CHECK(accepted > 5'000);
    CHECK(refused > 5'000);
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
