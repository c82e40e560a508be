// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/table.hpp>

#include "catch.hpp"
#include "tool/written.hpp"

#include <string>
#include <vector>

namespace tool = eventsourcing::detail::tool;
using Kind = tool::Column::Kind;

namespace {

const std::vector<tool::Column> columns{{"stream", Kind::text, 6},
                                        {"events", Kind::number},
                                        {"last_at", Kind::if_room, 10},
                                        {"id", Kind::json_only}};

/// The table of two rows in this many columns.
std::string in_columns(std::size_t width, tool::Format format = tool::Format::table) {
    Written out;
    tool::Terminal terminal{.out = out.file()};
    terminal.width = width;
    tool::Table table(terminal, format, columns);
    table.add({"combat-ogre", 12, "2026-11-30", "first"});
    table.add({"combat-火", 3, tool::Cell(), "second"});
    table.finish("nothing");
    return out.text();
}

} // namespace

TEST_CASE("A table is as wide as its cells if there is room") {
    CHECK(in_columns(0) == "stream       events  last at\n"
                           "combat-ogre      12  2026-11-30\n"
                           "combat-火         3\n");
    CHECK(in_columns(31) == in_columns(0));
}

TEST_CASE("A table that is too wide is narrowed, and then left without what may go") {
    CHECK(in_columns(28) == "stream    events  last at\n"
                            "combat-…      12  2026-11-30\n"
                            "combat-…       3\n");
    CHECK(in_columns(20) == "stream       events\n"
                            "combat-ogre      12\n"
                            "combat-火         3\n");
    CHECK(in_columns(1) == "stream  events\n"
                           "comba…      12\n"
                           "comba…       3\n");
}

TEST_CASE("What should not be narrow is narrowed after all if nothing else helps") {
    Written out;
    tool::Terminal terminal{.out = out.file()};
    terminal.width = 8;
    tool::Table table(terminal, tool::Format::table, {{"text", Kind::text, 20}});
    table.add({"a text that is too long"});
    table.finish("nothing");
    CHECK(out.text() == "text\n"
                        "a text …\n");
}

TEST_CASE("A column becomes wider for what comes later, and a file has all of it") {
    for (const std::size_t width : {0U, 60U}) {
        Written out;
        tool::Terminal terminal{.out = out.file()};
        terminal.width = width;
        tool::Table table(terminal, tool::Format::table, columns);
        table.add({"combat-elf", 9, "now", "first"});
        table.flush();
        table.add({"combat-the-great-dragon", 12'345'678, "much later", "second"});
        table.add({"combat-elf", 10, "now", "third"});
        table.finish("nothing");
        CHECK(out.text() == "stream      events  last at\n"
                            "combat-elf       9  now\n"
                            "combat-the-great-dragon  12345678  much later\n"
                            "combat-elf                     10  now\n");
    }
    Written out;
    tool::Terminal terminal{.out = out.file()};
    terminal.width = 26;
    tool::Table table(terminal, tool::Format::table, columns);
    table.add({"combat-elf", 9, "now", "first"});
    table.flush();
    table.add({"combat-the-great-dragon", 12, "2026-11-30", "second"});
    table.finish("nothing");
    CHECK(out.text() == "stream     events  last at\n"
                        "combat-e…       9  now\n"
                        "comba…      12  2026-11-30\n");
}

TEST_CASE("Machines get a JSON object for each row, whatever the width is") {
    CHECK(in_columns(10, tool::Format::json) ==
          "{\"stream\":\"combat-ogre\",\"events\":12,\"last_at\":\"2026-11-30\",\"id\":\"first\"}\n"
          "{\"stream\":\"combat-火\",\"events\":3,\"last_at\":null,\"id\":\"second\"}\n");
}

TEST_CASE("Of an empty table people are told, and machines get nothing") {
    for (const auto format : {tool::Format::table, tool::Format::json}) {
        Written out;
        const tool::Terminal terminal{.out = out.file()};
        tool::Table table(terminal, format, columns);
        table.finish("There is nothing.");
        CHECK(out.text() == (format == tool::Format::table ? "There is nothing.\n" : ""));
    }
}
