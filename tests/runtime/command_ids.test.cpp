// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/command_ids.hpp>

#include "catch.hpp"

namespace es = eventsourcing;

namespace {
std::string id_of(std::string_view stream, std::string_view command, std::size_t index) {
    return es::detail::CommandIds(stream, es::Uuid::parse(command).value()).at(index).to_string();
}
constexpr std::string_view in_time = "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f";
constexpr std::string_view random = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
} // namespace

TEST_CASE("ids derived from a command's id are those that were always derived") {
    // computed with Python's hashlib
    CHECK(id_of("combat-ogre", in_time, 0) == "018f3c1e-7b2a-86b7-b04e-60d2643295af");
    CHECK(id_of("combat-ogre", in_time, 1) == "018f3c1e-7b2a-8295-a13a-556ce22aa083");
    CHECK(id_of("combat-elf", in_time, 0) == "018f3c1e-7b2a-845a-98ec-a0fe847945de");
    CHECK(id_of("combat-ogre", random, 258) == "3112d6dd-fa59-8c63-8355-1f41839dcbd9");
}

TEST_CASE("ids derived from a UUIDv7 keep its time, so that they come one after the other") {
    CHECK(id_of("combat-ogre", in_time, 7).substr(0, 13) == in_time.substr(0, 13));
    CHECK(id_of("combat-ogre", random, 7).substr(0, 13) != random.substr(0, 13));
}
