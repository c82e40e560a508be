// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/statements.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

using namespace sqlite_tests;

TEST_CASE("Every statement finds its rows by a key or an index") {
    const Folder folder;
    open_store(folder / "combat.db").close();
    Raw raw(folder / "combat.db");
    // all progress, or all snapshots of a kind, are asked for by people; the others are of `verify`
    const std::vector<std::string_view> whole_tables{
        "SCAN es_checkpoints USING INDEX sqlite_autoindex_es_checkpoints_1",
        "SCAN es_snapshots USING COVERING INDEX sqlite_autoindex_es_snapshots_1",
        "SCAN es_checkpoints",
        "SCAN es_rows",
        "SCAN es_parked",
        "SCAN es_snapshots"};
    int searches = 0;
    for (const char* sql : es::detail::sqlite::sql_text) {
        const auto plan = raw.rows("EXPLAIN QUERY PLAN " + std::string(sql));
        for (std::size_t i = 3; i < plan.size(); i += 4) { // id, parent, unused, what is done
            INFO(sql << "\n" << plan[i]);
            if (std::find(whole_tables.begin(), whole_tables.end(), plan[i]) == whole_tables.end())
                CHECK(plan[i].find("SCAN") == std::string::npos);
            // only the tags of one event, 64 at most, are sorted
            if (std::string_view(sql) != es::detail::sqlite::sql_text.back())
                CHECK(plan[i].find("TEMP B-TREE") == std::string::npos);
            searches += plan[i].starts_with("SEARCH") ? 1 : 0;
        }
    }
    CHECK(searches > 15);
}

TEST_CASE("The events of a tag are found by the tag and a position") {
    const Folder folder;
    open_store(folder / "combat.db").close();
    Raw raw(folder / "combat.db");
    const auto plan = raw.rows("EXPLAIN QUERY PLAN " +
                               std::string(es::detail::sqlite::sql_text[static_cast<std::size_t>(
                                   es::detail::sqlite::Sql::next_with_tag)]));
    REQUIRE(plan.size() == 4);
    CHECK(plan[3] == "SEARCH es_event_tags USING PRIMARY KEY (tag=? AND position>?)");
}
