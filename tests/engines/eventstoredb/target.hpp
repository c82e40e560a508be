// SPDX-License-Identifier: MIT
// The server that tests run against: the one that EVENTSOURCING_TEST_ESDB names by a connection
// string, or a fake one.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_TARGET_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_TARGET_HPP

#include "engines/eventstoredb/fake_server.hpp"
#include "engines/eventstoredb/scoped_store.hpp"

#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/engines/eventstoredb.hpp>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esdb_tests {

using Store = ScopedStore<es::EventStoreDb>;

inline std::string connection_string(const fake_esdb::Server& fake) {
    return "esdb://admin:changeit@127.0.0.1:" + std::to_string(fake.port()) + "?tls=false";
}

/// Opens a store whose calls have an hour: ctest ends tests that hang.
inline es::Result<es::EventStoreDb> open_patiently(const std::string& connection) {
    auto options = es::parse_connection_string(connection);
    if (!options)
        return std::move(options).error();
    options->attempt_timeout = options->default_deadline = std::chrono::hours(1);
    return es::EventStoreDb::open(*options);
}

/// Where a store ends now, without reading what others have left in it.
inline es::Result<std::optional<es::Position>> end_of(const std::string& connection) {
    namespace detail = es::detail::eventstoredb;
    auto options = es::parse_connection_string(connection);
    if (!options)
        return std::move(options).error();
    const es::CurlClient client({.tls_verify = options->tls_verify,
                                 .ca_file = options->tls_ca_file,
                                 .cert_file = options->user_cert_file,
                                 .key_file = options->user_key_file});
    const detail::Calls<es::CurlClient> calls(client, *options);
    const auto response =
        calls.get("/streams/%24all/head/backward/1", detail::feed_type, es::CallOptions{});
    if (!response)
        return response.error();
    const auto feed = detail::all_feed(calls, *response);
    if (!feed)
        return feed.error();
    return detail::next_position(*feed, std::nullopt);
}

/// Sends what this library would not, as another program may. The status, 0 without an answer.
inline int send_raw(const std::string& connection, std::string_view method, const std::string& path,
                    std::vector<es::MessageHeader> headers, std::string_view body = {}) {
    const auto options = es::parse_connection_string(connection);
    const es::CurlClient client({.tls_verify = options->tls_verify,
                                 .ca_file = options->tls_ca_file,
                                 .cert_file = options->user_cert_file,
                                 .key_file = options->user_key_file});
    const auto& host = options->hosts.front();
    const auto url = (options->tls ? "https://" : "http://") + host.name + ":" +
                     std::to_string(host.port) + path;
    if (options->credentials) {
        std::string basic = "Basic ";
        es::detail::encode_base64(options->credentials->user + ":" + options->credentials->password,
                                  basic);
        headers.push_back({"Authorization", basic});
    }
    const auto response =
        client.send({.method = method, .url = url, .headers = headers, .body = body});
    return response ? response->status : 0;
}

class Target {
public:
    Target() {
        if (const char* const named = std::getenv("EVENTSOURCING_TEST_ESDB"); named && *named)
            connection_ = named;
        else
            connection_ = connection_string(fake_.emplace());
    }

    [[nodiscard]] const std::string& connection() const { return connection_; }
    [[nodiscard]] bool is_fake() const { return fake_.has_value(); }

    /// A store that was never written to.
    [[nodiscard]] es::Result<Store> operator()() {
        auto store = open_patiently(connection_);
        if (!store)
            return std::move(store).error();
        auto end = end_of(connection_);
        if (!end)
            return std::move(end).error();
        last_.emplace(*std::move(store), Scope{.begin = *end});
        return *last_;
    }
    /// The last one once more, through other connections.
    [[nodiscard]] es::Result<Store> reopen() {
        auto store = open_patiently(connection_);
        if (!store)
            return std::move(store).error();
        last_->inside() = *std::move(store);
        return *last_;
    }

private:
    std::optional<fake_esdb::Server> fake_;
    std::string connection_;
    std::optional<Store> last_;
};

} // namespace esdb_tests

#endif
