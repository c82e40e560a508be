// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_writer.hpp>

#include "catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>

using eventsourcing::errc;
using eventsourcing::detail::JsonWriter;

TEST_CASE("Tokens of all sizes are written whole, however they fall into the writer's own room") {
    for (std::size_t size = 490; size < 530; ++size) {
        const std::string text(size, 'x');
        const std::string special(size, '\n');
        std::string out = "before ";
        {
            JsonWriter writer(out);
            writer.raw(text);
            writer.plain_name(',', text);
            CHECK(writer.string(text));
            writer.raw(' ');
            CHECK(writer.string("\u6012" + text));
            writer.integer(-7);
            CHECK(writer.string(special));
            CHECK(writer.floating(1.5));
            writer.finish();
        }
        std::string escaped;
        for (std::size_t i = 0; i < size; ++i)
            escaped += "\\n";
        const auto quoted = [](const std::string& s) { return "\"" + s + "\""; };
        CHECK(out == "before " + text + "," + quoted(text) + ":" + quoted(text) + " " +
                         quoted("\u6012" + text) + "-7" + quoted(escaped) + "1.5");
    }
}

TEST_CASE("Each control character is escaped, in its short form if it has one") {
    for (int byte = 0; byte < 0x20; ++byte) {
        std::string out;
        JsonWriter writer(out);
        CHECK(writer.string(std::string(1, static_cast<char>(byte))));
        writer.finish();
        const std::string_view letters = "........btn.fr..................";
        const char letter = letters[static_cast<std::size_t>(byte)];
        CHECK(out == (letter == '.' ? std::string("\"\\u00") + "0123456789abcdef"[byte / 16] +
                                          "0123456789abcdef"[byte % 16] + "\""
                                    : std::string("\"\\") + letter + "\""));
    }
}

TEST_CASE("A writer that does not finish leaves the text as it was") {
    std::string out = "before";
    {
        JsonWriter writer(out);
        writer.raw(std::string(10'000, 'x'));
        CHECK_FALSE(writer.string("\xff"));
        CHECK(writer.failed());
        CHECK(writer.error(errc::invalid) == errc::invalid);
    }
    CHECK(out == "before");
}
