// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/shared/append_watch.hpp>

#include "catch.hpp"

#include <atomic>
#include <thread>
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

TEST_CASE("One of those who wait looks for all of them") {
    const EngineState state("sqlite store \"x\"");
    AppendWatch watch(state);
    std::atomic<int> looks = 0;
    std::vector<std::thread> waiting;
    for (int i = 0; i < 10; ++i)
        waiting.emplace_back([&] {
            static_cast<void>(
                watch.wait(0, es::CallOptions::within(200ms), [&]() -> es::Result<std::int64_t> {
                    ++looks;
                    return std::int64_t{0};
                }));
        });
    for (auto& thread : waiting)
        thread.join();
    CHECK(looks >= 10 + 1);        // each when it begins, and then again
    CHECK(looks <= 10 + 200 / 20); // but not each every 20 ms
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
