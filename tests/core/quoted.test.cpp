// SPDX-License-Identifier: MIT
#include <eventsourcing/core/quoted.hpp>

#include "catch.hpp"

#include <iomanip> // std::quoted, which a call with a string could find
#include <string>

using eventsourcing::detail::quoted;
using eventsourcing::detail::valid_utf8;
using namespace std::string_literals;

TEST_CASE("readable text is quoted as it is") {
    CHECK(quoted("") == R"("")");
    CHECK(quoted("ogre \u6012 100%") == "\"ogre \u6012 100%\"");
}

TEST_CASE("text is quoted by the library's own function beside that of the standard library") {
    std::string text = "a\x1b";
    const std::string result = quoted(text) + quoted("a\x1b") + quoted(std::string(text));
    CHECK(result == R"("a\x1b""a\x1b""a\x1b")");
}

TEST_CASE("quotes and backslashes are escaped") {
    CHECK(quoted(R"(a"b\c)") == R"("a\"b\\c")");
}

TEST_CASE("control characters and bytes that are not UTF-8 are written in hexadecimal") {
    CHECK(quoted("a\0\x1b\x7f\n"s) == R"("a\x00\x1b\x7f\x0a")");
    CHECK(quoted("\u0085") == R"("\xc2\x85")"); // next line, a control character of two bytes
    CHECK(quoted("\xff\xc3(") == R"("\xff\xc3(")");
    CHECK(quoted("\xed\xa0\x80") == R"("\xed\xa0\x80")");
}

TEST_CASE("long text is cut off between characters") {
    CHECK(quoted(std::string(64, 'a')) == "\"" + std::string(64, 'a') + "\"");
    CHECK(quoted(std::string(65, 'a')) == "\"" + std::string(64, 'a') + "...\"");
    CHECK(quoted("\u20AC\u20AC\u20AC", 4) == "\"\u20AC\u20AC...\"");
}

TEST_CASE("whatever is quoted, the message is valid UTF-8 without control characters") {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const auto text =
                quoted(std::string{static_cast<char>(first), static_cast<char>(second), 'x'});
            REQUIRE(valid_utf8(text));
            for (const char c : text)
                REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'));
        }
}
