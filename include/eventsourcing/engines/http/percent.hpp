// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_HTTP_PERCENT_HPP
#define EVENTSOURCING_ENGINES_HTTP_PERCENT_HPP

#include <eventsourcing/cloudevents/percent.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// Whether a URL may hold this character as it is, wherever it stands (RFC 3986, unreserved).
constexpr bool is_unreserved(char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

/// Appends `text` as one part of a URL: all but the unreserved characters as `%C3`.
inline void append_percent_encoded(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (is_unreserved(c))
            out += c;
        else
            append_encoded_byte(out, c);
    }
}

} // namespace eventsourcing::detail

#endif
