// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/curl.hpp>

#include "catch.hpp"
#include "engines/http/loopback_server.hpp"

#include <eventsourcing/testing/fixed_environment.hpp>

#include <atomic>
#include <chrono>
#include <latch>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using loopback::Reply;
using loopback::Request;
using loopback::Server;

static_assert(es::HttpClient<es::CurlClient>);

Reply ok(std::string_view body = {}) {
    return {loopback::response("200 OK", {}, body)};
}

/// Sleeps, but not longer than the server lives.
void idle(std::chrono::milliseconds time, const std::stop_token& stop) {
    for (const auto end = Clock::now() + time; Clock::now() < end && !stop.stop_requested();)
        std::this_thread::sleep_for(2ms);
}

} // namespace

TEST_CASE("A request arrives as it was made, and its response comes back as it was sent") {
    std::string seen;
    const Server server([&](const Request& request, const std::stop_token&) {
        seen = request.method + " " + request.target + "\n";
        for (const auto& [name, value] : request.headers)
            seen += name + ": " + value + "\n";
        seen += request.body;
        return Reply{loopback::response("400 Wrong expected EventNumber",
                                        {{"ES-CurrentVersion", "3"}, {"Empty", ""}}, "why")};
    });
    const es::CurlClient client;
    const std::string host = "Host: 127.0.0.1:" + std::to_string(server.port()) + "\n";
    const es::MessageHeader headers[] = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
    const auto response = client.send({.method = "POST",
                                       .url = server.url("/streams/a%20b?embed=body"),
                                       .headers = headers,
                                       .body = "[1]"});
    REQUIRE(response);
    CHECK(response->status == 400);
    CHECK(response->reason == "Wrong expected EventNumber");
    CHECK(response->body == "why");
    REQUIRE(response->header("es-currentversion"));
    CHECK(*response->header("es-currentversion") == "3");
    CHECK(seen == "POST /streams/a%20b?embed=body\n" + host +
                      "Content-Type: application/json\nX-Empty: \nContent-Length: 3\n[1]");

    for (const char* method : {"GET", "DELETE", "OPTIONS"}) {
        REQUIRE(client.send({.method = method, .url = server.url("/x")}));
        CHECK(seen == std::string(method) + " /x\n" + host);
    }
    REQUIRE(client.send({.method = "POST", .url = server.url("/x")}));
    CHECK(seen == "POST /x\n" + host + "Content-Length: 0\n");
}

TEST_CASE("A response without a reason phrase, and one after an interim response, are read") {
    int count = 0;
    const Server server([&](const Request&, const std::stop_token&) {
        return Reply{++count == 1
                         ? "HTTP/1.1 201\r\nContent-Length: 0\r\n\r\n"
                         : "HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 204 No\r\nC: d\r\n\r\n"};
    });
    const es::CurlClient client;
    const auto bare = client.send({.url = server.url()});
    REQUIRE(bare);
    CHECK(bare->status == 201);
    CHECK(bare->reason.empty());
    const auto behind = client.send({.url = server.url()});
    REQUIRE(behind);
    CHECK(behind->status == 204);
    CHECK_FALSE(behind->header("A"));
    CHECK(behind->header("C"));
}

TEST_CASE("A connection is kept for the next request, and made again once it is closed") {
    std::atomic<int> count{0};
    const Server server([&](const Request& request, const std::stop_token&) {
        ++count;
        auto reply = ok();
        reply.close = request.target == "/close"; // without saying so
        return reply;
    });
    const es::CurlClient client;
    const auto copy = client;
    for (int i = 0; i < 5; ++i)
        REQUIRE(copy.send({.url = server.url("/a")}));
    CHECK(server.accepted() == 1);
    for (int i = 0; i < 5; ++i)
        REQUIRE(client.send({.method = "POST", .url = server.url("/close"), .body = "x"}));
    CHECK(count == 10);
    CHECK(server.accepted() == 5);
}

TEST_CASE("Callers at once have a connection each, and no more", "[waits]") {
    constexpr int callers = 4;
    std::latch together(callers);
    const Server server([&](const Request& request, const std::stop_token&) {
        if (request.target == "/together")
            together.arrive_and_wait();
        return ok();
    });
    const es::CurlClient client;
    std::atomic<int> good{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < callers; ++i)
            threads.emplace_back([&] {
                good += client.send({.url = server.url("/together")}) ? 1 : 0;
                for (int n = 0; n < 20; ++n)
                    good += client.send({.url = server.url("/alone")}) ? 1 : 0;
            });
    }
    CHECK(good == callers * 21);
    CHECK(server.accepted() == callers);
}

