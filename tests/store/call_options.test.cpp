// SPDX-License-Identifier: MIT
#include <eventsourcing/store/call_options.hpp>

#include "catch.hpp"

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

} // namespace

TEST_CASE("A call may last as long as is said, from now on") {
    const auto before = Clock::now();
    const auto call = es::CallOptions::within(1h);
    CHECK(*call.deadline >= before + 1h);
    CHECK(*call.deadline <= Clock::now() + 1h);
    CHECK(es::detail::check_call(call));
    CHECK(es::detail::check_call(es::CallOptions::within(-1s)).error() == es::errc::timed_out);
}

TEST_CASE("A time beyond the end of the clock is one without an end") {
    const auto call = es::CallOptions::within(std::chrono::nanoseconds::max());
    CHECK(*call.deadline == Clock::time_point::max());
    CHECK(es::detail::check_call(call));

    const auto now = Clock::now();
    using es::detail::later;
    CHECK(later(now, 1ms) == now + 1ms);
    CHECK(later(now, std::chrono::milliseconds::max()) == Clock::time_point::max());
    CHECK(later(now, std::chrono::hours::max()) == Clock::time_point::max());
    CHECK(later(Clock::time_point::max(), 1s) == Clock::time_point::max());
}
