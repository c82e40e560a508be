// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <limits>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {
const auto start = es::Timestamp::from_unix(1'767'225'600);

std::vector<es::Uuid> ids(const es::Environment& environment, int count) {
    std::vector<es::Uuid> out;
    for (int i = 0; i < count; ++i)
        out.push_back(environment.new_id());
    return out;
}
} // namespace

TEST_CASE("the fixed clock starts at the given time and stands still") {
    const es::FixedEnvironment fixed{es::Timestamp::from_unix(7, 5)};
    const es::Environment environment = fixed;
    CHECK(environment.now() == es::Timestamp::from_unix(7, 5));
    CHECK(environment.now() == es::Timestamp::from_unix(7, 5));
    CHECK(fixed.time() == es::Timestamp::from_unix(7, 5));
    CHECK(es::FixedEnvironment{}.time().to_string() == "2026-01-01T00:00:00Z");
}

TEST_CASE("the fixed clock moves when it is told to, on or back") {
    es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    fixed.advance(90min + 1ns);
    CHECK(environment.now() == es::Timestamp::from_unix(start.unix_seconds() + 5400, 1));
    fixed.advance(-2ns);
    CHECK(environment.now() == es::Timestamp::from_unix(start.unix_seconds() + 5399, 999'999'999));
    fixed.advance(-90min + 1ns);
    CHECK(environment.now() == start);
    fixed.advance(std::chrono::nanoseconds::max());
    fixed.advance(std::chrono::nanoseconds::min());
    CHECK(environment.now() == es::Timestamp::from_unix(start.unix_seconds() - 1, 999'999'999));
}

TEST_CASE("with a step, each reading of the fixed clock is that much later") {
    const es::FixedEnvironment fixed{{.step = 1ms}};
    const es::Environment environment = fixed;
    CHECK(environment.now() == start);
    CHECK(environment.now() == es::Timestamp::from_unix(start.unix_seconds(), 1'000'000));
    CHECK(fixed.time() == es::Timestamp::from_unix(start.unix_seconds(), 2'000'000));
    CHECK(fixed.time() == es::Timestamp::from_unix(start.unix_seconds(), 2'000'000));
    (void)environment.new_id();
    CHECK(fixed.time() == es::Timestamp::from_unix(start.unix_seconds(), 2'000'000));
}

TEST_CASE("the ids of a fixed environment are the same on every run") {
    const es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    // written down here, because tests of users have them written down too
    CHECK(environment.new_id().to_string() == "019b76da-a800-7000-a220-a8397b1dcdaf");
    CHECK(environment.new_id().to_string() == "019b76da-a800-7001-ae78-9e6aa1b965f4");
    CHECK(ids(es::FixedEnvironment{}, 1000) == ids(es::FixedEnvironment{}, 1000));
}

