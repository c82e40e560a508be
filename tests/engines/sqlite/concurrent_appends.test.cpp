// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace sqlite_tests;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto no_stream = es::ExpectedRevision::no_stream();

/// One batch and what its caller was told of it.
struct Sent {
    Events events;
    es::Result<es::Receipt> answer = es::errc::internal;
};

/// By id, where each event is.
std::map<es::Uuid, es::Position> places(const es::SqliteStore& store) {
    std::map<es::Uuid, es::Position> out;
    for (es::AllRead which;;) {
        const auto page = store.read_all(which);
        REQUIRE(page);
        for (const auto& record : *page)
            REQUIRE(out.emplace(record.id, record.position.value()).second);
        if (page->at_end)
            return out;
        which.after = page->last_position;
    }
}

/// What is wrong with what callers were told, or nothing: what was acknowledged is there, where the
/// receipt has it, and as a whole; of what was refused nothing is there; and nothing else is.
std::string complaint(const es::SqliteStore& store, const std::vector<std::vector<Sent>>& all) {
    const auto found = places(store);
    std::map<es::Uuid, es::Position> expected;
    for (const auto& sent : all)
        for (const Sent& batch : sent) {
            if (!batch.answer) {
                if (batch.answer.error().outcome() != es::Outcome::not_done)
                    return "unknown: " + batch.answer.error().message();
                continue;
            }
            const auto last = batch.answer->position.value().value();
            for (std::size_t i = 0; i < batch.events.size(); ++i)
                expected[batch.events[i].id] = es::Position{last + 1 + i - batch.events.size()};
        }
    if (found != expected)
        return std::to_string(found.size()) + " events are there, " +
               std::to_string(expected.size()) + " were acknowledged, or they are elsewhere";
    std::uint64_t next = 1;
    for (const es::Position position : all_positions(store))
        if (position != es::Position{next++})
            return "positions have a gap";
    return "";
}

} // namespace

TEST_CASE("Many callers at once: each gets its own true answer", "[waits]") {
    const Folder folder(fast_place());
    auto store = open_store(folder / "combat.db", {.checkpoint_frames = 200, .max_waiting = 6});
    constexpr int callers = 10;
    constexpr int each = 60;
    std::vector<std::vector<Sent>> all(callers + 1);
    std::map<es::errc, int> errors;
    {
        // two that send the same batches at once, and eight of all sorts
        std::vector<Events> same(each);
        for (auto& events : same)
            events = {event(), event("combat.other")};
        std::vector<std::jthread> threads;
        for (const int i : {0, 1})
            threads.emplace_back([&, i] {
                for (const auto& events : same)
                    all[static_cast<std::size_t>(i)].push_back(
                        {events, append(store, "combat-same", events)});
            });
        for (int i = 2; i < callers; ++i)
            threads.emplace_back([&, i] {
                const auto own = *es::StreamName::of("combat", std::to_string(i));
                auto& sent = all[static_cast<std::size_t>(i)];
                for (int n = 0; n < each; ++n) {
                    Events events{event()};
                    std::stop_source stop;
                    switch ((n + i) % 5) {
                    case 0: // one of the threads that try this wins
                        sent.push_back({events, append(store, "combat-race", no_stream, events)});
                        break;
                    case 1:
                        events.resize(3, event());
                        for (auto& one : events)
                            one.id = event().id;
                        sent.push_back({events, append(store, own, events)});
                        break;
                    case 2:
                        sent.push_back({events, append(store, own, es::ExpectedRevision::exists(),
                                                       events, {}, es::CallOptions::within(50us))});
                        break;
                    case 3: {
                        std::jthread stopper([&] { stop.request_stop(); });
                        sent.push_back({events, append(store, own, es::ExpectedRevision::exists(),
                                                       events, {}, {.stop = stop.get_token()})});
                        break;
                    }
                    default: { // a condition that is never met for long
                        constexpr std::string_view tags[] = {"kind:monster"};
                        events[0].tags = tags;
                        es::AppendCondition condition;
                        condition.fail_if_exists = {.items = {{.tags = {"kind:monster"}}}};
                        condition.after = sent.empty() || !sent.back().answer
                                              ? es::Position{0}
                                              : sent.back().answer->position.value();
                        sent.push_back({events, append(store, own, es::ExpectedRevision::exists(),
                                                       events, condition)});
                    }
                    }
                }
            });
    }
    for (const auto& sent : all)
        for (const Sent& batch : sent)
            if (!batch.answer)
                ++errors[batch.answer.error().kind()];
    CHECK(complaint(store, all) == "");
    for (const auto& [kind, count] : errors) {
        INFO(count << " of kind " << static_cast<int>(kind));
        CHECK((kind == es::errc::conflict || kind == es::errc::timed_out ||
               kind == es::errc::cancelled || kind == es::errc::condition_failed ||
               kind == es::errc::unavailable));
    }
    CHECK(errors[es::errc::conflict] > 0);
    CHECK(store.verify()->ok());
}

TEST_CASE("Closing amid appends answers each caller, and what was acknowledged is there",
          "[waits]") {
    const Folder folder(fast_place());
    for (int round = 0; round < 5; ++round) {
        const std::string path = folder / ("combat-" + std::to_string(round) + ".db");
        auto store = open_store(path);
        std::vector<std::vector<Sent>> all(8);
        std::atomic<int> begun = 0;
        std::vector<std::jthread> threads;
        for (auto& sent : all)
            threads.emplace_back([&, own = store] {
                do {
                    Events events{event(), event()};
                    auto answer = append(own, "combat-ogre", events);
                    sent.push_back({std::move(events), std::move(answer)});
                    ++begun;
                } while (sent.back().answer);
            });
        while (begun < 20 * (round + 1))
            std::this_thread::yield();
        store.close();
        threads.clear();
        for (const auto& sent : all)
            CHECK(sent.back().answer.error() == es::errc::closed);
        CHECK(complaint(open_store(path), all) == "");
        CHECK_FALSE(std::filesystem::exists(path + "-wal"));
    }
}

TEST_CASE("No caller starves", "[waits]") {
    const Folder folder(fast_place());
    auto store = open_store(folder / "combat.db");
    constexpr std::size_t callers = 8;
    std::atomic<std::size_t> hungry = callers;
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < callers; ++i)
        threads.emplace_back([&, own = store]() mutable {
            // each goes on until all have been served, so a thread that starves does so forever
            for (int done = 0; hungry > 0;)
                if (append(own, "combat-ogre", {event()}) && ++done == 20)
                    --hungry;
        });
    threads.clear();
    CHECK(hungry == 0);
}
