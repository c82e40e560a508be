// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite/lock_wait.hpp>

#include "catch.hpp"

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using es::detail::sqlite::LockWait;

/// How it ends, in the words of its error.
es::Error end_of(LockWait& wait) {
    while (wait.again()) {
    }
    return wait.error("sqlite store \"x\"");
}

} // namespace

TEST_CASE("Waiting for a lock ends when patience does", "[waits]") {
    const es::CallOptions call;
    LockWait wait(call, 20ms, {});
    const auto begin = LockWait::Clock::now();
    CHECK(end_of(wait) == es::errc::unavailable);
    CHECK(LockWait::Clock::now() - begin >= 20ms);
    CHECK_FALSE(wait.again());
}

TEST_CASE(
    "Waiting for a lock begins with a try when there is patience, and not when there is none") {
    const es::CallOptions call;
    CHECK(LockWait(call, 1h, {}).again());
    CHECK_FALSE(LockWait(call, 0s, {}).again());
}

TEST_CASE("A patience beyond the end of the clock has no end") {
    const es::CallOptions call;
    LockWait wait(call, std::chrono::milliseconds::max(), {});
    CHECK(wait.again());
    CHECK(wait.again());
}

TEST_CASE("Waiting for a lock ends at the deadline", "[waits]") {
    const auto call = es::CallOptions::within(20ms).begun({});
    LockWait wait(call, 1h, {});
    CHECK(end_of(wait) == es::errc::timed_out);
    CHECK(LockWait::Clock::now() >= *call.deadline);
}

TEST_CASE("Waiting for a lock ends by a stop or a closing store") {
    std::stop_source stop;
    const es::CallOptions call{.stop = stop.get_token()};
    std::atomic<bool> closing = false;
    LockWait first(call, 1h, {}, &closing);
    CHECK(first.again());
    closing = true;
    CHECK(end_of(first) == es::errc::closed);
    LockWait second(call, 1h, {});
    CHECK(second.again());
    stop.request_stop();
    CHECK(end_of(second) == es::errc::cancelled);
}

TEST_CASE("A lock that could not be waited for is unavailable") {
    const es::CallOptions call;
    const LockWait wait(call, 1h, {});
    CHECK(wait.error("x") == es::errc::unavailable);
    CHECK(wait.error("x").message() ==
          "x: the file was locked by another connection; nothing was done: try again");
}
