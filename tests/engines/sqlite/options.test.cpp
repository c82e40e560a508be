// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/options.hpp>

#include "catch.hpp"

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using es::detail::sqlite::parse_url;

std::string refusal(std::string_view rest) {
    const auto target = parse_url(rest);
    REQUIRE_FALSE(target);
    CHECK(target.error() == es::errc::invalid);
    return target.error().message();
}

} // namespace

TEST_CASE("A sqlite URL is a path with options") {
    const auto plain = parse_url("combat.db");
    REQUIRE(plain);
    CHECK(plain->path == "combat.db");
    CHECK(plain->options.durability == es::SqliteDurability::full);
    CHECK(plain->options.open == es::SqliteOpen::create);

    const auto all = parse_url("/var/lib/combat.db?durability=relaxed&busy_timeout_ms=250&"
                               "checkpoint_frames=4000&max_waiting=64&max_readers=3&open=existing");
    REQUIRE(all);
    CHECK(all->path == "/var/lib/combat.db");
    CHECK(all->options.durability == es::SqliteDurability::relaxed);
    CHECK(all->options.busy_timeout == 250ms);
    CHECK(all->options.checkpoint_frames == 4000);
    CHECK(all->options.max_waiting == 64);
    CHECK(all->options.max_readers == 3);
    CHECK(all->options.open == es::SqliteOpen::existing);
    CHECK(parse_url("c.db?Open=read_only")->options.open == es::SqliteOpen::read_only);
    CHECK(parse_url("c.db?open=read_only")->options.open == es::SqliteOpen::read_only);
}

TEST_CASE("Any path can be written in a sqlite URL") {
    CHECK(parse_url("what%3F 100%25.db")->path == "what? 100%.db");
    CHECK(parse_url("%c3%B6ger.db")->path == "öger.db");
    CHECK(parse_url("///var/combat.db")->path == "///var/combat.db");
    CHECK(parse_url("a&b=c.db")->path == "a&b=c.db");
}

TEST_CASE("A sqlite URL that is not understood is refused by what is wrong with it") {
    CHECK(refusal("combat.db?durable=yes") ==
          "sqlite:combat.db?durable=yes: unknown option \"durable\": expected durability, "
          "busy_timeout_ms, checkpoint_frames, max_waiting, max_readers or open");
    CHECK(refusal("combat.db?durability=none") ==
          "sqlite:combat.db?durability=none: option \"durability\": expected full or relaxed, got "
          "\"none\"");
    CHECK(refusal("combat.db?durability") ==
          "sqlite:combat.db?durability: option 1: expected name=value");
    CHECK(refusal("combat.db?open=existing&max_waiting=-1") ==
          "sqlite:combat.db?open=existing&max_waiting=-1: option \"max_waiting\": expected a whole "
          "number from 0 to 2147483647, got \"-1\"");
    CHECK(refusal("//host/combat.db") == "sqlite://host/combat.db: a file has no host: expected "
                                         "sqlite:PATH or sqlite:///PATH");
    for (const char* rest :
         {"c.db?", "c.db?open=create&", "c.db?&open=create", "c.db?create=true",
          "c.db?max_readers=0", "c.db?open=", "c.db?busy_timeout_ms=-1", "c.db?busy_timeout_ms=10s",
          "c.db?busy_timeout_ms=", "c.db?busy_timeout_ms=99999999999", "c.db?checkpoint_frames=0",
          "c.db?max_waiting=-1", "c.db?=full", "c.db?open=create&open=existing", "100%.db",
          "c%2.db", "c%xy.db", "c%-1.db", "c.db%"}) {
        INFO(rest);
        CHECK(refusal(rest).starts_with("sqlite:" + std::string(rest) + ": "));
    }
}
