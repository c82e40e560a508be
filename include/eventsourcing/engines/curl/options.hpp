// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_CURL_OPTIONS_HPP
#define EVENTSOURCING_ENGINES_CURL_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace eventsourcing {

struct CurlOptions {
    /// Whether a server's certificate must be good, for its name, over https. Without, anybody may
    /// answer in its place.
    bool tls_verify = true;
    /// The certificates that are trusted, a PEM file, instead of those of the system.
    std::string ca_file{};
    /// Who this client is, by a certificate, in PEM files: both or none.
    std::string cert_file{};
    std::string key_file{};
    /// How long making a connection may take, within the deadline of the request.
    std::chrono::milliseconds connect_timeout{5'000};
    /// How long a request without a deadline may take.
    std::chrono::milliseconds timeout{60'000};
    /// The largest body of a response, in bytes; a larger one is `errc::too_large`.
    std::size_t max_response_size = 256 * 1024 * 1024;
    /// Where requests go through, as `http://proxy:3128`; nothing means straight to the server,
    /// whatever the environment says.
    std::string proxy{};
};

} // namespace eventsourcing

#endif
