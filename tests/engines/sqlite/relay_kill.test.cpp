// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/relay.hpp>

#include "catch.hpp"
#include "engines/sqlite/child_program.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <poll.h>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace sqlite_tests;

namespace {

/// Relays from one file to another, and says a byte after each step that did something, until the
/// parent says no more.
int relay_until_told(const std::string& folder) {
    const auto from = open_store(folder + "/from.db");
    const auto to = open_store(folder + "/to.db");
    es::Relay relay{from, to, {.name = "out", .page_size = 7}};
    for (;;) {
        pollfd end{from_parent, POLLIN, 0};
        const es::Step step = relay.step();
        if (step.kind == es::Step::Kind::stopped)
            return 1;
        const bool idle = step.kind != es::Step::Kind::worked;
        if (::poll(&end, 1, idle ? 1 : 0) != 0)
            return 0;
        const char byte = 'w';
        if (!idle && ::write(to_parent, &byte, 1) != 1)
            return 2;
    }
}

/// The ids of each stream, in order.
std::map<std::string, std::vector<es::Uuid>> content(const es::SqliteStore& store) {
    std::map<std::string, std::vector<es::Uuid>> out;
    for (es::AllRead which;;) {
        const auto page = store.read_all(which);
        REQUIRE(page);
        for (const es::EventRecord& record : *page)
            out[std::string(record.stream)].push_back(record.id);
        if (page->at_end)
            return out;
        which.after = page->last_position;
    }
}

std::string kill_relays(int kills) {
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const Folder folder(fast_place());
    const std::string path = folder / "";
    const auto from = open_store(folder / "from.db");
    const auto to = open_store(folder / "to.db");
    std::size_t appended = 0;
    const auto append = [&] {
        for (int i = 0; i < 20; ++i, ++appended) {
            const Events events{event("combat.entity_attacked", R"({"n":1})"),
                                event("combat.entity_attacked", R"({"n":2})")};
            const auto stream = es::StreamName::of("combat", std::to_string(random() % 5));
            REQUIRE(from.append_unchecked(*stream, es::EventBatch(events)));
        }
    };
    for (int i = 0; i < kills; ++i) {
        ChildProgram child("[.sqlite-relay]", path);
        append();
        REQUIRE(child.answer() == 'w'); // it has sent something, and is sending
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 3'000));
        child.kill();
    }
    ChildProgram last("[.sqlite-relay]", path);
    append();
    REQUIRE(last.answer() == 'w');
    last.say_no_more();
    CHECK(last.wait() == 0);
    es::Relay relay{from, to, {.name = "out"}};
    while (relay.step().kind == es::Step::Kind::worked) {
    }
    const auto sent = content(from);
    CHECK(content(to) == sent);
    const auto report = to.verify();
    REQUIRE(report);
    CHECK(report->problems.empty());
    return std::to_string(kills) + " kills, seed " + std::to_string(seed) + ": " +
           std::to_string(2 * appended) + " events, each there once and in order";
}

} // namespace

// L1, L4
TEST_CASE("A relaying process is killed, and nothing is lost or doubled", "[waits]") {
    INFO(kill_relays(6));
}
TEST_CASE("A relaying process is killed a hundred times", "[.long][waits]") {
    WARN(kill_relays(100));
}

TEST_CASE("What a relaying process does that is killed", "[.sqlite-relay]") {
    if (!child_argument()) {
        SUCCEED("nobody asked for it");
        return;
    }
    CHECK(relay_until_told(child_argument()) == 0);
}
