// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/curl.hpp>
#include <eventsourcing/engines/eventstoredb/basic_store.hpp>
#include <eventsourcing/engines/eventstoredb/connection_string.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// An event store in an EventStoreDB or KurrentDB, 3.x to 26.x, over HTTP with libcurl.
///
/// `BasicEventStoreDb` says what it promises.
class EventStoreDb : public BasicEventStoreDb<CurlClient> {
public:
    static constexpr std::string_view url_scheme = "esdb";

    /// By a connection string, `esdb://user:password@host:2113?tls=false`; see
    /// `parse_connection_string`, and for the errors of opening `BasicEventStoreDb::open`.
    [[nodiscard]] static Result<EventStoreDb> open(std::string_view connection_string,
                                                   const CallOptions& call = {}) {
        auto options = parse_connection_string(connection_string);
        if (!options)
            return std::move(options).error();
        return open(*options, call);
    }
    [[nodiscard]] static Result<EventStoreDb> open(const EventStoreDbOptions& options,
                                                   const CallOptions& call = {}) {
        CurlClient client({.tls_verify = options.tls_verify,
                           .ca_file = options.tls_ca_file,
                           .cert_file = options.user_cert_file,
                           .key_file = options.user_key_file,
                           .environment = options.environment});
        auto store = BasicEventStoreDb::open(options, std::move(client), call);
        if (!store)
            return std::move(store).error();
        return EventStoreDb(*std::move(store));
    }
    /// For `open_store("esdb://host")`.
    [[nodiscard]] static Result<EventStoreDb> open_url(std::string_view rest,
                                                       const Environment& environment = {}) {
        auto options = parse_connection_string(std::string(url_scheme) + ":" + std::string(rest));
        if (!options)
            return std::move(options).error();
        options->environment = environment;
        return open(*options);
    }

private:
    explicit EventStoreDb(BasicEventStoreDb store) : BasicEventStoreDb(std::move(store)) {}
};

} // namespace eventsourcing

#endif
