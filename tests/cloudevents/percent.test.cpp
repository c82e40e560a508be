// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/percent.hpp>

#include "catch.hpp"

#include <string>

using namespace eventsourcing::detail;

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
    CHECK(percent_decoded("%c3%A4+") == "\xC3\xA4+");
    CHECK(percent_decoded("%2541") == "%41");
    CHECK(percent_decoded("") == "");
}

TEST_CASE("A percent sign needs two hexadecimal digits behind it") {
    for (const char* text : {"%", "%1", "a%", "%zz", "%1g", "%g1", "%%41", "% 1", "%+1"})
        CHECK_FALSE(percent_decoded(text));
}