TEST_CASE("A redirect is an answer, and is not followed") {
    std::atomic<int> count{0};
    const Server server([&](const Request&, const std::stop_token&) {
        ++count;
        return Reply{loopback::response("307 Temporary Redirect", {{"Location", "/elsewhere"}})};
    });
    const auto response = es::CurlClient().send({.url = server.url()});
    REQUIRE(response);
    CHECK(response->status == 307);
    CHECK(*response->header("Location") == "/elsewhere");
    CHECK(count == 1);
}

TEST_CASE("Without a connection nothing was sent") {
    const loopback::TakenPort nobody;
    const auto response =
        es::CurlClient().send({.url = "http://127.0.0.1:" + std::to_string(nobody.port()) + "/x"});
    REQUIRE_FALSE(response);
    CHECK(response.error() == es::errc::not_sent);
    CHECK(response.error().outcome() == es::Outcome::not_done);
    CHECK(response.error().message().find("GET http://127.0.0.1:") == 0);
    CHECK(response.error().message().find("nothing was sent") != std::string::npos);

    const auto unknown = es::CurlClient().send({.url = "http://no-such-host.invalid/"});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == es::errc::not_sent);
}

TEST_CASE("A connection that is lost once the request was sent leaves the outcome unknown") {
    const char* const bytes = GENERATE("", "HTTP/1.1 201 Cre", "HTTP/1.1 201 Created\r\nContent-",
                                       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    const Server server([&](const Request&, const std::stop_token&) { return Reply{bytes, true}; });
    const auto response =
        es::CurlClient().send({.method = "POST", .url = server.url("/x"), .body = "y"});
    CAPTURE(bytes);
    REQUIRE_FALSE(response);
    CHECK(response.error() == es::errc::unknown_outcome);
    CHECK(response.error().outcome() == es::Outcome::unknown);
    CHECK(response.error().message().find("no whole response came") != std::string::npos);
}

TEST_CASE("A request that the client sends again by itself says so") {
    std::atomic<int> count{0};
    const Server server([&](const Request& request, const std::stop_token&) {
        const bool lose = request.target == "/lose" && ++count == 1;
        return lose ? Reply{{}, true} : ok();
    });
    const es::CurlClient client;
    const auto kept = client.send({.url = server.url("/a")});
    REQUIRE(kept);
    CHECK_FALSE(kept->sent_again);
    const auto again = client.send({.method = "POST", .url = server.url("/lose"), .body = "x"});
    REQUIRE(again);
    CHECK(count == 2);
    CHECK(again->sent_again);
    CHECK_FALSE(client.send({.url = server.url("/a")})->sent_again);
}

TEST_CASE("What was sent on a kept connection is not said to be unsent once the server is gone") {
    const es::CurlClient client;
    std::atomic<int> count{0};
    const auto lost = [&] {
        std::atomic<const Server*> self{nullptr};
        const Server server([&](const Request& request, const std::stop_token&) {
            if (request.target != "/lose")
                return ok();
            ++count;
            self.load()->refuse();
            return Reply{{}, true};
        });
        self = &server;
        REQUIRE(client.send({.url = server.url("/a")}));
        return client.send({.method = "POST", .url = server.url("/lose"), .body = "x"});
    }();
    REQUIRE_FALSE(lost);
    INFO(lost.error().message());
    CHECK(count == 1);
    CHECK(lost.error() == es::errc::unknown_outcome);

    // and the other way round: what went well before does not count
    const auto port = [&] {
        const Server server([](const Request&, const std::stop_token&) { return ok(); });
        REQUIRE(client.send({.url = server.url("/a")}));
        return server.port();
    }();
    const auto unsent = client.send({.url = "http://127.0.0.1:" + std::to_string(port) + "/a"});
    REQUIRE_FALSE(unsent);
    INFO(unsent.error().message());
    CHECK(unsent.error() == es::errc::not_sent);
}

TEST_CASE("A deadline ends the wait for a response, whose outcome is then unknown", "[waits]") {
    const Server server([](const Request&, const std::stop_token& stop) {
        idle(1h, stop); // until the server ends
        return ok();
    });
    const es::CurlClient client;
    const bool own = GENERATE(true, false);
    auto time = 50ms;
    for (;; time *= 2) {
        const auto begin = Clock::now();
        const auto late = own ? client.send({.url = server.url(), .deadline = begin + time})
                              : es::CurlClient({.timeout = time}).send({.url = server.url()});
        REQUIRE_FALSE(late);
        CHECK(Clock::now() - begin >= time);
        if (late.error() == es::errc::timed_out && time < 1min)
            continue; // the machine was too busy to send it
        CHECK(late.error() == es::errc::unknown_outcome);
        break;
    }
    const auto before = client.send({.url = server.url(), .deadline = Clock::now()});
    REQUIRE_FALSE(before);
    CHECK(before.error() == es::errc::timed_out);
}

TEST_CASE("A clock that passes the deadline ends the wait for a response", "[waits]") {
    es::FixedEnvironment fixed;
    const bool own = GENERATE(true, false);
    const Server server([&fixed](const Request&, const std::stop_token& stop) {
        fixed.advance(59min); // the request is here
        fixed.advance(1min);
        idle(1h, stop);
        return ok();
    });
    const es::CurlClient client({.timeout = 1h, .environment = fixed});
    const auto deadline = es::Environment(fixed).steady_now() + 1h;
    const auto late = own ? client.send({.url = server.url(), .deadline = deadline})
                          : client.send({.url = server.url()});
    REQUIRE_FALSE(late);
    CHECK(late.error() == es::errc::unknown_outcome);
    const auto after = client.send({.url = server.url(), .deadline = deadline});
    REQUIRE_FALSE(after);
    CHECK(after.error() == es::errc::timed_out);
}

TEST_CASE("A stop ends the wait for a response at once", "[waits]") {
    std::stop_source stopper;
    const Server server([&stopper](const Request&, const std::stop_token& stop) {
        stopper.request_stop(); // the request is here
        idle(1h, stop);
        return ok();
    });
    const es::CurlClient client;
    const auto stopped = client.send({.url = server.url(), .stop = stopper.get_token()});
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error() == es::errc::unknown_outcome);
    const auto before = client.send({.url = server.url(), .stop = stopper.get_token()});
    REQUIRE_FALSE(before);
    CHECK(before.error() == es::errc::cancelled);
}

