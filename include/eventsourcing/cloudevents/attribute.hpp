// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_ATTRIBUTE_HPP
#define EVENTSOURCING_CLOUDEVENTS_ATTRIBUTE_HPP

#include <eventsourcing/codec/json_string.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

// What the attributes of a CloudEvent may hold (CloudEvents 1.0.2, 3.1 and "Type System").

namespace eventsourcing::detail {

constexpr bool is_alpha(char c) {
    return is_lower(to_lower(c));
}

/// A character of a URI (RFC 3986, 2.2 and 2.3), but for `%`.
constexpr bool in_uri(char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("-._~:/?#[]@!$&'()*+,;=").find(c) != std::string_view::npos;
}

/// A character of a token (RFC 2045, 5.1).
constexpr bool in_token(char c) {
    return c > ' ' && c <= '~' &&
           std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

/// Whether a URI starts with a scheme (RFC 3986, 3.1), which makes it absolute.
constexpr bool has_scheme(std::string_view uri) {
    const auto scheme = uri.substr(0, uri.find(':'));
    if (scheme.size() == uri.size() || scheme.empty() || !is_alpha(scheme[0]))
        return false;
    for (char c : scheme)
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
            return false;
    return true;
}

/// Whether a media type is that of JSON data: `application/json`, `application/ld+json; x=y`, ...
constexpr bool is_json_media_type(std::string_view type) {
    type = type.substr(0, type.find(';'));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
        type.remove_suffix(1);
    const auto ends_with = [type](std::string_view end) {
        if (type.size() < end.size())
            return false;
        for (std::size_t i = 0; i < end.size(); ++i)
            if (to_lower(type[type.size() - end.size() + i]) != end[i])
                return false;
        return true;
    };
    return ends_with("/json") || ends_with("+json");
}

inline Error invalid_attribute(std::string_view name, std::string what) {
    return {errc::invalid, "CloudEvent attribute " + std::string(name) + ": " + std::move(what)};
}

/// A String that says something.
inline Result<void> check_text(std::string_view name, std::string_view text) {
    if (text.empty())
        return invalid_attribute(name, "missing or empty; expected at least one character");
    for (std::size_t i = 0; i < text.size();) {
        const auto [c, size] = decode_utf8(text.substr(i));
        if (size == 0 || is_control(c) || is_noncharacter(c))
            return invalid_attribute(
                name, quoted(text.substr(i, size == 0 ? 1 : size)) + " at byte " +
                          std::to_string(i + 1) +
                          (size == 0 ? " is not UTF-8"
                                     : " is not allowed: no control characters, no Unicode "
                                       "noncharacters"));
        i += size;
    }
    return {};
}

/// A URI-reference, as far as its characters, percent-encoding and scheme say.
inline Result<void> check_uri_reference(std::string_view name, std::string_view uri) {
    if (auto done = check_text(name, uri); !done)
        return done;
    for (std::size_t i = 0; i < uri.size(); ++i) {
        if (uri[i] == '%') {
            const auto digits = uri.substr(i + 1, 2);
            if (digits.size() != 2 || !is_hex_digit(digits[0]) || !is_hex_digit(digits[1]))
                return invalid_attribute(name, "% at byte " + std::to_string(i + 1) + " of " +
                                                   quoted(uri) +
                                                   " is not followed by two hexadecimal digits");
        } else if (!in_uri(uri[i])) {
            return invalid_attribute(name, quoted(uri) + " is not a URI-reference: byte " +
                                               std::to_string(i + 1) +
                                               " must be percent-encoded, as in %20 for a space");
        }
    }
    if (const auto at = uri.find_first_of(":/?#");
        at != uri.npos && uri[at] == ':' && !has_scheme(uri))
        return invalid_attribute(name, quoted(uri) + " is not a URI-reference: expected a scheme, "
                                                     "as in https, before the colon");
    return {};
}

/// An absolute URI.
inline Result<void> check_uri(std::string_view name, std::string_view uri) {
    if (auto done = check_uri_reference(name, uri); !done)
        return done;
    if (!has_scheme(uri) || uri.find('#') != uri.npos)
        return invalid_attribute(name, quoted(uri) +
                                           " is not an absolute URI: expected a scheme, as in "
                                           "https:, and no fragment");
    return {};
}

/// `type/subtype`, with parameters or not (RFC 2045, 5.1).
inline Result<void> check_media_type(std::string_view name, std::string_view type) {
    if (auto done = check_text(name, type); !done)
        return done;
    const auto token = [type](std::size_t at) {
        while (at < type.size() && in_token(type[at]))
            ++at;
        return at;
    };
    const auto slash = token(0);
    const bool has_slash = slash > 0 && slash < type.size() && type[slash] == '/';
    const auto end = has_slash ? token(slash + 1) : 0;
    const auto parameters = type.find_first_not_of(" \t", end);
    if (!has_slash || end == slash + 1 || (parameters != type.npos && type[parameters] != ';'))
        return invalid_attribute(name,
                                 quoted(type) + " is not a media type such as application/json");
    return {};
}

/// The name of an extension attribute.
inline Result<void> check_extension_name(std::string_view name) {
    const auto refuse = [name](std::string_view why) {
        return Error(errc::invalid,
                     "CloudEvent extension " + quoted(name) + ": " + std::string(why));
    };
    for (char c : name)
        if (!is_digit(c) && !(c >= 'a' && c <= 'z'))
            return refuse("expected a name of the letters a to z and digits only");
    if (name.empty())
        return refuse("expected a name of at least one letter");
    constexpr std::string_view taken[] = {"id",   "source",  "specversion",     "type",
                                          "data", "subject", "datacontenttype", "dataschema",
                                          "time"};
    for (std::string_view attribute : taken)
        if (name == attribute)
            return refuse("this name belongs to CloudEvents itself");
    return {};
}

} // namespace eventsourcing::detail

#endif
