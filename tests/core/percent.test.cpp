// SPDX-License-Identifier: MIT
#include <eventsourcing/core/percent.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

namespace {

using namespace eventsourcing::detail;

std::string encoded(std::string_view text) {
    std::string out;
    append_percent_encoded(out, text);
    return out;
}

} // namespace

TEST_CASE("All but the unreserved characters of a URL are percent-encoded") {
    CHECK(encoded("orders-1_a.b~C") == "orders-1_a.b~C");
    CHECK(encoded("a b") == "a%20b");
    CHECK(encoded("c:o@l;o,n=&+") == "c%3Ao%40l%3Bo%2Cn%3D%26%2B");
    CHECK(encoded("\xC3\xA4") == "%C3%A4");
    CHECK(encoded("\r\n/?#%") == "%0D%0A%2F%3F%23%25");
}

TEST_CASE("What is percent-encoded comes back as it was") {
    std::string bytes;
    std::string text;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
        append_encoded_byte(text, bytes.back());
    }
    CHECK(text.starts_with("%00%01%02"));
    CHECK(text.ends_with("%FD%FE%FF"));
    CHECK(percent_decoded(text) == bytes);
    CHECK(percent_decoded(encoded(bytes)) == bytes);
    CHECK(percent_decoded("%c3%A4+") == "\xC3\xA4+");
    CHECK(percent_decoded("%2541") == "%41");
    CHECK(percent_decoded("") == "");
}

TEST_CASE("A percent sign without two hexadecimal digits after it is refused") {
    for (const char* text : {"%", "%1", "a%", "%zz", "%1g", "%g1", "%%41", "% 1", "%+1"})
        CHECK_FALSE(percent_decoded(text));
}
