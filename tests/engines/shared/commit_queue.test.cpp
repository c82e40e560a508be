// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/shared/commit_queue.hpp>

#include "catch.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using es::detail::shared::AppendRequest;
using es::detail::shared::CommitQueue;
using es::detail::shared::EngineState;
using es::detail::shared::Written;
using Clock = std::chrono::steady_clock;
using Role = CommitQueue::Role;

const es::AppendCondition no_condition;
const es::CallOptions no_options;

const es::NewEvent one_event{};

AppendRequest request(const es::CallOptions& call = no_options) {
    return {"combat-ogre", std::nullopt, {&one_event, 1}, {}, no_condition, call};
}

Written receipt(std::uint64_t position) {
    return {.receipt = {.first = {}, .last = {}, .position = es::Position{position}}};
}

constexpr std::size_t any_room = 1'000'000;

void wait_until_waiting(const CommitQueue& queue, std::size_t count) {
    while (queue.waiting() != count)
        std::this_thread::sleep_for(100us);
}

/// A caller in a thread of its own. If it becomes the leader it answers itself and is done.
class Client {
public:
    explicit Client(CommitQueue& queue, es::CallOptions call = {})
        : call_(std::move(call)),
          thread_([this, &queue] { come(queue); }) {}

    /// Its answer, or why it left the queue.
    const es::Result<Written>& answer() {
        if (thread_.joinable())
            thread_.join();
        return answer_;
    }
    [[nodiscard]] bool led() const { return led_; }
    /// How many waited while it was the leader.
    [[nodiscard]] std::size_t others_waited() const { return others_waited_; }
    /// Whether its wait has ended.
    [[nodiscard]] bool left() const { return left_; }

private:
    void come(CommitQueue& queue) {
        enter(queue);
        left_ = true;
    }
    void enter(CommitQueue& queue) {
        const auto asked = request(call_);
        CommitQueue::Caller member(asked);
        const auto role = queue.enter(member);
        if (!role) {
            answer_ = role.error();
            return;
        }
        if (*role == Role::leader) {
            CommitQueue::Leadership leading(queue);
            leading.committed(1, {}); // in no time, so that the next leader does not pause
            others_waited_ = queue.waiting();
            led_ = true;
            member.answer = receipt(99);
        }
        answer_ = std::move(member.answer);
    }

    const es::CallOptions call_;
    es::Result<Written> answer_ = es::errc::internal;
    std::atomic<bool> led_ = false;
    std::atomic<std::size_t> others_waited_ = 0;
    std::atomic<bool> left_ = false;
    std::jthread thread_;
};

/// The test itself, as the leader while this lives.
struct Leader {
    explicit Leader(CommitQueue& queue) : member(asked) {
        const auto role = queue.enter(member);
        REQUIRE(role);
        REQUIRE(*role == Role::leader);
        lead.emplace(queue);
    }
    const AppendRequest asked = request();
    CommitQueue::Caller member;
    std::optional<CommitQueue::Leadership> lead;
};

} // namespace

TEST_CASE("A caller that finds no leader becomes the leader at once, any number of times") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(4, state);
    for (int i = 0; i < 3; ++i) {
        const Leader leader(queue);
        CHECK_FALSE(leader.member.waits_since);
        CHECK(queue.waiting() == 0);
        CHECK(queue.take_next(any_room) == nullptr);
    }
}

TEST_CASE("Callers that wait are taken in the order of arrival, and each gets its own answer",
          "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    const Leader leader(queue);
    std::deque<Client> callers;
    for (std::size_t i = 1; i <= 6; ++i) {
        callers.emplace_back(queue);
        wait_until_waiting(queue, i);
    }
    for (std::uint64_t i = 0; i < callers.size(); ++i) {
        auto* const member = queue.take_next(any_room);
        REQUIRE(member);
        CHECK(member->waits_since);
        if (i == 3)
            member->answer = es::errc::conflict;
        else
            member->answer = receipt(i);
        member->wake_with_answer();
    }
    CHECK(queue.take_next(any_room) == nullptr);
    for (std::uint64_t i = 0; i < callers.size(); ++i) {
        const auto& answer = callers[i].answer();
        CHECK_FALSE(callers[i].led());
        if (i == 3)
            CHECK(answer.error() == es::errc::conflict);
        else
            CHECK(answer->receipt.position == es::Position{i});
    }
}

TEST_CASE("The first caller that waits becomes the leader, not the last leader that comes again",
          "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    std::optional<Leader> leader(queue);
    Client first(queue);
    wait_until_waiting(queue, 1);
    leader->lead.reset(); // now `first` is the leader, and then `again`
    Client again(queue);
    CHECK(first.answer()->receipt.position == es::Position{99});
    CHECK(first.led());
    CHECK(again.answer());
}

