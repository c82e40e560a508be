// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_ANSWER_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_ANSWER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/http/message.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace eventsourcing::detail::eventstoredb {

/// The meaning of a response, by its status and headers: reason phrases differ between versions,
/// and HTTP/2 has none.
enum class Answer : std::uint8_t {
    done,
    conflict,
    refused, ///< can never work: the request, or the user, is wrong
    denied,
    missing,   ///< no such stream, or the server has no streams over HTTP
    gone,      ///< deleted permanently
    too_large, ///< but it may have been written
    busy,      ///< not handled
    unknown,   ///< handled or not
};

inline std::optional<std::int64_t> header_number(const HttpResponse& response,
                                                 std::string_view name) {
    const auto* const text = response.header(name);
    if (!text)
        return std::nullopt;
    std::int64_t number = 0;
    const char* const end = text->data() + text->size();
    const auto [stop, code] = std::from_chars(text->data(), end, number);
    return code == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

/// The number of the last event, -1 for none, if the response has it.
inline std::optional<std::int64_t> current_version(const HttpResponse& response) {
    for (const char* const name : {"ES-CurrentVersion", "Kurrent-CurrentVersion"})
        if (const auto number = header_number(response, name); number && *number >= -1)
            return number;
    return std::nullopt;
}

/// The answer to a request for which `success` is the only status of success.
inline Answer answer_of(const HttpResponse& response, int success) {
    if (response.status == success)
        return Answer::done;
    switch (response.status) {
    case 400:
        return current_version(response) ? Answer::conflict : Answer::refused;
    case 401:
    case 403:
        return Answer::denied;
    case 404:
        return Answer::missing;
    case 408:
        return Answer::unknown;
    case 410:
        return Answer::gone;
    case 413:
        return Answer::too_large;
    case 429:
    case 503:
        return Answer::busy;
    default:
        return response.status >= 300 && response.status < 500 ? Answer::refused : Answer::unknown;
    }
}

/// Whether a 404 says that there is no such stream or event: text without text, or an empty object.
/// Any other 404 may come from a server without streams, or a proxy, that does not know the
/// address.
inline bool says_missing(const HttpResponse& response) {
    const auto* const type = response.header("Content-Type");
    return response.status == 404 && type && type->starts_with("text/plain") &&
           (response.body.empty() || response.body == "{}");
}

/// How long the server asks the client to wait, a minute at most.
inline std::chrono::milliseconds retry_after(const HttpResponse& response) {
    const auto seconds = header_number(response, "Retry-After").value_or(0);
    return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 60));
}

/// The server's answer, for a message: `400, "Write request body invalid."`
inline std::string said(const HttpResponse& response) {
    const bool has_text =
        !response.body.empty() && response.body.front() != '{' && response.body.front() != '<';
    const std::string_view words = has_text ? response.body : response.reason;
    return std::to_string(response.status) +
           (words.empty() ? "" : ", " + detail::in_quotes(words, 200));
}

} // namespace eventsourcing::detail::eventstoredb

#endif
