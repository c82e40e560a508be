// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_HTTP_MESSAGE_HPP
#define EVENTSOURCING_ENGINES_HTTP_MESSAGE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/message_header.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing {

/// A request on its way to a client. The views belong to the caller.
struct HttpRequest {
    std::string_view method = "GET";
    /// With scheme and host; `http:` or `https:`, and without user and password.
    std::string_view url{};
    /// All that is sent besides `Host` and `Content-Length`.
    std::span<const MessageHeader> headers{};
    std::string_view body{};
    /// An instant of the clock of the client's environment. Empty: its own limit, if it has one.
    std::optional<std::chrono::steady_clock::time_point> deadline{};
    std::stop_token stop{};
};

struct HttpResponse {
    int status = 0;
    /// The text after the status; empty over HTTP/2.
    std::string reason{};
    std::vector<MessageHeader> headers{};
    std::string body{};
    /// Whether the client sent the request a second time by itself, so that the server may have
    /// handled it twice.
    bool sent_again = false;

    /// The value of the first header of this name, in any case; null if there is none. Valid as
    /// long as this response.
    [[nodiscard]] const std::string* header(std::string_view name) const {
        const auto same = [](char a, char b) { return detail::to_lower(a) == detail::to_lower(b); };
        for (const MessageHeader& header : headers)
            if (std::equal(header.name.begin(), header.name.end(), name.begin(), name.end(), same))
                return &header.value;
        return nullptr;
    }
};

namespace detail {

/// Whether it is a token of RFC 9110: what a method and the name of a header are.
constexpr bool is_http_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > 0x20 && c < 0x7F &&
               std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    });
}

constexpr bool is_http_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
}

} // namespace detail

/// Checks that no part of a request can be taken for another one; every client does so before it
/// sends. `errc::invalid` names the part, without the value of a header, which may be secret.
inline Result<void> check_http_request(const HttpRequest& request) {
    if (!detail::is_http_token(request.method))
        return Error(errc::invalid, "HTTP method " + detail::in_quotes(request.method) +
                                        ": expected letters without blanks");
    const bool good = std::all_of(request.url.begin(), request.url.end(),
                                  [](char c) { return c > 0x20 && c < 0x7F; });
    if (!good || !(request.url.starts_with("http://") || request.url.starts_with("https://")))
        return Error(errc::invalid, "URL " + detail::in_quotes(request.url) +
                                        ": expected http:// or https:// and printable ASCII "
                                        "without blanks");
    for (const MessageHeader& header : request.headers) {
        if (!detail::is_http_token(header.name))
            return Error(errc::invalid, "HTTP header " + detail::in_quotes(header.name) +
                                            ": expected a name without blanks and separators");
        if (!detail::is_http_value(header.value))
            return Error(errc::invalid, "HTTP header " + std::string(header.name) +
                                            ": expected a value without line breaks and other "
                                            "control characters");
    }
    return {};
}

} // namespace eventsourcing

#endif
