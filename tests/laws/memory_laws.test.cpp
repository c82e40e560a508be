// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/store_laws.hpp>

#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/callback_sink.hpp>
#include <eventsourcing/store/fan_out.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/patient.hpp"

namespace es = eventsourcing;

TEST_CASE("A memory store keeps the laws with events as bytes", "[laws][waits]") {
    CHECK(es::check_store_laws([] { return es::MemoryStore{}; }, law_tests::patient));
}

TEST_CASE("A memory store keeps the laws with events as their own types", "[laws][waits]") {
    CHECK(es::check_store_laws([] { return es::MemoryStore{}; }, law_tests::patient_and_typed));
}

TEST_CASE("A memory store keeps the laws by a clock that is moved", "[laws][waits]") {
    const es::FixedEnvironment fixed;
    CHECK(es::check_store_laws([&] { return es::MemoryStore{fixed}; }, law_tests::patient));
    CHECK(es::check_store_laws([&] { return es::AnyStore(es::MemoryStore{fixed}); },
                               law_tests::patient));
}

TEST_CASE("A memory store whose type is forgotten keeps the laws", "[laws][waits]") {
    CHECK(es::check_store_laws([] { return es::AnyStore(es::MemoryStore{}); }, law_tests::patient));
}

TEST_CASE("A fan-out of memory stores keeps the laws of its primary", "[laws][waits]") {
    const auto make = [] {
        return es::FanOutPrimaryDecides([](const es::FollowerFailure&) {}, es::MemoryStore{},
                                        es::MemoryStore{});
    };
    CHECK(es::check_store_laws(make, law_tests::patient));
    CHECK(es::check_store_laws(make, law_tests::patient_and_typed));
}
