// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_scanner.hpp>

#include "catch.hpp"
#include "codec/reference.hpp"
#include "sanitizer.hpp"

#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using Json = nlohmann::json;

/// The same numbers on every machine.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::size_t operator()(std::size_t sides) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(state_ >> 33U) % sides;
    }
    template <class T, std::size_t N>
    const T& one_of(const T (&choices)[N]) {
        return choices[(*this)(N)];
    }

private:
    std::uint64_t state_;
};

// ---- random documents ----

std::string space(Dice& dice) {
    static const std::string spaces[] = {"", "", "", "", " ", "\n", "\t ", "\r\n  "};
    return dice.one_of(spaces);
}

std::string string(Dice& dice) {
    static const std::string parts[] = {
        "a",       "b",        "damage", "x y",     "0123456789", "\\n",
        "\\\"",    "\\\\",     "\\/",    "\\u0041", "\\u00e9",    "\\uD83D\\uDC09",
        "\\u0000", "\u00e9",   "\u6012", "\x7f",    "\U0001F409", "\\b\\f\\r\\t",
        "",        "entity_id"};
    std::string out = "\"";
    for (auto n = dice(4); n-- > 0;)
        out += dice.one_of(parts);
    return out + "\"";
}

std::string number(Dice& dice) {
    static const std::string numbers[] = {"0",
                                          "-0",
                                          "1",
                                          "-1",
                                          "42",
                                          "4294967296",
                                          "1.5",
                                          "-2.25",
                                          "1e3",
                                          "1E+2",
                                          "1e-2",
                                          "0.0",
                                          "1e308",
                                          "9223372036854775807",
                                          "0e0",
                                          "-0.0",
                                          "1e400",
                                          "5e-324",
                                          "1e-400",
                                          "123456789012345678901234567890",
                                          "18446744073709551615",
                                          "18446744073709551616",
                                          "-9223372036854775808",
                                          "-9223372036854775809",
                                          "0.1e1"};
    return dice.one_of(numbers);
}

std::string value(Dice& dice, int depth) {
    switch (dice(depth > 4 ? 6 : 9)) {
    case 0:
        return "null";
    case 1:
        return dice(2) == 0 ? "true" : "false";
    case 2:
    case 3:
        return number(dice);
    case 4:
    case 5:
        return string(dice);
    case 6:
    case 7: {
        std::string out = "{" + space(dice);
        for (auto n = dice(5), i = n; i-- > 0;)
            out += string(dice) + space(dice) + ":" + space(dice) + value(dice, depth + 1) +
                   space(dice) + (i == 0 ? "" : "," + space(dice));
        return out + "}";
    }
    default: {
        std::string out = "[" + space(dice);
        for (auto n = dice(5), i = n; i-- > 0;)
            out += value(dice, depth + 1) + space(dice) + (i == 0 ? "" : "," + space(dice));
        return out + "]";
    }
    }
}

/// Breaks a text in one of the ways in which texts break.
void mutate(Dice& dice, std::string& text) {
    static const std::string snippets[] = {
        ",",        ":",       "{",       "}",    "[",       "]",
        "\"",       "\\",      "0",       "1",    "-",       "+",
        ".",        "e",       " ",       "\x01", "\xff",    "\xc3",
        "\xe0\x80", "\\u",     "null",    "true", "\\ud800", "{}",
        "[]",       "\0",      "NaN",     "/**/", "'",       "\xed\xa0\x80",
        "\\u00",    "\"a\":1", ",\"a\":1"};
    const auto at = dice(text.size() + 1);
    switch (dice(5)) {
    case 0:
        text.insert(at, dice.one_of(snippets));
        break;
    case 1:
        text.erase(at, 1 + dice(3));
        break;
    case 2:
        text.resize(at);
        break;
    case 3:
        if (at < text.size())
            text[at] = static_cast<char>(dice(256));
        break;
    default: {
        const auto from = dice(text.size() + 1);
        text.insert(at, text.substr(from, dice(12)));
    }
    }
}

bool skipped(std::string_view text) {
    es::detail::JsonScanner scanner(text);
    return scanner.skip_value() && scanner.at_end();
}

} // namespace

TEST_CASE("Random and broken documents are accepted, refused and read as by nlohmann's parser") {
    Dice dice(20240229);
    constexpr int documents = has_sanitizer ? 10'000 : 40'000;
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < documents; ++i) {
        std::string text = space(dice) + value(dice, 0) + space(dice);
        for (auto n = dice(4); n-- > 0;)
            mutate(dice, text);

        const auto expected = json_reference::parse(text).document;
        const auto document = es::decode_json<Json>(text);
        const bool in_range =
            document || document.error().message().find("in the range of double") ==
                            std::string::npos; // skipping checks no range
        INFO(text);
        if (document.has_value() != expected.has_value())
            FAIL_CHECK((document ? "accepted" : document.error().message()));
        else if (expected && document->dump() != expected->dump())
            FAIL_CHECK(document->dump());
        else if (in_range && skipped(text) != expected.has_value())
            FAIL_CHECK("skipped: " << skipped(text));
        else if (expected &&
                 es::decode_json<Json>(*es::encode_json(*document)).value() != *expected)
            FAIL_CHECK("not the same when encoded and decoded again");
        ++(expected ? accepted : refused);
    }
    CHECK(accepted > documents / 4); // or the documents say little
    CHECK(refused > documents / 4);
}