TEST_CASE("A response that is too large is cut off, and the client goes on") {
    const Server server([](const Request& request, const std::stop_token&) {
        return ok(std::string(request.target == "/large" ? 1001 : 1000, 'x'));
    });
    const es::CurlClient client({.max_response_size = 1000});
    const auto large = client.send({.url = server.url("/large")});
    REQUIRE_FALSE(large);
    CHECK(large.error() == es::errc::too_large);
    CHECK(large.error().outcome() == es::Outcome::unknown);
    const auto good = client.send({.url = server.url("/small")});
    REQUIRE(good);
    CHECK(good->body.size() == 1000);
}

TEST_CASE("A deadline that never comes is none", "[waits]") {
    const Server server([](const Request& request, const std::stop_token& stop) {
        idle(request.target == "/never" ? 1h : 60ms, stop);
        return ok();
    });
    const es::CurlClient client;
    CHECK_FALSE(client.send({.url = server.url("/never"), .deadline = Clock::now() + 20ms}));
    CHECK(client.send({.url = server.url("/slow"), .deadline = Clock::time_point::max()}));
}

TEST_CASE("A request that could be taken for two is never sent") {
    std::atomic<int> count{0};
    const Server server([&](const Request&, const std::stop_token&) {
        ++count;
        return ok();
    });
    const es::MessageHeader header{"ES-EventType", "a\r\nAuthorization: Basic x"};
    const auto response = es::CurlClient().send({.url = server.url(), .headers = {&header, 1}});
    REQUIRE_FALSE(response);
    CHECK(response.error() == es::errc::invalid);
    CHECK(count == 0);
    for (const char* url : {"file:///etc/passwd", "http://[::1::2]/", "http://[:]/", "http:///"})
        CHECK(es::CurlClient().send({.url = url}).error() == es::errc::invalid);
}
