// SPDX-License-Identifier: MIT
// An EventStoreDB by a clock that is moved: nothing here waits for the system's clock.
#include <eventsourcing/engines/eventstoredb/basic_store.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/scripted_client.hpp"

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/eventstoredb/connection_string.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <chrono>
#include <string_view>
#include <utility>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using scripted_http::answer;
using scripted_http::Client;
using scripted_http::Sent;
using Store = es::BasicEventStoreDb<Client>;
using Response = es::Result<es::HttpResponse>;

/// What is asked at opening is answered well, all else by `script`.
Client client(Client::Answer script) {
    return Client([script = std::move(script)](const Sent& request) -> Response {
        if (request.url.ends_with("/info"))
            return answer(200, {}, R"({"esVersion":"20.10.1.0","state":"leader"})");
        return script(request);
    });
}

Store open(const Client& with, es::Environment environment,
           std::string_view connection = "esdb://db?tls=false") {
    auto options = *es::parse_connection_string(connection);
    options.environment = std::move(environment);
    return Store::open(options, with).value();
}

const Client busy = client([](const Sent&) { return answer(503); });

} // namespace

TEST_CASE("A call without a deadline sleeps between its attempts by its environment") {
    const es::FixedEnvironment fixed;
    const auto store = open(busy, fixed);
    CHECK(store.read_stream("test-a").error() == es::errc::unavailable);
    const auto sleeps = fixed.sleeps();
    REQUIRE(sleeps.size() == 11);
    CHECK(sleeps[0] == 7'500us); // 10 ms, of which a half is random: here half of that
    CHECK(sleeps[1] == 15ms);
    CHECK(sleeps.back() == 750ms);
}

TEST_CASE("A call without a deadline ends after the default one") {
    const es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    auto store = open(busy, fixed, "esdb://db?tls=false&defaultDeadline=60");
    const auto ends_in_time = [&](const auto& call) {
        const auto begin = environment.steady_now();
        const bool done = call().has_value();
        const auto time = environment.steady_now() - begin;
        return !done && time > 0ms && time <= 60ms;
    };
    CHECK(ends_in_time([&] { return store.read_stream("test-a"); }));
    CHECK(ends_in_time([&] { return store.tombstone_stream("test-a"); }));
}

TEST_CASE("A call tries until its deadline by the clock of its environment, and takes no time") {
    const es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    const auto store = open(busy, fixed);
    const auto begin = environment.steady_now();
    const auto late = store.read_stream("test-a", {}, es::CallOptions::within(1h));
    CHECK(late.error() == es::errc::unavailable);
    CHECK(environment.steady_now() <= begin + 1h);
    CHECK(environment.steady_now() > begin + 1h - 2s); // no pause fits any more
}

TEST_CASE(
    "Waiting for an append to a server that is down ends at the deadline of its environment") {
    const es::FixedEnvironment fixed;
    const es::Environment environment = fixed;
    const auto store = open(busy, fixed);
    const auto begin = environment.steady_now();
    CHECK(store.wait_for_append({}, es::CallOptions::within(1h)).value() == false);
    CHECK(environment.steady_now() == begin + 1h);
}

TEST_CASE("A request has an instant of the environment's clock as its deadline") {
    es::FixedEnvironment fixed;
    const auto http = client([](const Sent&) { return answer(400); });
    const auto store = open(http, fixed);
    const auto call = es::CallOptions::within(5s).begun(store.environment());
    CHECK_FALSE(store.read_stream("test-a", {}, call));
    CHECK(http.sent("GET").back().deadline == call.deadline);
    const auto requests = http.sent("GET").size();
    fixed.advance(5s);
    CHECK(store.read_stream("test-a", {}, call).error() == es::errc::timed_out);
    CHECK(store.delete_stream("test-a", {}, call).error() == es::errc::timed_out);
    CHECK(http.sent("GET").size() == requests);
}
