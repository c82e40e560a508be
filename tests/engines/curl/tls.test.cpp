// SPDX-License-Identifier: MIT
// TLS, against a server that the openssl program makes; skipped where there is none.
#include "catch.hpp"
#include "engines/http/loopback_server.hpp"

#include <eventsourcing/engines/eventstoredb.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;

/// A server whose certificate an authority of its own has signed, for localhost.
class TlsServer {
public:
    TlsServer() {
        std::filesystem::create_directories(folder_);
        const std::string quiet = " >/dev/null 2>&1";
        const auto in = [this](const char* file) { return (folder_ / file).string(); };
        made_ = std::system(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority"
                             " -keyout " +
                             in("ca.key") + " -out " + ca_file() + quiet)
                                .c_str()) == 0 &&
                std::system(("openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout " +
                             in("key.pem") + " -out " + in("request.pem") + quiet)
                                .c_str()) == 0 &&
                std::system(("printf 'subjectAltName=DNS:localhost' >" + in("names") +
                             "; openssl x509 -req -days 2 -in " + in("request.pem") + " -CA " +
                             ca_file() + " -CAkey " + in("ca.key") + " -CAcreateserial -extfile " +
                             in("names") + " -out " + in("cert.pem") + quiet)
                                .c_str()) == 0;
        if (!made_)
            return;
        port_ = loopback::ListeningSocket().port();
        const std::string port = std::to_string(port_);
        const std::string key = in("key.pem");
        const std::string certificate = in("cert.pem");
        process_ = ::fork();
        if (process_ == 0) {
            ::close(STDIN_FILENO);
            ::close(STDOUT_FILENO);
            ::close(STDERR_FILENO);
            ::execlp("openssl", "openssl", "s_server", "-accept", port.c_str(), "-key", key.c_str(),
                     "-cert", certificate.c_str(), "-www", "-quiet", nullptr);
            std::_Exit(1);
        }
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] bool made() const { return made_; }
    [[nodiscard]] std::string ca_file() const { return (folder_ / "ca.pem").string(); }
    [[nodiscard]] std::string url(const char* host) const {
        return "https://" + std::string(host) + ":" + std::to_string(port_) + "/";
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("eventsourcing-tls-" + std::to_string(getpid()));
    bool made_ = false;
    std::uint16_t port_ = 0;
    pid_t process_ = -1;
};

} // namespace

TEST_CASE("Certificates are verified, by those of the system or by a file of one's own") {
    const TlsServer server;
    if (!server.made()) {
        WARN("there is no openssl program to make a server with");
        return;
    }
    const es::CurlClient own({.ca_file = server.ca_file()});
    es::Result<es::HttpResponse> answer = es::errc::internal;
    for (int i = 0; i < 200 && !answer; ++i) { // until it has started
        answer = own.send({.url = server.url("localhost")});
        if (!answer)
            std::this_thread::sleep_for(20ms);
    }
    INFO((answer ? std::string() : answer.error().message()));
    REQUIRE(answer);
    CHECK(answer->status == 200);

    const auto refused = [&](const es::CurlClient& client, const char* host) {
        const auto response = client.send({.url = server.url(host)});
        REQUIRE_FALSE(response);
        INFO(response.error().message());
        CHECK(response.error() == es::errc::denied);
        CHECK(response.error().outcome() == es::Outcome::not_done);
        CHECK(response.error().message().find("certificate is not trusted") != std::string::npos);
    };
    refused(es::CurlClient(), "localhost");
    refused(own, "127.0.0.1"); // a name that the certificate is not for
    CHECK(es::CurlClient({.tls_verify = false}).send({.url = server.url("127.0.0.1")}));
    const auto missing =
        es::CurlClient({.ca_file = "/no/such/file"}).send({.url = server.url("localhost")});
    REQUIRE_FALSE(missing);
    CHECK(missing.error() == es::errc::invalid);

    const auto by_default =
        es::EventStoreDb::open("esdb://admin:SECRET@localhost:" + std::to_string(server.port()),
                               es::CallOptions::within(1s));
    REQUIRE_FALSE(by_default);
    INFO(by_default.error().message());
    CHECK(by_default.error() == es::errc::denied); // at once: trying again would not help
    CHECK(by_default.error().message().find("certificate is not trusted") != std::string::npos);
    CHECK(by_default.error().message().find("SECRET") == std::string::npos);
}
