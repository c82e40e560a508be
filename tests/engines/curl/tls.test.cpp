// SPDX-License-Identifier: MIT
// TLS, against a server that the openssl program makes; skipped where there is none.
#include "catch.hpp"
#include "engines/curl/tls_process.hpp"

#include <eventsourcing/engines/eventstoredb.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;

} // namespace

TEST_CASE("Certificates are verified, by those of the system or by a file of one's own",
          "[waits]") {
    const tls_tests::Certificates files;
    if (!files.made()) {
        WARN("there is no openssl program to make a server with");
        return;
    }
    const auto port = tls_tests::free_port();
    tls_tests::Process server({"openssl", "s_server", "-accept", std::to_string(port), "-key",
                               files.key_file(), "-cert", files.certificate_file(), "-www",
                               "-quiet"});
    const auto url = [&](const char* host) {
        return "https://" + std::string(host) + ":" + std::to_string(port) + "/";
    };
    // A handshake takes as long as the server needs for its part.
    const auto client = [](es::CurlOptions options) {
        options.connect_timeout = options.timeout = 1h;
        return es::CurlClient(std::move(options));
    };
    const es::CurlClient own = client({.ca_file = files.ca_file()});
    es::Result<es::HttpResponse> answer = es::errc::internal;
    while (!answer && !server.ended()) { // until it has started
        answer = own.send({.url = url("localhost")});
        if (!answer)
            std::this_thread::sleep_for(20ms);
    }
    INFO((answer ? std::string() : answer.error().message()));
    REQUIRE(answer);
    CHECK(answer->status == 200);

    const auto refused = [&](const es::CurlClient& by, const char* host) {
        const auto response = by.send({.url = url(host)});
        REQUIRE_FALSE(response);
        INFO(response.error().message());
        CHECK(response.error() == es::errc::denied);
        CHECK(response.error().outcome() == es::Outcome::not_done);
        CHECK(response.error().message().find("certificate is not trusted") != std::string::npos);
    };
    refused(client({}), "localhost");
    refused(own, "127.0.0.1"); // a name that the certificate is not for
    CHECK(client({.tls_verify = false}).send({.url = url("127.0.0.1")}));
    const auto missing = client({.ca_file = "/no/such/file"}).send({.url = url("localhost")});
    REQUIRE_FALSE(missing);
    CHECK(missing.error() == es::errc::invalid);

    const auto by_default = es::EventStoreDb::open(
        "esdb://admin:SECRET@localhost:" + std::to_string(port), es::CallOptions::within(1h));
    REQUIRE_FALSE(by_default);
    INFO(by_default.error().message());
    CHECK(by_default.error() == es::errc::denied); // at once: trying again would not help
    CHECK(by_default.error().message().find("certificate is not trusted") != std::string::npos);
    CHECK(by_default.error().message().find("SECRET") == std::string::npos);
}
