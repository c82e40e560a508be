// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_CURL_OPTIONS_HPP
#define EVENTSOURCING_ENGINES_CURL_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace eventsourcing {

struct CurlOptions {
    /// Whether the server's certificate is verified, with its name, over https. Without that any
    /// machine can pose as the server.
    bool tls_verify = true;
    /// The trusted certificates, a PEM file, instead of those of the system.
    std::string ca_file{};
    /// The client's certificate and key, in PEM files: both or none.
    std::string cert_file{};
    std::string key_file{};
    /// How long making a connection may take, within the deadline of the request.
    std::chrono::milliseconds connect_timeout{5'000};
    /// How long a request without a deadline may take.
    std::chrono::milliseconds timeout{60'000};
    /// The largest body of a response, in bytes; a larger one is `errc::too_large`.
    std::size_t max_response_size = 256 * 1024 * 1024;
    /// A proxy, as `http://proxy:3128`; empty for none, whatever the environment says.
    std::string proxy{};
    /// Deadlines are instants of its clock. Making a connection is limited by the system's time.
    Environment environment{};
};

} // namespace eventsourcing

#endif
