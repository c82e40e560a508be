// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/shown_text.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

namespace tool = eventsourcing::detail::tool;

TEST_CASE("Text that could change what is on the screen is shown, and not sent, to a terminal") {
    CHECK(tool::shown_text("plain, grün, 火") == "plain, grün, 火");
    CHECK(tool::shown_text("a\x1b[2Jb\n") == "a\\x1b[2Jb\\x0a");
    CHECK(tool::shown_text("c1: \xc2\x9b"
                           "31m") == "c1: \\xc2\\x9b31m");
    CHECK(tool::shown_text("broken \xff") == "broken \\xff");
    CHECK(tool::shown_text("turned \xe2\x80\xae.") == "turned \\xe2\\x80\\xae.");
}

TEST_CASE("Text is cut to columns, not to bytes or characters") {
    CHECK(tool::cut_to("combat", 6) == "combat");
    CHECK(tool::cut_to("combat", 5) == "comb…");
    CHECK(tool::cut_to("grüner", 5) == "grün…");
    CHECK(tool::width_of("火火") == 4);
    CHECK(tool::cut_to("火火火", 4) == "火…");
    CHECK(tool::width_of("e\xcc\x81") == 1); // with an accent
    CHECK(tool::cut_to("abc", 1) == "…");
}

TEST_CASE("Characters are as wide as a terminal shows them") {
    const auto width = [](std::string_view text) { return tool::width_of(text); };
    CHECK(width("") == 0);
    CHECK(width("ogre") == 4);
    CHECK(width("Größe") == 5);
    CHECK(width("Gro\xcc\x88\xc3\x9f"
                "e") == 5); // with a combining mark
    CHECK(width("火竜") == 4);
    CHECK(width("ひらがな") == 8);
    CHECK(width("한국어") == 6);
    CHECK(width("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab") == 2); // one syllable of three jamo
    CHECK(width("ｆｕｌｌ") == 8);
    CHECK(width("ﾊﾝｶｸ") == 4); // of half width
    CHECK(width("😀") == 2);
    CHECK(width("⌚") == 2);
    CHECK(width("…") == 1);
    CHECK(width("नि") == 1 + 1); // a letter and a spacing vowel
    CHECK(width("क्") == 1);      // a letter and a sign above or below it
    CHECK(width("กำ") == 2);
    CHECK(width("שָׁ") == 1);
    CHECK(width("a\xe2\x80\x8bz") == 2); // with a space of no width
    CHECK(tool::cut_to("e\xcc\x81t\xc3\xa9 e\xcc\x81t\xc3\xa9", 4) == "e\xcc\x81t\xc3\xa9…");
}

TEST_CASE("JSON for a terminal has an escape in place of what a terminal must not get") {
    CHECK(tool::harmless_json("{ \"a\" : [1, \"火\"] }") == "{ \"a\" : [1, \"火\"] }");
    CHECK(tool::harmless_json("{\n\t\"a\":\r1}") == "{  \"a\": 1}");
    CHECK(tool::harmless_json("\"\xc2\x9b\x7f\"") == "\"\\u009b\\u007f\"");
    CHECK(tool::harmless_json("\"\xe2\x80\xae\"") == "\"\\u202e\"");
    CHECK(tool::harmless_json("\"\xff\"") == "\"\\ufffd\"");
}
