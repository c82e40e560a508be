// SPDX-License-Identifier: MIT
#include <eventsourcing/core/events.hpp>

#include <eventsourcing/core/result.hpp>

#include "catch.hpp"
#include "ending_of.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace es = eventsourcing;

namespace {
struct Attacked {
    std::string id;
    bool operator==(const Attacked&) const = default;
};
struct Died {
    std::string id;
    bool operator==(const Died&) const = default;
};
using Event = std::variant<Attacked, Died>;

/// Counts the living, so that nothing is lost or destroyed twice.
struct Counted {
    static inline int living = 0;
    int number;
    explicit Counted(int n) : number(n) { ++living; }
    Counted(const Counted& other) : number(other.number) { ++living; }
    Counted(Counted&& other) noexcept : number(std::exchange(other.number, -1)) { ++living; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --living; }
};

struct ThrowsWhenCopied {
    Counted counted{0};
    bool armed = false;
    ThrowsWhenCopied() = default;
    explicit ThrowsWhenCopied(bool a) : armed(a) {}
    ThrowsWhenCopied(const ThrowsWhenCopied& other) : counted(other.counted), armed(other.armed) {
        if (armed)
            throw_or_skip(std::runtime_error("copied"));
    }
};

es::Result<es::Events<Event>> braces(bool both) {
    if (both)
        return {Attacked{"ogre"}, Died{"ogre"}};
    return Attacked{"ogre"};
}

constexpr int sum_of(int n) {
    es::Events<int> events;
    for (int i = 1; i <= n; ++i)
        events.push_back(i);
    es::Events<int> copy = events;
    const es::Events<int> moved = std::move(copy);
    int sum = 0;
    for (int event : moved)
        sum += event;
    return sum;
}
} // namespace

static_assert(sum_of(0) == 0);
static_assert(sum_of(2) == 3);
static_assert(sum_of(9) == 45);

TEST_CASE("a decision is written in braces, as one event, or as nothing") {
    const auto both = braces(true);
    REQUIRE(both);
    REQUIRE(both->size() == 2);
    CHECK((*both)[0] == Event(Attacked{"ogre"}));
    CHECK(both->back() == Event(Died{"ogre"}));
    CHECK(braces(false).value().size() == 1);
    const es::Events<Event> none = es::nothing;
    CHECK(none.empty());
}

TEST_CASE("events keep their order through copying, moving and growing") {
    for (int n : {0, 1, 2, 3, 4, 5, 17}) {
        CAPTURE(n);
        {
            es::Events<Counted> events;
            for (int i = 0; i < n; ++i)
                events.emplace_back(i);
            es::Events<Counted> copy = events;
            es::Events<Counted> moved = std::move(copy);
            copy = moved;
            REQUIRE(copy.size() == static_cast<std::size_t>(n));
            int next = 0;
            for (const Counted& event : copy)
                CHECK(event.number == next++);
            CHECK(moved.size() == static_cast<std::size_t>(n));
            CHECK(Counted::living == 3 * n);
            moved = std::move(copy);
            CHECK(moved.size() == static_cast<std::size_t>(n));
        }
        CHECK(Counted::living == 0);
    }
}

TEST_CASE("an event may be added from among the events while they grow") {
    es::Events<std::string> events;
    volatile std::size_t size = 50; // g++ 12 at -O3 must not see that it is too long for the buffer
    const std::string text(size, 'x');
    events.push_back(text);
    for (int i = 0; i < 9; ++i)
        events.emplace_back(events[0]);
    for (const auto& event : events)
        CHECK(event == text);
}

TEST_CASE("if copying an event throws, nothing is left") {
    {
        es::Events<ThrowsWhenCopied> events;
        events.emplace_back();
        events.emplace_back(true);
        CHECK_THROWS_AS(es::Events<ThrowsWhenCopied>(events), std::runtime_error);
        CHECK_THROWS_AS(events.emplace_back(events[1]), std::runtime_error);
        CHECK_THROWS_AS(events.reserve(9), std::runtime_error); // it can't be moved either
        CHECK(events.size() == 2);
        CHECK(Counted::living == 2);
    }
    CHECK(Counted::living == 0);
}

TEST_CASE("events made in a constant expression go on at run time") {
    static constinit es::Events<std::string> events;
    for (int i = 0; i < 5; ++i)
        events.push_back(std::to_string(i));
    CHECK(events.size() == 5);
    CHECK(events.front() == "0");
    CHECK(events.back() == "4");
}

TEST_CASE("an event that a command did not emit ends the program, which says so") {
    constexpr const char* first = "event 0 of a list of 0 events was used";
    volatile std::size_t sink = 0;
    volatile std::size_t two = 2; // the compiler can't know it, and so can't warn
    const auto size_of = [](const Event& event) { return std::get<Attacked>(event).id.size(); };
    CHECK(ending_of([&] { sink = size_of(es::Events<Event>().front()); }).aborted_saying(first));
    CHECK(ending_of([&] { sink = size_of(es::Events<Event>()[0]); }).aborted_saying(first));
    CHECK(ending_of([&] { sink = size_of(es::Events<Event>().back()); }).aborted_saying(first));
    CHECK(ending_of([&] { sink = size_of(braces(true)->begin()[0]); }).exited());
    CHECK(ending_of([&] {
              sink = size_of((*braces(true))[two]);
          }).aborted_saying("event 2 of a list of 2 events was used"));
    CHECK(ending_of([&] { sink = size_of(braces(true)->front()) + sink; }).exited());
}