TEST_CASE("A caller that does not fit waits, and later ones do not overtake it", "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    std::optional<Leader> leader(queue);
    Client first(queue);
    wait_until_waiting(queue, 1);
    Client second(queue);
    wait_until_waiting(queue, 2);
    CHECK(queue.take_next(0) == nullptr);
    CHECK(queue.waiting() == 2);
    leader->lead.reset();
    CHECK(first.answer());
    CHECK(first.led());
    CHECK(first.others_waited() == 1);
    CHECK(second.answer());
    CHECK(second.others_waited() == 0);
}

TEST_CASE("One caller more than may wait is refused, with nothing done", "[waits]") {
    const EngineState state("sqlite store \"x\"");
    const auto capacity = GENERATE(as<std::size_t>(), 0, 2);
    CommitQueue queue(capacity, state);
    std::optional<Leader> leader(queue);
    std::deque<Client> callers;
    for (std::size_t i = 1; i <= capacity; ++i) {
        callers.emplace_back(queue);
        wait_until_waiting(queue, i);
    }
    Client more(queue);
    const auto& refused = more.answer();
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    CHECK(refused.error().outcome() == es::Outcome::not_done);
    CHECK(refused.error().message() ==
          "sqlite store \"x\": " + std::to_string(capacity) +
              " writes wait already; nothing was done: try again later, or open it with a larger "
              "max_waiting");
    leader->lead.reset();
    for (auto& caller : callers)
        CHECK(caller.answer());
    CHECK(Client(queue).answer()); // there is room again
}

TEST_CASE("A deadline and a stop end the wait at any place in the queue", "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    std::optional<Leader> leader(queue);
    const auto place = GENERATE(0, 1, 2); // first, in the middle, last
    std::stop_source stop;
    std::deque<Client> others;
    std::optional<Client> late;
    std::optional<Client> stopped;
    const auto wait_until_come = [&](std::size_t callers) { // the late one may have left again
        while (queue.waiting() + (late && late->left() ? 1 : 0) != callers)
            std::this_thread::sleep_for(100us);
    };
    std::size_t callers = 0;
    for (int i = 0; i < 3; ++i) {
        if (i == place) {
            stopped.emplace(queue, es::CallOptions{.stop = stop.get_token()});
            wait_until_come(++callers);
            late.emplace(queue, es::CallOptions::within(30ms).begun({}));
        } else {
            others.emplace_back(queue);
        }
        wait_until_come(++callers);
    }
    CHECK(late->answer().error() == es::errc::timed_out);
    CHECK(late->answer().error().message() ==
          "sqlite store \"x\": the deadline passed while the write waited for those before it; "
          "nothing was done");
    wait_until_waiting(queue, 3);
    stop.request_stop();
    CHECK(stopped->answer().error() == es::errc::cancelled);
    wait_until_waiting(queue, 2);
    for (std::uint64_t i = 0; i < 2; ++i) { // the chain holds
        auto* const member = queue.take_next(any_room);
        REQUIRE(member);
        member->answer = receipt(i);
        member->wake_with_answer();
    }
    CHECK(others[0].answer()->receipt.position == es::Position{0});
    CHECK(others[1].answer()->receipt.position == es::Position{1});
}

TEST_CASE("A caller that was taken waits for its answer, past deadline, stop and close",
          "[waits]") {
    EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    std::optional<Leader> leader(queue);
    std::stop_source stop;
    std::optional<Client> caller;
    CommitQueue::Caller* member = nullptr;
    for (auto time = 50ms; !member;
         time *= 2) { // on a busy machine it may leave before it is taken
        caller.emplace(queue,
                       es::CallOptions{.deadline = Clock::now() + time, .stop = stop.get_token()});
        while (queue.waiting() == 0 && !caller->left())
            std::this_thread::sleep_for(100us);
        member = queue.take_next(any_room);
    }
    stop.request_stop();
    std::this_thread::sleep_until(*member->call.deadline + 20ms);
    state.close();
    queue.wake_all();
    member->answer = receipt(7);
    member->wake_with_answer();
    const auto& answer = caller->answer();
    REQUIRE(answer);
    CHECK(answer->receipt.position == es::Position{7});
}

