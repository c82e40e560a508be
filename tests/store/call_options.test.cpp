// SPDX-License-Identifier: MIT
#include <eventsourcing/store/call_options.hpp>

#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <chrono>
#include <stop_token>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

} // namespace

TEST_CASE("A call may last as long as is said, from when it begins") {
    es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    const auto call = es::CallOptions::within(1h);
    CHECK_FALSE(call.deadline);
    fixed.advance(24h); // no call has begun
    const auto begun = call.begun(environment);
    CHECK(*begun.deadline == environment.steady_now() + 1h);
    CHECK_FALSE(begun.timeout);
    fixed.advance(1h - 1ns);
    CHECK(es::detail::check_call(begun, environment));
    fixed.advance(1ns);
    CHECK(es::detail::check_call(begun, environment).error() == es::errc::timed_out);
    CHECK(es::detail::check_call(call, environment)); // another call of an hour
}

TEST_CASE("A call begins once: what begins within it ends with it") {
    es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    const auto begun = es::CallOptions{.timeout = 2s}.begun(environment);
    fixed.advance(1s);
    CHECK(begun.begun(environment).deadline == begun.deadline);
}

TEST_CASE("Of a deadline and a duration the earlier one counts") {
    const es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    const auto now = environment.steady_now();
    CHECK(*es::CallOptions{.deadline = now + 1s, .timeout = 2s}.begun(environment).deadline ==
          now + 1s);
    CHECK(*es::CallOptions{.deadline = now + 3s, .timeout = 2s}.begun(environment).deadline ==
          now + 2s);
}

TEST_CASE("A call keeps its stop when it begins") {
    std::stop_source stopper;
    const auto begun = es::CallOptions{.timeout = 1h, .stop = stopper.get_token()}.begun({});
    CHECK(es::detail::check_call(begun, {}));
    stopper.request_stop();
    CHECK(es::detail::check_call(begun, {}).error() == es::errc::cancelled);
}

TEST_CASE("No time at all is over before a call begins") {
    const es::FixedEnvironment fixed;
    for (const auto time : {std::chrono::nanoseconds::min(), std::chrono::nanoseconds(-1),
                            std::chrono::nanoseconds(0)}) {
        const auto call = es::CallOptions::within(time);
        CHECK(es::detail::check_call(call, fixed).error() == es::errc::timed_out);
        CHECK(es::detail::check_call(call.begun(fixed), fixed).error() == es::errc::timed_out);
    }
}

TEST_CASE("By the system's clock a call ends when that has passed its deadline") {
    const auto before = Clock::now();
    const auto call = es::CallOptions::within(1h).begun({});
    CHECK(*call.deadline >= before + 1h);
    CHECK(*call.deadline <= Clock::now() + 1h);
    CHECK(es::detail::check_call(call, {}));
    CHECK(es::detail::check_call({.deadline = before}, {}).error() == es::errc::timed_out);
}

TEST_CASE("A time beyond the end of the clock is one without an end") {
    const auto call = es::CallOptions::within(std::chrono::nanoseconds::max()).begun({});
    CHECK(*call.deadline == Clock::time_point::max());
    CHECK(es::detail::check_call(call, {}));

    const auto now = Clock::now();
    using es::detail::later;
    CHECK(later(now, 1ms) == now + 1ms);
    CHECK(later(now, std::chrono::milliseconds::max()) == Clock::time_point::max());
    CHECK(later(now, std::chrono::hours::max()) == Clock::time_point::max());
    CHECK(later(now, std::chrono::hours::min()) == now);
    CHECK(later(Clock::time_point::max(), 1s) == Clock::time_point::max());
}
