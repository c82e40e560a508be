// SPDX-License-Identifier: MIT
// Several followers of several stores, driven by one loop.
#include <eventsourcing/runtime/run.hpp>

#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/timed_condition.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <future>
#include <latch>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using each_store::File;

namespace {

struct Ticked {
    int n = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "clock", .source = "events://example.org/clock", .version = "1.0"};
}
struct Clock {
    using Event = std::variant<Ticked>;
};
struct Ticks {
    using Event = es::EventsOf<Clock>;
    struct State {
        int n = 0;
    };
    static void apply_event(State& s, const Ticked&) { ++s.n; }
};

template <class Store>
es::Position tick(const Store& store) {
    const es::Environment environment;
    const Clock::Event event = Ticked{};
    const es::Uuid id = environment.new_id();
    const auto done = store.append_unchecked(
        "clock-1", es::Batch<Clock::Event>({&event, 1}, {&id, 1}, environment.now()));
    REQUIRE(done);
    return done->position.value();
}
template <class Board>
int shown(const Board& board) {
    return board.view([](const Ticks::State& s) { return s.n; });
}

/// How many callers wait for an append at once.
struct Waits {
    std::atomic<int> now{0};
    std::atomic<int> most{0};
};
class CountedStore : public es::SqliteStore {
public:
    CountedStore(const es::SqliteStore& store, Waits& waits)
        : es::SqliteStore(store),
          waits_(&waits) {}
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        const int now = ++waits_->now;
        for (int most = waits_->most; now > most && !waits_->most.compare_exchange_weak(most, now);)
            ;
        auto woken = es::SqliteStore::wait_for_append(after, call);
        --waits_->now;
        return woken;
    }

private:
    Waits* waits_;
};

/// A sink that does something for each batch.
class Calls {
public:
    static constexpr es::Capabilities capabilities{};
    explicit Calls(std::function<void()>& on_call) : on_call_(&on_call) {}
    es::Result<void> append_unchecked(es::StreamNameView, const es::EventBatch&) const {
        (*on_call_)();
        return {};
    }

private:
    std::function<void()>* on_call_;
};

} // namespace

TEST_CASE("One thread follows two files and a memory store, and is woken by each of them",
          "[waits]") {
    const File first;
    const File second;
    const auto one = first.open();
    const auto two = second.open();
    const es::MemoryStore memory;
    es::Subscription<Ticks, es::SqliteStore> ones{one};
    es::Subscription<Ticks, es::SqliteStore> twos{two};
    es::Subscription<Ticks, es::MemoryStore> thirds{memory};
    const std::jthread following = es::follow(ones, twos, thirds);
    for (int i = 1; i <= 10; ++i) {
        const auto at_one = tick(one);
        REQUIRE(ones.wait_for(at_one));
        const auto at_two = tick(two);
        const auto at_third = tick(memory);
        REQUIRE(twos.wait_for(at_two));
        REQUIRE(thirds.wait_for(at_third));
        REQUIRE(shown(ones) == i);
        REQUIRE(shown(twos) == i);
        REQUIRE(shown(thirds) == i);
    }
}

TEST_CASE("However many follow a store in one loop, one thread waits for its events", "[waits]") {
    const File file;
    const auto store = file.open();
    Waits waits;
    const CountedStore counted(store, waits);
    using Board = es::Subscription<Ticks, CountedStore>;
    Board first{counted, {.name = "first"}};
    Board second{counted, {.name = "second"}};
    Board third{counted, {.name = "third"}};
    const std::jthread following = es::follow(first, second, third);
    for (int i = 0; i < 10; ++i) {
        const auto at = tick(store);
        REQUIRE(first.wait_for(at));
        REQUIRE(second.wait_for(at));
        REQUIRE(third.wait_for(at));
    }
    CHECK(waits.most <= 1);
}

TEST_CASE("A relay to a slow sink delays the others of its loop by one page at most") {
    const es::MemoryStore store;
    es::Subscription<Ticks, es::MemoryStore> board{store};
    std::stop_source stop;
    int appended = 0;
    std::vector<std::pair<int, int>> seen; // appended before the last call, and shown
    int before = 0;
    std::function<void()> on_call = [&] {
        seen.emplace_back(before, shown(board));
        before = appended;
        if (seen.size() == 6)
            stop.request_stop();
        else
            tick(store), ++appended; // while the sink has the page
    };
    es::Relay relay{store, Calls(on_call), {.name = "slow", .page_size = 1}};
    for (; appended < 3; ++appended)
        tick(store);
    es::run(stop.get_token(), relay, board);
    REQUIRE(seen.size() == 6);
    for (std::size_t i = 1; i < seen.size(); ++i)
        CHECK(seen[i].second >= seen[i].first); // nobody waited for a second page of the relay
}

