// SPDX-License-Identifier: MIT
#include <eventsourcing/personal/memory_keys.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <optional>
#include <string>
#include <utility>

namespace es = eventsourcing;

namespace {

TEST_CASE("Keys in memory are gone with the last copy of their handle") {
    std::optional<es::MemoryKeys> keys(std::in_place);
    const es::Keys copy = *keys;
    const auto ann = *keys->seal("person:42", "Ann");
    keys.reset();
    CHECK(*copy.open(ann) == "Ann");
    CHECK(fails_with(es::errc::invalid, es::MemoryKeys().open(ann)));
}

TEST_CASE("A handle that was moved from still has its keys") {
    es::MemoryKeys keys;
    const auto ann = *keys.seal("person:42", "Ann");
    const es::MemoryKeys other = std::move(keys);
    CHECK(*keys.open(ann) == "Ann"); // that is what is tested
    CHECK(*other.open(ann) == "Ann");
}

} // namespace
