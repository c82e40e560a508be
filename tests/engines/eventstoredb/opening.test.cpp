// SPDX-License-Identifier: MIT
// What the person at the terminal reads where a store can't be opened, and when.
#include <eventsourcing/engines/eventstoredb/ask_info.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/scripted_client.hpp"

#include <eventsourcing/engines/eventstoredb/basic_store.hpp>
#include <eventsourcing/engines/eventstoredb/connection_string.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using scripted_http::answer;
using scripted_http::Client;
using scripted_http::Sent;
using Response = es::Result<es::HttpResponse>;

struct Opened {
    es::Error error;
    std::size_t requests;
};

/// The error of opening where everything is answered this, and after how many requests.
Opened refused(const Response& response, std::string_view connection = "esdb://db?tls=false",
               const es::CallOptions& call = {}) {
    const Client http([&](const Sent&) { return response; });
    auto store =
        es::BasicEventStoreDb<Client>::open(*es::parse_connection_string(connection), http, call);
    REQUIRE_FALSE(store);
    CHECK(store.error().outcome() == es::Outcome::not_done);
    return {std::move(store).error(), http.sent("GET").size()};
}

Response error(es::errc kind, const char* why) {
    return es::Error(kind, why);
}

} // namespace

TEST_CASE("If no host answers, opening says what to check, after two attempts for each host") {
    const auto one =
        refused(error(es::errc::not_sent, "GET http://db:2113/info: nothing was sent"));
    CHECK(one.error == es::errc::not_sent);
    CHECK(one.error.message() ==
          "GET http://db:2113/info: nothing was sent; is an EventStoreDB running there, and are "
          "host, port and tls=false right?");
    CHECK(one.requests == 2);
    const auto three = refused(error(es::errc::not_sent, "nothing"), "esdb://a,b,c");
    CHECK(three.requests == 6);
    CHECK(three.error.message().find("tls=true right?") != std::string::npos);
    const auto lost = refused(error(es::errc::unknown_outcome, "no whole response came"));
    CHECK(lost.error == es::errc::unavailable);
    CHECK(lost.error.message().find("tls=false right?") != std::string::npos);
    CHECK(lost.requests == 2);
}

TEST_CASE("With a deadline opening waits for a server that is not there yet", "[waits]") {
    const auto until = [](std::chrono::milliseconds time) {
        return refused(error(es::errc::not_sent, "nothing"), "esdb://db",
                       es::CallOptions::within(time));
    };
    auto time = 100ms;
    auto never = until(time);
    while (never.requests <= 2 && time < 1min) // on a busy machine a request takes long
        never = until(time *= 2);
    CHECK(never.requests > 2); // more than without a deadline
    CHECK(never.error.message().find("tls=true right?") != std::string::npos);

    const Client late([count = 0](const Sent&) mutable -> Response {
        return ++count < 5 ? error(es::errc::not_sent, "nothing")
                           : answer(200, {}, R"({"esVersion":"4.1.5.0","state":"master"})");
    });
    CHECK(es::BasicEventStoreDb<Client>::open(*es::parse_connection_string("esdb://db"), late,
                                              es::CallOptions::within(10min)));
}

TEST_CASE("A server that is not an EventStoreDB is told from one that can't be used now",
          "[waits]") {
    const auto message = [](const es::HttpResponse& response, es::errc kind) {
        const auto opened = refused(response);
        CHECK(opened.error == kind);
        CHECK(opened.requests == 1);
        return opened.error.message();
    };
    const std::string look = "; is an EventStoreDB running there, and are host, port and tls=false "
                             "right?";
    CHECK(message(answer(404, {}, "<html>", "Not Found"), es::errc::unavailable) ==
          "GET http://db:2113/info: answered 404, \"Not Found\"" + look);
    CHECK(message(answer(200, {}, "<html>"), es::errc::malformed) ==
          "GET http://db:2113/info: $: expected an object, got \"<\"" + look);
    for (const char* other : {"{}", R"({"app":{"name":"x"}})", R"({"esVersion":"a\nb"})",
                              R"({"dbVersion":""})", R"({"esVersion":null})"})
        CHECK(message(answer(200, {}, other), es::errc::malformed) ==
              "GET http://db:2113/info: $.esVersion: expected the version of an EventStoreDB" +
                  look);
    CHECK(message(answer(401), es::errc::denied) ==
          "GET http://db:2113/info: EventStoreDB at http://db:2113 answered 401; it asks for "
          "credentials: put user:password@ before the host");
    CHECK(message(answer(200, {}, R"({"dbVersion":"25.0.0","features":{"atomPub":false}})"),
                  es::errc::unsupported) ==
          "EventStoreDB 25.0.0 at http://db:2113: streams over HTTP (AtomPub) are off; start it "
          "with --enable-atom-pub-over-http, or set EVENTSTORE_ENABLE_ATOM_PUB_OVER_HTTP=true");

    const auto until = [](std::chrono::milliseconds time) {
        return refused(answer(503, {}, "Server Is Not Ready"), "esdb://db?tls=false",
                       es::CallOptions::within(time));
    };
    auto time = 5ms;
    auto busy = until(time);
    while (busy.error != es::errc::unavailable && time < 1min) // the machine was busy, too
        busy = until(time *= 2);
    CHECK(busy.error == es::errc::unavailable);
    CHECK(busy.error.message() == "EventStoreDB at http://db:2113 answered 503, \"Server Is Not "
                                  "Ready\"; it is starting or overloaded, try again later");

    const auto untrusted = refused(error(es::errc::denied, "not trusted: self-signed"));
    CHECK(untrusted.requests == 1);
    CHECK(untrusted.error.message() ==
          "not trusted: self-signed; is its authority in tlsCaFile, and the host the one that the "
          "certificate names?");
    CHECK(refused(error(es::errc::invalid, "no such file")).error.message() == "no such file");
    CHECK(refused(error(es::errc::cancelled, "stopped")).error.message() == "stopped");
}
