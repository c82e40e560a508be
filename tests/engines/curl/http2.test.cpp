// SPDX-License-Identifier: MIT
// An EventStoreDB over TLS and HTTP/2, as ALPN agrees on it: nghttpx in front of the fake server;
// skipped where there is no nghttpx.
#include "catch.hpp"
#include "engines/curl/tls_process.hpp"
#include "engines/eventstoredb/fake_server.hpp"
#include "engines/eventstoredb/scoped_store.hpp"
#include "laws/patient.hpp"

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/eventstoredb.hpp>
#include <eventsourcing/testing/store_laws.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using fake_esdb::Fault;

/// A fake server behind a proxy that speaks TLS and, with clients that offer it, HTTP/2.
class Http2 {
public:
    using Store = es::BasicEventStoreDb<es::CurlClient>;

    explicit Http2(fake_esdb::Options options = {}, bool knows_clients = false)
        : fake_(std::move(options)) {
        if (!files_.made())
            return;
        const auto arguments = [&](std::uint16_t port) {
            std::vector<std::string> all{program(),
                                         "--conf=/dev/null",
                                         "--single-process",
                                         "--workers=1",
                                         "--no-ocsp",
                                         "--frontend=127.0.0.1," + std::to_string(port),
                                         "--backend=127.0.0.1," + std::to_string(fake_.port()),
                                         "--accesslog-file=" + log_file(),
                                         "--accesslog-format=$alpn $request",
                                         "--errorlog-file=" + files_.file("errors")};
            if (knows_clients) {
                all.push_back("--verify-client");
                all.push_back("--verify-client-cacert=" + files_.ca_file());
            }
            all.push_back(files_.key_file());
            all.push_back(files_.certificate_file());
            return all;
        };
        const es::CurlClient own = client(); // only the proxy has a certificate of its authority
        proxy_.emplace(arguments, [&](std::uint16_t port) {
            return own.send({.url = "https://localhost:" + std::to_string(port) + "/"}).has_value();
        });
    }

    /// Whether both programs are installed.
    [[nodiscard]] bool installed() { return proxy_ && !proxy_->not_found(); }
    [[nodiscard]] bool is_there() const { return proxy_->is_there(); }
    [[nodiscard]] const tls_tests::Certificates& files() const { return files_; }
    [[nodiscard]] std::uint16_t port() const { return proxy_->port(); }
    /// One that it takes, and that waits for a handshake as long as that takes.
    [[nodiscard]] es::CurlClient client() const {
        return es::CurlClient({.ca_file = files_.ca_file(),
                               .cert_file = files_.certificate_file(),
                               .key_file = files_.key_file(),
                               .connect_timeout = 1h,
                               .timeout = 1h});
    }
    [[nodiscard]] es::Result<Store> open() const {
        auto options = *es::parse_connection_string(connection());
        options.attempt_timeout = options.default_deadline = 1h;
        return Store::open(options, client());
    }
    /// For `es::EventStoreDb::open`.
    [[nodiscard]] std::string connection() const {
        std::string ca;
        es::detail::append_percent_encoded(ca, files_.ca_file());
        return "esdb://admin:changeit@localhost:" + std::to_string(port()) + "?tlsCaFile=" + ca;
    }
    /// The protocol and the request of each, a line each.
    [[nodiscard]] std::vector<std::string> log() const {
        std::ifstream file(log_file());
        std::vector<std::string> lines;
        for (std::string line; std::getline(file, line);)
            lines.push_back(line);
        return lines;
    }

private:
    /// Debian has it where only root looks.
    static std::string program() {
        const std::string there = "/usr/sbin/nghttpx";
        return std::filesystem::exists(there) ? there : "nghttpx";
    }
    [[nodiscard]] std::string log_file() const { return files_.file("log"); }

    tls_tests::Certificates files_;
    fake_esdb::Server fake_;
    std::optional<tls_tests::Listener> proxy_;
};

