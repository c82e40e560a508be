// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_HTTP_CLIENT_HPP
#define EVENTSOURCING_ENGINES_HTTP_CLIENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/engines/http/message.hpp>

#include <concepts>

namespace eventsourcing {

namespace detail {

template <class C>
concept SendsHttp = requires(const C& client, const HttpRequest& request) {
    { client.send(request) } -> std::same_as<Result<HttpResponse>>;
};

} // namespace detail

/// Sends HTTP requests: what an engine that speaks HTTP needs. `CurlClient` is one; tests and
/// applications can have their own.
///
/// `send(request)` returns the response, whatever its status, without following redirects, or an
/// error that says what happened to the request:
/// * `not_sent`: nothing left this process (no connection, name unknown).
/// * `timed_out`, `cancelled`: the deadline or the stop came before anything was sent.
/// * `unknown_outcome`: it was sent, at least in part, and no complete response came. This is also
///   the error for a deadline or a stop that comes while the client waits for the response.
/// * `denied`: the server's certificate is not trusted; nothing was sent.
/// * `invalid`: it can't be sent (see `check_http_request`), or a certificate file can't be used.
///
/// The client may send a request again by itself if a kept connection is closed before a byte of
/// the response came; then the response says `sent_again`. Copies are handles to one client; `send`
/// may be called from several threads at once.
template <class C>
concept HttpClient =
    (std::copy_constructible<C> || unmet<"es: an HTTP client is a handle that can be copied">) &&
    (detail::SendsHttp<C> || unmet<"es: an HTTP client has send(const es::HttpRequest&) const -> "
                                   "es::Result<es::HttpResponse>">);

} // namespace eventsourcing

#endif
