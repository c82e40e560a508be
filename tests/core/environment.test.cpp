// SPDX-License-Identifier: MIT
#include <eventsourcing/core/environment.hpp>

#include "catch.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// Answers what no system would.
class Still final : public es::EnvironmentSource {
public:
    es::Timestamp now() override { return es::Timestamp::from_unix(42); }
    es::Uuid new_id() override { return es::Uuid{es::Uuid::Bytes{1, 2, 3}}; }
    bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) override {
        slept += duration;
        return !stop.stop_requested();
    }
    double jitter() override { return 0.25; }
    std::chrono::steady_clock::time_point steady_now() noexcept override {
        return Clock::time_point{2h};
    }
    void watch(es::TimeWatcher& watched) override { watcher = &watched; }
    void unwatch(es::TimeWatcher&) noexcept override { watcher = nullptr; }

    std::chrono::nanoseconds slept{0};
    es::TimeWatcher* watcher = nullptr;
};

std::int64_t milliseconds(const es::Timestamp& time) {
    return time.unix_seconds() * 1000 + time.nanoseconds() / 1'000'000;
}

std::int64_t milliseconds(const es::Uuid& id) {
    std::int64_t time = 0;
    for (std::size_t i = 0; i < 6; ++i)
        time = time << 8 | id.bytes()[i];
    return time;
}

} // namespace

TEST_CASE("the environment is the system's unless told otherwise") {
    const es::Environment system;
    const auto before = std::chrono::system_clock::now().time_since_epoch();
    const auto now = system.now();
    const auto after = std::chrono::system_clock::now().time_since_epoch();
    CHECK(now.to_unix_nanoseconds().value() >= std::chrono::nanoseconds(before).count());
    CHECK(now.to_unix_nanoseconds().value() <= std::chrono::nanoseconds(after).count());
}

TEST_CASE("an id of the system is a UUIDv7 of the system's clock", "[waits]") {
    const es::Environment system;
    const auto before = milliseconds(system.now());
    es::Uuid id;
    std::thread([&] { id = system.new_id(); }).join(); // its ids have not gone ahead of the clock
    const auto after = milliseconds(system.now());
    CHECK(id.version() == 7);
    CHECK(milliseconds(id) >= before);
    CHECK(milliseconds(id) <= after);
}

TEST_CASE("ids of one thread ascend, also through copies of the environment") {
    const es::Environment one;
    const es::Environment other = one;
    std::vector<es::Uuid> ids;
    for (int i = 0; i < 1000; ++i) {
        ids.push_back(one.new_id());
        ids.push_back(other.new_id());
        ids.push_back(es::Environment{}.new_id());
    }
    CHECK(std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>{}) == ids.end());
}

TEST_CASE("sleeping takes at least the time asked for") {
    const es::Environment system;
    const auto begin = Clock::now();
    CHECK(system.sleep(15ms));
    CHECK(Clock::now() - begin >= 15ms);
    std::stop_source source; // sleeping in pieces
    const auto again = Clock::now();
    CHECK(system.sleep(25ms, source.get_token()));
    CHECK(Clock::now() - again >= 25ms);
}

TEST_CASE("no time, or less, is over at once") {
    const es::Environment system;
    std::stop_source source;
    CHECK(system.sleep(0ns));
    CHECK(system.sleep(-1h));
    CHECK(system.sleep(std::chrono::nanoseconds::min()));
    CHECK(system.sleep(std::chrono::nanoseconds::min(), source.get_token()));
}

TEST_CASE("a stop ends a sleep without an end, which says so", "[waits]") {
    const es::Environment system;
    std::stop_source source;
    bool whole = true;
    std::jthread sleeper(
        [&] { whole = system.sleep(std::chrono::nanoseconds::max(), source.get_token()); });
    std::this_thread::sleep_for(30ms); // it sleeps by then, or never begins
    source.request_stop();
    sleeper.join();
    CHECK_FALSE(whole);
}

TEST_CASE("a stop that was requested before ends a sleep before it begins") {
    const es::Environment system;
    std::stop_source source;
    source.request_stop();
    CHECK_FALSE(system.sleep(std::chrono::nanoseconds::max(), source.get_token()));
    CHECK_FALSE(system.sleep(0ns, source.get_token()));
}

TEST_CASE("jitter is spread over 0 to 1") {
    const es::Environment system;
    double low = 1;
    double high = 0;
    double sum = 0;
    constexpr int count = 10'000;
    for (int i = 0; i < count; ++i) {
        const auto jitter = system.jitter();
        low = std::min(low, jitter);
        high = std::max(high, jitter);
        sum += jitter;
    }
    CHECK(low >= 0);
    CHECK(low < 0.01);
    CHECK(high < 1);
    CHECK(high > 0.99);
    CHECK(sum / count > 0.45); // the standard deviation of the mean is 0.003
    CHECK(sum / count < 0.55);
}

TEST_CASE("the highest random number is below 1") {
    CHECK(es::detail::unit_interval(~std::uint64_t{0}) < 1);
    CHECK(es::detail::unit_interval(0) == 0);
}

TEST_CASE("an environment asks the source that it was made of, and so do its copies") {
    const auto source = std::make_shared<Still>();
    const es::Environment environment{source};
    const es::Environment copy = environment;
    CHECK(copy.now() == es::Timestamp::from_unix(42));
    CHECK(copy.new_id() == es::Uuid{es::Uuid::Bytes{1, 2, 3}});
    CHECK(copy.sleep(2h));
    CHECK(environment.sleep(1h));
    CHECK(source->slept == 3h);
    CHECK(copy.jitter() == 0.25);
}

TEST_CASE("an environment made of no source is the system") {
    const es::Environment environment{std::shared_ptr<es::EnvironmentSource>{}};
    CHECK(environment.new_id().version() == 7);
}

TEST_CASE("the monotonic clock of the system is that of the standard library") {
    const es::Environment system;
    const auto before = Clock::now();
    const auto now = system.steady_now();
    CHECK(before <= now);
    CHECK(now <= Clock::now());
    CHECK(system.is_system());
}

TEST_CASE("a watcher is known to the source of its environment, if there is one") {
    struct Watched final : es::TimeWatcher {
        void time_changed() noexcept override {}
    } watcher;
    const auto source = std::make_shared<Still>();
    const es::Environment environment{source};
    CHECK_FALSE(environment.is_system());
    CHECK(environment.steady_now() == Clock::time_point{2h});
    environment.watch(watcher);
    CHECK(source->watcher == &watcher);
    environment.unwatch(watcher);
    CHECK(source->watcher == nullptr);

    const es::Environment system;
    system.watch(watcher);
    system.unwatch(watcher);
}
