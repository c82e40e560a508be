// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/map.hpp>

#include <eventsourcing/codec/json.hpp>

#include <eventsourcing/core/stream_name.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"
#include "fails_with.hpp"

#include <nlohmann/json.hpp>

#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace map_form_tests {

namespace es = eventsourcing;

/// Written by one of its two members.
struct Shelf {
    int number = 0;
    int floor = 0;
    [[nodiscard]] std::string to_string() const { return std::to_string(number); }
    static es::Result<Shelf> parse(std::string_view text) {
        return Shelf{std::stoi(std::string(text))};
    }
    auto operator<=>(const Shelf&) const = default;
};
/// Written in capitals.
struct Country {
    std::string code;
    [[nodiscard]] std::string to_string() const {
        std::string text = code;
        for (char& c : text)
            if (c >= 'a' && c <= 'z')
                c = static_cast<char>(c - 'a' + 'A');
        return text;
    }
    static es::Result<Country> parse(std::string_view text) { return Country{std::string(text)}; }
    auto operator<=>(const Country&) const = default;
};
struct CountryHash {
    std::size_t operator()(const Country& country) const {
        return std::hash<std::string>()(country.code);
    }
};
struct Stock {
    std::map<Country, int> parts;
};
/// Written with the first text if it has none of its own.
enum class Colour { red, green, blue };
NLOHMANN_JSON_SERIALIZE_ENUM(Colour, {{Colour::red, "red"}})
consteval es::Json json_form(const Colour& /*colour*/) {
    return es::Json::own;
}
/// A text, which is written without its last character.
struct Shortened {
    std::string text;
    operator std::string_view() const { return text; }
    [[nodiscard]] std::string to_string() const { return text.substr(0, text.size() - 1); }
    static es::Result<Shortened> parse(std::string_view text) {
        return Shortened{std::string(text)};
    }
    auto operator<=>(const Shortened&) const = default;
};
/// Counts what is done with it.
struct Counted {
    static inline std::size_t done = 0;
    std::size_t number;
    explicit Counted(std::size_t from) : number(from) {}
    Counted(Counted&& from) noexcept : number(from.number) { ++done; }
    Counted& operator=(Counted&& from) noexcept {
        number = from.number;
        ++done;
        return *this;
    }
    bool operator==(const Counted& other) const { return ++done, number == other.number; }
    bool operator<(const Counted& other) const { return ++done, number < other.number; }
};
std::size_t steps_to_see(std::size_t count) {
    Counted::done = 0;
    es::detail::TextsSeen<true, Counted> seen;
    bool all_new = true;
    for (std::size_t i = 0; i < count; ++i)
        all_new = seen.add(Counted(i * 7919 % count)) && all_new; // each once, in no order
    CHECK(all_new);
    CHECK_FALSE(seen.add(Counted(count / 2)));
    return Counted::done;
}

} // namespace map_form_tests

using namespace map_form_tests;

TEST_CASE("A map whose keys would have one text twice is not written") {
    const auto shelves = es::encode_json(std::map<Shelf, int>{{{1, 1}, 5}, {{1, 2}, 6}});
    CHECK(fails_with(es::errc::invalid, shelves));
    CHECK(message_of(shelves) ==
          "$[\"1\"]: two keys of the map have this text; expected a text of its own for each");
    const auto stock = es::encode_json(Stock{{{{"DE"}, 1}, {{"de"}, 2}}});
    CHECK(message_of(stock) ==
          "$.parts.DE: two keys of the map have this text; expected a text of its own for each");
    CHECK_FALSE(es::encode_json(
        std::unordered_map<Country, int, CountryHash>{{{"FR"}, 1}, {{"fr"}, 2}, {{"DE"}, 3}}));

    const std::map<Shelf, int> distinct{{{1, 1}, 5}, {{2, 1}, 6}};
    CHECK(*es::encode_json(distinct) == R"({"1":5,"2":6})");
    CHECK(*es::encode_json(Stock{{{{"DE"}, 1}, {{"fr"}, 2}}}) == R"({"parts":{"DE":1,"FR":2}})");
}

TEST_CASE("A set whose elements would have one text twice is not written") {
    const auto shelves = es::encode_json(std::set<Shelf>{{1, 1}, {2, 1}, {1, 2}});
    CHECK(fails_with(es::errc::invalid, shelves));
    CHECK(message_of(shelves) ==
          "$[1]: another element of the set has this text; expected a text of its own for each");
    CHECK(*es::encode_json(std::set<Shelf>{{1, 1}, {2, 1}}) == R"(["1","2"])");
    CHECK(*es::encode_json(std::multiset<Shelf>{{1, 1}, {1, 2}}) == R"(["1","1"])");
}

TEST_CASE("Enumerators of an own form and texts of a class may have one text, too") {
    CHECK(message_of(es::encode_json(std::set<Colour>{Colour::green, Colour::blue})) ==
          "$[1]: another element of the set has this text; expected a text of its own for each");
    CHECK(es::encode_json(std::set<Colour>{Colour::red}));
    CHECK(message_of(es::encode_json(std::map<Shortened, int>{{{"ab"}, 1}, {{"ac"}, 2}})) ==
          "$.a: two keys of the map have this text; expected a text of its own for each");
    CHECK_FALSE(es::encode_json(std::set<Shortened>{{"ab"}, {"ac"}}));
}

TEST_CASE("To see whether many texts are distinct takes hardly more than ten times for ten times "
          "as many") {
    const std::size_t few = steps_to_see(1000);
    const std::size_t many = steps_to_see(10'000);
    CHECK(many < 20 * few);
}

TEST_CASE("The keys of a map need no default") {
    const std::map<es::StreamName, int> events{{es::StreamName("shop-1"), 2}};
    CHECK(text_of(events) == R"({"shop-1":2})");
    CHECK(comes_back(events));
}
