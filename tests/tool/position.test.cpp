// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/position.hpp>

#include <eventsourcing/store/head.hpp>

#include "catch.hpp"

#include <cstdint>
#include <string>

namespace es = eventsourcing;
using es::detail::text_of;
using es::detail::tool::parse_position;

TEST_CASE("The tool reads each position that it shows, and nothing else") {
    for (const es::Position position : {es::Position(0), es::Position(17), es::Position(17, 16),
                                        es::Position(17, 17), es::Position(UINT64_MAX, UINT64_MAX)})
        CHECK(parse_position(text_of(position)) == position);
    for (const std::string text : {"", "/", "17/", "/16", "17/16/15", "-1", "17/-1", "+1", " 17",
                                   "17 ", "0x1", "18446744073709551616", "1/18446744073709551616"})
        CHECK_FALSE(parse_position(text));
}
