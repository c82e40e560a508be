// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/shown_text.hpp>

#include "catch.hpp"

#include <string>

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
