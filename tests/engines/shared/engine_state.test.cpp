// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/shared/engine_state.hpp>

#include "catch.hpp"

namespace es = eventsourcing;
using es::detail::shared::EngineState;

TEST_CASE("A store that has failed tells its first failure, whatever failed later") {
    EngineState state("store");
    CHECK(state.usable());
    CHECK_FALSE(state.ended());
    state.fail(es::Error(es::errc::corrupt, "a page is missing"));
    state.fail(es::Error(es::errc::unavailable, "the disk is full"));
    CHECK(state.ended());
    CHECK(state.failed());
    const auto told = state.usable();
    REQUIRE_FALSE(told);
    CHECK(told.error() == es::errc::failed);
    CHECK(told.error().message().find("a page is missing; ") == 0);
}

TEST_CASE("A store that has failed and is closed is closed") {
    EngineState state("store");
    state.fail(es::errc::corrupt);
    state.close();
    CHECK(state.usable().error() == es::errc::closed);
    CHECK(state.failed());
}
