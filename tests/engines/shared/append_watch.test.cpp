// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/shared/append_watch.hpp>

#include "catch.hpp"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using es::detail::shared::AppendWatch;
using es::detail::shared::EngineState;

es::Result<std::int64_t> nothing_new() {
    return std::int64_t{0};
}

} // namespace

TEST_CASE("What this process appends wakes who waits, without a look at the file") {
    const EngineState state("sqlite store \"x\"");
    AppendWatch watch(state);
    std::thread writer([&] {
        std::this_thread::sleep_for(20ms);
        watch.publish(3);
    });
    const auto answer = watch.wait(2, {}, &nothing_new);
    writer.join();
    REQUIRE(answer);
    CHECK(*answer);
    CHECK_FALSE(*watch.wait(3, es::CallOptions::within(1ms), &nothing_new));
}

TEST_CASE("While one caller looks, the others that wait do not look again", "[waits]") {
    const EngineState state("sqlite store \"x\"");
    AppendWatch watch(state);
    constexpr int callers = 10;
    std::atomic<int> looks = 0;
    std::atomic<bool> go_on = false;
    std::atomic<int> answered = 0;
    std::vector<std::thread> waiting;
    for (int i = 0; i < callers; ++i)
        waiting.emplace_back([&] {
            bool first = true;
            const auto look = [&]() -> es::Result<std::int64_t> {
                ++looks;
                while (!std::exchange(first, false) && !go_on) // not when it begins
                    std::this_thread::sleep_for(1ms);
                return std::int64_t{0};
            };
            const auto answer = watch.wait(0, {}, look);
            answered += answer && *answer ? 1 : 0;
        });
    while (looks < callers + 1) // each when it begins, and then one of them again
        std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(3 * AppendWatch::look_every);
    watch.publish(1);
    go_on = true;
    for (auto& thread : waiting)
        thread.join();
    CHECK(answered == callers);
    CHECK(looks == callers + 1);
}

TEST_CASE("A look that fails ends the waiting, unless the file is just busy") {
    const EngineState state("sqlite store \"x\"");
    AppendWatch watch(state);
    CHECK(
        watch.wait(0, {}, []() -> es::Result<std::int64_t> { return es::errc::corrupt; }).error() ==
        es::errc::corrupt);
    int looks = 0;
    const auto answer = watch.wait(0, {}, [&]() -> es::Result<std::int64_t> {
        if (++looks < 3)
            return es::errc::unavailable;
        return std::int64_t{1};
    });
    REQUIRE(answer);
    CHECK(*answer);
    CHECK(looks == 3);
}

TEST_CASE("The end of the engine wakes who waits") {
    EngineState state("sqlite store \"x\"");
    AppendWatch watch(state);
    std::thread closer([&] {
        std::this_thread::sleep_for(20ms);
        state.close();
        watch.wake_all();
    });
    CHECK(watch.wait(0, {}, &nothing_new).error() == es::errc::closed);
    closer.join();
}
