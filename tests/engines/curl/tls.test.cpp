// SPDX-License-Identifier: MIT
// TLS, against a server that the openssl program makes; skipped where there is none.
#include "catch.hpp"
#include "engines/curl/tls_process.hpp"

#include <eventsourcing/engines/eventstoredb.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;

/// How a server with such a certificate is started.
std::vector<std::string> s_server(const tls_tests::Certificates& files, std::uint16_t port) {
    return {"openssl", "s_server",       "-accept", std::to_string(port),
            "-key",    files.key_file(), "-cert",   files.certificate_file(),
            "-www",    "-quiet"};
}

} // namespace

TEST_CASE("Certificates are verified, by those of the system or by a file of one's own",
          "[waits]") {
    const tls_tests::Certificates files;
    if (!files.made()) {
        WARN("there is no openssl program to make a server with");
        return;
    }
    // A handshake takes as long as the server needs for its part.
    const auto client = [](es::CurlOptions options) {
        options.connect_timeout = options.timeout = 1h;
        return es::CurlClient(std::move(options));
    };
    const es::CurlClient own = client({.ca_file = files.ca_file()});
    es::Result<es::HttpResponse> answer = es::errc::internal;
    const tls_tests::Listener server(
        [&](std::uint16_t port) { return s_server(files, port); },
        [&](std::uint16_t port) { // only it has a certificate of this authority
            answer = own.send({.url = "https://localhost:" + std::to_string(port) + "/"});
            return answer.has_value();
        });
    const auto port = server.port();
    const auto url = [&](const char* host) {
        return "https://" + std::string(host) + ":" + std::to_string(port) + "/";
    };
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

TEST_CASE("A program that finds its port taken is started on another one", "[waits]") {
    const tls_tests::Certificates files;
    if (!files.made()) {
        WARN("there is no openssl program to make a server with");
        return;
    }
    const loopback::ListeningSocket other;
    const es::CurlClient own({.ca_file = files.ca_file(), .connect_timeout = 1h, .timeout = 1h});
    int starts = 0;
    const tls_tests::Listener server(
        [&](std::uint16_t port) { return s_server(files, ++starts == 1 ? other.port() : port); },
        [&](std::uint16_t port) {
            return own.send({.url = "https://localhost:" + std::to_string(port) + "/"}).has_value();
        });
    CHECK(server.is_there());
    CHECK(starts == 2);
}