#define SKIP_WITHOUT(server)                                                                       \
    if (!(server).installed()) {                                                                   \
        WARN("there is no nghttpx program (Debian: nghttp2-proxy) or no openssl program");         \
        return;                                                                                    \
    }                                                                                              \
    REQUIRE((server).is_there());

constexpr auto no_stream = es::ExpectedRevision::no_stream();

es::NewEvent event() {
    return {.id = es::Environment{}.new_id(),
            .type = "test.happened",
            .version = "1.0",
            .content_type = "application/json",
            .data = R"({"n":1})",
            .metadata = {},
            .recorded_at = es::Timestamp::from_unix(1'767'225'600),
            .tags = {}};
}

} // namespace

TEST_CASE("Over TLS an EventStoreDB is spoken to in HTTP/2, its certificate verified",
          "[eventstoredb-fake][waits]") {
    std::atomic<int> posts{0};
    Http2 server({.authentication = true, .fault = [&](const fake_esdb::Request& request) {
                      return request.method == "POST" && ++posts == 3 ? Fault::lost_after
                                                                      : Fault::none;
                  }});
    SKIP_WITHOUT(server)
    auto store = server.open();
    INFO((store ? std::string() : store.error().message()));
    REQUIRE(store);
    const es::NewEvent events[] = {event(), event(), event()};
    const auto append = [&](es::ExpectedRevision expected, std::size_t which) {
        return store->append("test-h2", expected, es::EventBatch({&events[which], 1}));
    };
    REQUIRE(append(no_stream, 0));
    const auto conflict = append(no_stream, 1); // the version is in es-currentversion there
    REQUIRE_FALSE(conflict);
    CHECK(conflict.error() == es::errc::conflict);
    REQUIRE(conflict.error().conflict());
    CHECK(conflict.error().conflict()->actual == es::Revision(0));
    CHECK(append(es::ExpectedRevision::exactly(es::Revision(0)), 2)); // lost, and sent again
    const auto page = store->read_stream("test-h2");
    REQUIRE(page);
    REQUIRE(page->records().size() == 2);
    CHECK(page->records()[1].id == events[2].id);
    CHECK(store->read_stream("test-none")->empty());

    const auto log = server.log();
    CHECK(log.size() >= 6);
    for (const auto& line : log) {
        INFO(line);
        CHECK(line.starts_with("h2 "));
        CHECK(line.ends_with(" HTTP/2"));
    }

    const auto unknown =
        es::EventStoreDb::open("esdb://localhost:" + std::to_string(server.port()));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == es::errc::denied);
    CHECK(unknown.error().message().find("tlsCaFile") != std::string::npos);
}

TEST_CASE("An EventStoreDB over HTTP/2 keeps the laws", "[eventstoredb-fake][waits]") {
    Http2 server({.authentication = true});
    SKIP_WITHOUT(server)
    using Store = esdb_tests::ScopedStore<Http2::Store>;
    const auto make = [&]() -> es::Result<Store> {
        auto store = server.open();
        if (!store)
            return std::move(store).error();
        return esdb_tests::scoped(*std::move(store));
    };
    const auto report = es::check_store_laws(make, law_tests::patient);
    CHECK(report.count(es::LawVerdict::broken) == 0);
    CHECK(report.count(es::LawVerdict::held) > 10);
    for (const auto& line : server.log())
        if (!line.starts_with("h2 "))
            FAIL(line);
}

TEST_CASE("A server that wants to know its clients is shown a certificate",
          "[eventstoredb-fake][waits]") {
    Http2 server({}, true);
    SKIP_WITHOUT(server)
    CHECK_FALSE(es::EventStoreDb::open(server.connection()));
    auto options = *es::parse_connection_string(server.connection());
    options.user_cert_file = server.files().certificate_file();
    options.user_key_file = server.files().key_file();
    const auto store = es::EventStoreDb::open(options);
    INFO((store ? std::string() : store.error().message()));
    CHECK(store);
    options.user_key_file = "/no/such/file";
    const auto missing = es::EventStoreDb::open(options);
    REQUIRE_FALSE(missing);
    CHECK(missing.error() == es::errc::invalid);
}
