// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_OPTIONS_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace eventsourcing {

/// One node of an EventStoreDB.
struct EventStoreDbHost {
    /// A name, an IPv4 address, or an IPv6 address in brackets.
    std::string name;
    std::uint16_t port = 2113;

    bool operator==(const EventStoreDbHost&) const = default;
};

/// The user. Appears in no error and no log.
struct EventStoreDbCredentials {
    std::string user;
    std::string password;
};

/// Which node of a cluster serves reads. Appends go to the leader in any case.
enum class EventStoreDbNode : std::uint8_t {
    leader,   ///< reads see what was acknowledged before; followers send requests on to the leader
    follower, ///< any node; it may lag behind the leader
};

/// How to reach an EventStoreDB: what a connection string says.
struct EventStoreDbOptions {
    /// Where the nodes are, in the order in which they are tried. Requests, and the credentials
    /// with them, go to no other host.
    std::vector<EventStoreDbHost> hosts{};
    std::optional<EventStoreDbCredentials> credentials{};
    bool tls = true;
    /// Whether the server's certificate is verified. Without that any machine can pose as the
    /// server.
    bool tls_verify = true;
    /// The trusted certificates, a PEM file, instead of those of the system.
    std::string tls_ca_file{};
    /// The client's certificate and key, in PEM files: both or none.
    std::string user_cert_file{};
    std::string user_key_file{};
    /// The name of this client, which the server sees as its user agent.
    std::string connection_name{};
    EventStoreDbNode node = EventStoreDbNode::leader;
    /// How long a call without a deadline may take, with its retries.
    std::chrono::milliseconds default_deadline{30'000};
    /// After how long one request is given up, and tried again if that is safe. A server itself
    /// gives up after 10 seconds.
    std::chrono::milliseconds attempt_timeout{12'000};
    /// By its clock the store waits and measures, and deadlines are instants of it. The server's
    /// clock goes on by itself.
    Environment environment{};
};

} // namespace eventsourcing

#endif
