// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_HEADER_VALUE_HPP
#define EVENTSOURCING_CLOUDEVENTS_HEADER_VALUE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/attribute_text.hpp>
#include <eventsourcing/cloudevents/media_type.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

// Attributes as values of headers, in HTTP ("HTTP Protocol Binding", 3.1.3.2) and in NATS.

namespace eventsourcing::detail {

/// Percent-encodes blanks, `"`, `%`, and all that is not printable ASCII.
inline std::string encode_header_value(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c > ' ' && c <= '~' && c != '"' && c != '%')
            out += c;
        else
            append_encoded_byte(out, c);
    }
    return out;
}

/// Removes double quotes and their escapes (RFC 7230, 3.2.6); other values stay as they are. False
/// if the quotes are not closed, or something follows them.
inline bool unquote(std::string_view value, std::string& out) {
    if (!value.starts_with('"')) {
        out = value;
        return true;
    }
    for (std::size_t i = 1; i < value.size(); ++i) {
        if (value[i] == '"')
            return i + 1 == value.size();
        if (value[i] == '\\' && ++i == value.size())
            return false;
        out += value[i];
    }
    return false;
}

/// The text of an attribute: without white space around it, unquoted, then percent-decoded once.
/// Does not check whether it is UTF-8.
inline Result<std::string> decode_header_value(std::string_view name, std::string_view value) {
    std::string text;
    if (!unquote(trimmed(value), text))
        return invalid_attribute(name, detail::in_quotes(value) +
                                           " begins with a double quote; expected one "
                                           "at its end and none between")
            .as(errc::malformed);
    auto decoded = percent_decoded(text);
    if (!decoded)
        return invalid_attribute(name,
                                 "% in " + detail::in_quotes(value) +
                                     " is not followed by two hexadecimal digits; % itself is %25")
            .as(errc::malformed);
    return *std::move(decoded);
}

} // namespace eventsourcing::detail

#endif
