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

TEST_CASE("An append of this process wakes waiting callers, without a look at the file",
          "[waits]") {
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
    CHECK_FALSE(*watch.wait(3, es::CallOptions::within(1ms).begun({}), &nothing_new));
}

namespace {

/// Callers that wait, each in a thread of its own, and which of them looks.
class Waiting {
public:
    ~Waiting() {
        state_.close();
        watch_.wake_all();
    }
    /// Begins to wait, until a stop, and has looked once when this ends.
    void add(std::stop_token stop = {}) {
        const int number = next_++;
        const int before = looks_;
        threads_.emplace_back([this, number, stop] {
            es::CallOptions call;
            call.stop = stop;
            static_cast<void>(watch_.wait(0, call, [&]() -> es::Result<std::int64_t> {
                last_ = number;
                ++looks_;
                return std::int64_t{0};
            }));
            ++left_;
        });
        while (looks_ == before)
            std::this_thread::sleep_for(1ms);
    }
    void wait_for_looks(int more) {
        for (const int before = looks_; looks_ < before + more;)
            std::this_thread::sleep_for(1ms);
    }
    [[nodiscard]] int last_to_look() const { return last_; }
    [[nodiscard]] int left() const { return left_; }

private:
    EngineState state_{"store"};
    AppendWatch watch_{state_};
    int next_ = 0;
    std::atomic<int> looks_ = 0;
    std::atomic<int> last_ = -1;
    std::atomic<int> left_ = 0;
    std::vector<std::jthread> threads_{};
};

} // namespace

TEST_CASE("One of the callers that wait looks for all of them, the others sleep", "[waits]") {
    Waiting waiting;
    for (int i = 0; i < 100; ++i)
        waiting.add();
    waiting.wait_for_looks(2);
    const int looker = waiting.last_to_look();
    for (int i = 0; i < 10; ++i) {
        waiting.wait_for_looks(1);
        CHECK(waiting.last_to_look() == looker);
    }
}

TEST_CASE("A caller that looks for the others and leaves hands over to one of them", "[waits]") {
    Waiting waiting;
    std::stop_source stops[3];
    for (auto& stop : stops)
        waiting.add(stop.get_token());
    for (int left = 1; left <= 2; ++left) {
        waiting.wait_for_looks(2);
        const int looker = waiting.last_to_look();
        stops[looker].request_stop();
        while (waiting.left() < left)
            std::this_thread::sleep_for(1ms);
        waiting.wait_for_looks(2);
        CHECK(waiting.last_to_look() != looker);
    }
}

TEST_CASE("A caller that looks for the others hands over at its deadline, too", "[waits]") {
    const EngineState state("store");
    AppendWatch watch(state);
    std::atomic<int> looks = 0;
    std::jthread other;
    std::stop_source stop;
    CHECK_FALSE(
        *watch.wait(0, es::CallOptions::within(50ms).begun({}), [&]() -> es::Result<std::int64_t> {
            if (!other.joinable()) // begins while this one is the only caller
                other = std::jthread([&] {
                    es::CallOptions call;
                    call.stop = stop.get_token();
                    static_cast<void>(watch.wait(0, call, [&]() -> es::Result<std::int64_t> {
                        ++looks;
                        return std::int64_t{0};
                    }));
                });
            return std::int64_t{0};
        }));
    for (const int before = looks; looks < before + 3;)
        std::this_thread::sleep_for(1ms);
    stop.request_stop();
}

TEST_CASE("A caller has what it waits for at once, though the one that looks waits for more",
          "[waits]") {
    const bool in_this_process = GENERATE(true, false);
    const EngineState state("store");
    AppendWatch watch(state);
    std::atomic<std::int64_t> head = 0;
    std::atomic<int> looks = 0;
    std::atomic<bool> sleeps = false;
    std::stop_source stop;
    std::jthread looker([&] {
        es::CallOptions call;
        call.stop = stop.get_token();
        static_cast<void>(watch.wait(5, call, [&]() -> es::Result<std::int64_t> {
            ++looks;
            return head.load();
        }));
    });
    const auto wait_for_looks = [&](int more) {
        for (const int before = looks; looks < before + more;)
            std::this_thread::sleep_for(1ms);
    };
    wait_for_looks(2);
    es::Result<bool> answer = es::errc::internal;
    std::jthread sleeper([&] {
        answer = watch.wait(0, {}, [&]() -> es::Result<std::int64_t> {
            sleeps = true; // soon
            return head.load();
        });
    });
    while (!sleeps)
        std::this_thread::sleep_for(1ms);
    wait_for_looks(2);
    if (in_this_process)
        watch.publish(3);
    else
        head = 3;
    sleeper.join();
    CHECK((answer && *answer));
    stop.request_stop();
}

TEST_CASE("Many callers that begin to wait at once share their first look", "[waits]") {
    const EngineState state("store");
    AppendWatch watch(state);
    std::atomic<bool> go_on = false;
    std::atomic<int> looks = 0;
    const auto look = [&]() -> es::Result<std::int64_t> {
        const int number = ++looks;
        while (!go_on) // the first look lasts until all have begun
            std::this_thread::sleep_for(1ms);
        return std::int64_t{number - 1};
    };
    std::atomic<int> begun = 0;
    std::atomic<int> told = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 50; ++i)
            threads.emplace_back([&] {
                ++begun;
                if (const auto found = watch.wait(0, {}, look); found && *found)
                    ++told;
            });
        while (looks == 0 || begun < 50)
            std::this_thread::sleep_for(1ms);
        go_on = true;
    }
    CHECK(told == 50);
    CHECK(looks == 2);
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

TEST_CASE("A wait whose last look failed ends at its deadline with that error") {
    const EngineState state("sqlite store \"x\"");
    AppendWatch watch(state);
    const auto busy = []() -> es::Result<std::int64_t> { return es::errc::unavailable; };
    CHECK(watch.wait(0, es::CallOptions::within(1ms).begun({}), busy).error() ==
          es::errc::unavailable);
    CHECK_FALSE(watch.wait(0, es::CallOptions::within(1ms).begun({}), &nothing_new).value());
}

TEST_CASE("The end of the engine wakes waiting callers", "[waits]") {
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