TEST_CASE("A relay to a sink that blocks delays nobody, if it is followed by itself", "[waits]") {
    const es::MemoryStore store;
    std::promise<void> entered;
    std::promise<void> release;
    const auto released = release.get_future().share();
    std::atomic<bool> first{true};
    std::function<void()> on_call = [&] {
        if (first.exchange(false))
            entered.set_value();
        released.wait();
    };
    es::Relay relay{store, Calls(on_call), {.name = "blocked"}};
    es::Subscription<Ticks, es::MemoryStore> board{store};
    const std::jthread sending = es::follow(relay);
    const std::jthread following = es::follow(board);
    const struct Release {
        std::promise<void>& promise;
        ~Release() { promise.set_value(); }
    } at_the_end{release};
    tick(store);
    entered.get_future().wait(); // it is in the sink, and stays there
    for (int i = 0; i < 5; ++i)
        REQUIRE(board.wait_for(tick(store)));
    CHECK(shown(board) == 6);
}

namespace {

/// Follows numbers up to a head.
struct Numbers {
    std::mutex mutex;
    std::condition_variable_any changed;
    int head = 0;
    es::Uuid id = es::Environment().new_id();
    std::latch handled{1};

    void append(int count) {
        const std::lock_guard lock(mutex);
        head += count;
        changed.notify_all();
    }
};
class Counter {
public:
    explicit Counter(Numbers& numbers) : numbers_(&numbers) {}

    [[nodiscard]] std::optional<es::Uuid> store_id() const { return numbers_->id; }
    [[nodiscard]] es::Environment environment() const { return environment_; }
    void driven(int) {}

protected:
    bool take() {
        const std::lock_guard lock(numbers_->mutex);
        return std::exchange(at_, numbers_->head) != numbers_->head;
    }
    [[nodiscard]] int at() const { return at_; }
    [[nodiscard]] es::Result<bool> wait(const es::CallOptions& call) const {
        std::unique_lock lock(numbers_->mutex);
        const int after = at_;
        return numbers_->changed.wait(lock, call.stop, [&] { return numbers_->head > after; });
    }
    Numbers* numbers_;

private:
    es::Environment environment_{};
    int at_ = 0;
};
/// Says when it has handled two.
class Reader : public Counter {
public:
    using Counter::Counter;
    es::Step step(const std::stop_token&) {
        if (!take())
            return {};
        if (at() == 2)
            numbers_->handled.count_down();
        return {.kind = es::Step::Kind::worked};
    }
    [[nodiscard]] es::Result<bool> wait_for_append(const es::CallOptions& call) const {
        return wait(call);
    }
};
/// Is idle, and then appends two by itself, as a process manager at a deadline does. That comes
/// before the waker has asked it where it is.
class Writer : public Counter {
public:
    using Counter::Counter;
    es::Step step(const std::stop_token&) {
        if (++steps_ == 1)
            return {.next = environment().steady_now()};
        if (steps_ == 2)
            numbers_->append(2);
        const bool worked = take();
        if (steps_ == 2)
            appended_.count_down();
        return {.kind = worked ? es::Step::Kind::worked : es::Step::Kind::idle};
    }
    [[nodiscard]] es::Result<bool> wait_for_append(const es::CallOptions& call) const {
        appended_.wait();
        return wait(call);
    }

private:
    int steps_ = 0;
    mutable std::latch appended_{1};
};

/// A store that wakes nobody.
class DeafStore : public es::MemoryStore {
public:
    struct Wait {
        explicit Wait(const es::Environment& clock) : changed(mutex, clock) {}
        std::mutex mutex;
        es::detail::TimedCondition changed;
        std::latch begun{1};
        std::atomic<bool> first{true};
    };
    DeafStore(const es::MemoryStore& store, Wait& wait) : es::MemoryStore(store), wait_(&wait) {}

    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position>,
                                                   const es::CallOptions& given = {}) const {
        const es::CallOptions call = given.begun(environment());
        std::unique_lock lock(wait_->mutex);
        if (wait_->first.exchange(false))
            wait_->begun.count_down();
        return wait_->changed.wait(lock, call.stop, call.deadline, [] { return false; });
    }

private:
    Wait* wait_;
};

} // namespace

// S5
TEST_CASE("What one appends in its own step before the waker has asked it reaches the others",
          "[waits]") {
    Numbers numbers;
    Reader reader(numbers);
    Writer writer(numbers);
    const std::jthread following = es::follow(reader, writer);
    numbers.handled.wait();
    SUCCEED();
}
TEST_CASE("A wake that the store has missed costs the poll interval", "[waits]") {
    es::FixedEnvironment clock;
    const es::MemoryStore store{clock};
    DeafStore::Wait wait{clock};
    const DeafStore deaf(store, wait);
    es::Subscription<Ticks, DeafStore> first{deaf, {.name = "first"}};
    es::Subscription<Ticks, DeafStore> second{deaf, {.name = "second"}};
    const std::jthread following = es::follow(first, second);
    wait.begun.wait();
    const auto at = tick(store);
    {
        // the waker holds it until it waits
        const std::lock_guard waits(wait.mutex);
    }
    clock.advance(std::chrono::milliseconds(100));
    REQUIRE(first.wait_for(at));
    REQUIRE(second.wait_for(at));
    CHECK(shown(first) == 1);
    CHECK(shown(second) == 1);
}