TEST_CASE("other seeds give other ids") {
    std::set<es::Uuid> all;
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (const auto& id : ids(es::FixedEnvironment{{.seed = seed}}, 1000))
            all.insert(id);
    CHECK(all.size() == 10'000);
}

TEST_CASE("the ids of a fixed environment are UUIDv7 of its clock, unique and ascending") {
    es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    auto all = ids(environment, 1000);
    fixed.advance(1h);
    const auto late = environment.new_id();
    fixed.advance(-2h);
    all.push_back(late);
    for (const auto& id : ids(environment, 1000))
        all.push_back(id);
    CHECK(std::adjacent_find(all.begin(), all.end(), std::greater_equal<>{}) == all.end());
    CHECK(std::all_of(all.begin(), all.end(), [](const es::Uuid& id) {
        return id.version() == 7 && id.bytes()[8] >> 6 == 2;
    }));
    std::int64_t milliseconds = 0;
    for (std::size_t i = 0; i < 6; ++i)
        milliseconds = milliseconds << 8 | late.bytes()[i];
    CHECK(milliseconds == (start.unix_seconds() + 3600) * 1000);
}

TEST_CASE("a simulated clock does not disturb the ids of the system") {
    const es::Environment far = es::FixedEnvironment{es::Timestamp::max()};
    (void)far.new_id();
    CHECK(es::Environment{}.new_id() < far.new_id());
}

TEST_CASE("sleeping takes no time, moves the fixed clock on and is recorded") {
    const es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    CHECK(environment.sleep(1h));
    CHECK(environment.sleep(0ns));
    CHECK(environment.sleep(-5s));
    CHECK(environment.sleep(250ms));
    CHECK(fixed.sleeps() == std::vector<std::chrono::nanoseconds>{1h, 0ns, -5s, 250ms});
    CHECK(fixed.time() == es::Timestamp::from_unix(start.unix_seconds() + 3600, 250'000'000));
}

TEST_CASE("a stopped sleep of a fixed environment does not happen") {
    const es::FixedEnvironment fixed;
    std::stop_source source;
    source.request_stop();
    CHECK_FALSE(es::Environment{fixed}.sleep(1h, source.get_token()));
    CHECK(fixed.sleeps().empty());
    CHECK(fixed.time() == start);
}

TEST_CASE("jitter goes through the given numbers and begins again") {
    const es::Environment environment = es::FixedEnvironment{{.jitters = {0.0, 0.5, 0.75}}};
    for (const double expected : {0.0, 0.5, 0.75, 0.0, 0.5})
        CHECK(environment.jitter() == expected);
    CHECK(es::Environment{es::FixedEnvironment{}}.jitter() == 0.5);
    CHECK(es::Environment{es::FixedEnvironment{{.jitters = {}}}}.jitter() == 0.0);
}

TEST_CASE("a jitter outside 0 to 1 is taken for the nearest of these, so that no wait is one") {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const es::Environment environment =
        es::FixedEnvironment{{.jitters = {-1.0, none, 1e300, 1.0, 0.25}}};
    for (const double expected : {0.0, 0.0, 1.0, 1.0, 0.25})
        CHECK(environment.jitter() == expected);
}

TEST_CASE("copies of a fixed environment share its clock, others don't") {
    es::FixedEnvironment fixed;
    const es::FixedEnvironment copy = fixed;
    fixed.advance(1s);
    CHECK(copy.time() == fixed.time());
    CHECK(es::FixedEnvironment{}.time() == start);
}

TEST_CASE("an environment outlives the fixed environment that it came from") {
    es::Environment environment;
    {
        const es::FixedEnvironment fixed;
        environment = fixed;
    }
    CHECK(environment.now() == start);
}

TEST_CASE("a fixed environment may be used by several threads at once", "[waits]") {
    es::FixedEnvironment fixed{{.step = 1ns}};
    const es::Environment environment = fixed;
    std::array<std::vector<es::Uuid>, 4> all;
    {
        std::vector<std::jthread> threads;
        for (auto& mine : all)
            threads.emplace_back([&] {
                for (int i = 0; i < 1000; ++i) {
                    mine.push_back(environment.new_id());
                    (void)environment.now();
                    (void)environment.jitter();
                    (void)environment.sleep(1us);
                    fixed.advance(1ms);
                }
            });
    }
    std::set<es::Uuid> unique;
    for (const auto& mine : all)
        unique.insert(mine.begin(), mine.end());
    CHECK(unique.size() == 4000);
    CHECK(fixed.sleeps().size() == 4000);
    CHECK(fixed.time() == es::Timestamp::from_unix(start.unix_seconds(), 4'004'004'000));
}

TEST_CASE("the monotonic clock of a fixed environment goes forward with the other, never back") {
    es::FixedEnvironment fixed{{.step = 1ms}};
    const es::Environment environment = fixed;
    const auto begin = environment.steady_now();
    CHECK(environment.steady_now() == begin);
    CHECK(begin > std::chrono::steady_clock::time_point{});
    fixed.advance(1h);
    CHECK(environment.steady_now() == begin + 1h);
    fixed.advance(-2h);
    CHECK(environment.steady_now() == begin + 1h);
    (void)environment.sleep(1min);
    (void)environment.now();
    CHECK(environment.steady_now() == begin + 1h + 1min + 1ms);
    fixed.advance(std::chrono::nanoseconds::max());
    CHECK(environment.steady_now() == std::chrono::steady_clock::time_point::max());
}

TEST_CASE("a watcher of a fixed clock sees the time that has come") {
    struct Watcher final : es::TimeWatcher {
        explicit Watcher(const es::Environment& watched) : environment(watched) {}
        void time_changed() noexcept override { seen.push_back(environment.steady_now()); }
        es::Environment environment;
        std::vector<std::chrono::steady_clock::time_point> seen;
    };
    es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    const auto begin = environment.steady_now();
    Watcher watcher(environment);
    fixed.advance(1s);
    environment.watch(watcher);
    fixed.advance(1s);
    fixed.advance(-1s);
    (void)environment.sleep(1s);
    (void)environment.now();
    environment.unwatch(watcher);
    fixed.advance(1s);
    CHECK(watcher.seen ==
          std::vector<std::chrono::steady_clock::time_point>{begin + 2s, begin + 3s});
}