TEST_CASE(
    "The end of the engine answers all that wait, and the last leader waits for the one before",
    "[waits]") {
    EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    std::optional<Leader> leader(queue);
    std::deque<Client> callers;
    for (std::size_t i = 1; i <= 3; ++i) {
        callers.emplace_back(queue);
        wait_until_waiting(queue, i);
    }
    const bool closes = GENERATE(true, false);
    if (closes)
        state.close();
    else
        state.fail(es::errc::failed);
    queue.wake_all();
    for (auto& caller : callers)
        CHECK(caller.answer().error() == (closes ? es::errc::closed : es::errc::failed));
    CHECK(queue.waiting() == 0);
    CHECK(Client(queue).answer().error() == (closes ? es::errc::closed : es::errc::failed));

    std::atomic<bool> last = false;
    std::jthread closer([&] {
        const auto lead = queue.lead_last();
        last = true;
    });
    std::this_thread::sleep_for(20ms);
    CHECK_FALSE(last);
    leader->lead.reset();
    closer.join();
    CHECK(last);
}

TEST_CASE("A leader waits a little for those that shared the last commit, and for no others",
          "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    const auto shared = GENERATE(as<std::size_t>(), 1, 2);
    auto shortest = Clock::duration::max(); // of many: the machine may be busy
    for (int i = 0; i < 100 && shortest >= 1s; ++i) {
        Leader(queue).lead->committed(shared, 1h);
        const auto begin = Clock::now();
        const Leader leader(queue);
        shortest = std::min(shortest, Clock::now() - begin);
    }
    CHECK(shortest < 1s);
    if (shared == 2)
        CHECK(shortest >= 2ms);
}

TEST_CASE("A leader begins as soon as those that shared the last commit are back", "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state, 24h);
    Leader(queue).lead->committed(3, 1000h); // the next one would pause for 24 hours
    std::deque<Client> callers;
    for (int i = 0; i < 3; ++i)
        callers.emplace_back(queue);
    for (auto& caller : callers)
        CHECK(caller.answer());
    CHECK(std::any_of(callers.begin(), callers.end(),
                      [](const Client& one) { return one.led() && one.others_waited() == 2; }));
}

TEST_CASE("A leader that comes long after a shared commit does not wait", "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(10, state);
    auto shortest = Clock::duration::max(); // of many: the machine may be busy
    for (int i = 0; i < 500 && shortest >= 2ms; ++i) {
        Leader(queue).lead->committed(2, 16ms); // the next one would wait for 2 ms
        std::this_thread::sleep_for(20ms);
        const auto begin = Clock::now();
        const Leader leader(queue);
        shortest = std::min(shortest, Clock::now() - begin);
    }
    CHECK(shortest < 2ms);
}

TEST_CASE("Of many callers at once each is answered once, and there is one leader at a time",
          "[waits]") {
    const EngineState state("sqlite store \"x\"");
    CommitQueue queue(5, state); // fewer than there are callers, so that some are refused
    constexpr int callers = 8;
    constexpr int each = 1'000;
    int leading = 0; // guarded by the lead
    std::uint64_t position = 0;
    std::size_t most_at_once = 0;
    std::atomic<std::uint64_t> answered = 0;
    std::atomic<std::uint64_t> sum = 0;
    std::atomic<bool> wrong = false;
    const auto answer = [&](CommitQueue::Caller& member) { member.answer = receipt(++position); };
    const auto lead = [&](CommitQueue::Caller& mine) {
        CommitQueue::Leadership leader(queue);
        if (++leading != 1)
            wrong = true;
        answer(mine);
        std::this_thread::sleep_for(20us); // others come meanwhile
        std::vector<CommitQueue::Caller*> group;
        while (auto* const member = queue.take_next(any_room)) {
            answer(*member);
            group.push_back(member);
        }
        most_at_once = std::max(most_at_once, group.size());
        leader.committed(1 + group.size(), position % 64 == 0 ? 400us : 0us);
        for (auto* const member : group)
            member->wake_with_answer();
        --leading;
    };
    const auto call = [&](int i) {
        std::stop_source stop;
        es::CallOptions options{.stop = stop.get_token()};
        if (i % 3 == 1)
            options.deadline = Clock::now() + std::chrono::microseconds(i % 50);
        std::jthread stopper;
        if (i % 100 == 2)
            stopper = std::jthread([&] { stop.request_stop(); });
        const auto asked = request(options);
        CommitQueue::Caller member(asked);
        const auto role = queue.enter(member);
        if (!role) {
            if (role.error() != es::errc::unavailable && role.error() != es::errc::timed_out &&
                role.error() != es::errc::cancelled)
                wrong = true;
            return;
        }
        if (*role == Role::leader)
            lead(member);
        ++answered;
        sum += member.answer->receipt.position.value().value();
    };
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < callers; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < each; ++i)
                    call(thread + i);
            });
    }
    CHECK_FALSE(wrong);
    CHECK(queue.waiting() == 0);
    CHECK(most_at_once > 1);
    CHECK(answered == position);
    CHECK(sum == position * (position + 1) / 2); // each position once
}
