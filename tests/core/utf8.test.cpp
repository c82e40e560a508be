// SPDX-License-Identifier: MIT
#include <eventsourcing/core/utf8.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

using namespace eventsourcing::detail;
using namespace std::string_literals;

namespace {

/// The bit patterns of RFC 3629 section 3, without its exceptions.
std::string encoded(char32_t c, int size) {
    const auto byte = [](char32_t b) { return static_cast<char>(static_cast<unsigned char>(b)); };
    const auto tail = [&](int shift) { return byte(0x80U | ((c >> shift) & 0x3FU)); };
    switch (size) {
    case 1:
        return {byte(c)};
    case 2:
        return {byte(0xC0U | c >> 6U), tail(0)};
    case 3:
        return {byte(0xE0U | c >> 12U), tail(6), tail(0)};
    default:
        return {byte(0xF0U | c >> 18U), tail(12), tail(6), tail(0)};
    }
}

int shortest(char32_t c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

} // namespace

TEST_CASE("every Unicode scalar value is decoded, and nothing else is") {
    int wrong = 0;
    for (char32_t c = 0; c < 0x200000; ++c) {
        const bool scalar = c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
        const auto text = encoded(c, shortest(c));
        const auto [value, size] = decode_utf8(text);
        wrong += (scalar ? value == c && size == text.size() : size == 0) ? 0 : 1;
        wrong += valid_utf8(text) == scalar ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a code point in more bytes than it needs is not UTF-8") {
    int accepted = 0;
    for (char32_t c = 0; c < 0x10000; ++c)
        for (int size = shortest(c) + 1; size <= 4; ++size)
            accepted += valid_utf8(encoded(c, size)) ? 1 : 0;
    CHECK(accepted == 0);
}

TEST_CASE("a code point that is cut off or not continued is not UTF-8") {
    for (const char32_t c : {U'\u00E9', U'\u20AC', U'\U0001F409'}) {
        const auto whole = encoded(c, shortest(c));
        for (std::size_t size = 1; size < whole.size(); ++size) {
            CHECK_FALSE(valid_utf8(whole.substr(0, size)));
            CHECK_FALSE(valid_utf8(whole.substr(0, size) + "abcd"));
            CHECK_FALSE(valid_utf8(whole.substr(0, size) + whole));
        }
        CHECK_FALSE(valid_utf8(whole.substr(1)));
    }
    for (int byte = 0x80; byte <= 0xFF; ++byte)
        CHECK_FALSE(valid_utf8(std::string(1, static_cast<char>(byte))));
}

TEST_CASE("the first invalid byte is found at any place") {
    for (std::size_t size = 1; size < 70; ++size)
        for (std::size_t at = 0; at < size; ++at) {
            auto text = std::string(size, 'a');
            text[at] = '\xFF';
            REQUIRE(first_invalid_utf8(text) == at);
        }
    CHECK(first_invalid_utf8("12345678\u00E9\u20AC\U0001F40912345678\xC3") == 25);
    CHECK(first_invalid_utf8("a\xED\xA0\x80") == 1); // a surrogate
    CHECK(first_invalid_utf8("") == std::string_view::npos);
    CHECK(first_invalid_utf8("nul\0is text"s) == std::string_view::npos);
}

TEST_CASE("long text of mixed scripts is valid whatever its alignment") {
    const std::string mixed = "The ogre (\u00F6gre, \u6012\u308A, \U0001F479) attacks again. ";
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += mixed;
    for (std::size_t skip = 0; skip < 10; ++skip) {
        CHECK(valid_utf8(std::string_view(text).substr(skip)));
        auto broken = text.substr(skip) + "\x80";
        CHECK(first_invalid_utf8(broken) == broken.size() - 1);
    }
}

static_assert(valid_utf8("constant \u20AC") && first_invalid_utf8("constant \xE2\x82") == 9);

TEST_CASE("there are 65 control characters and 66 noncharacters") {
    int controls = 0;
    int noncharacters = 0;
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        controls += is_control(c) ? 1 : 0;
        noncharacters += is_noncharacter(c) ? 1 : 0;
    }
    CHECK(controls == 65);
    CHECK(noncharacters == 66);
    for (const char32_t c : {U'\x00', U'\x1F', U'\x7F', U'\x80', U'\x9F'})
        CHECK(is_control(c));
    for (const char32_t c : {U'\xFDD0', U'\xFDEF', U'\xFFFE', U'\xFFFF', U'\x1FFFE', U'\x10FFFF'})
        CHECK(is_noncharacter(c));
}
