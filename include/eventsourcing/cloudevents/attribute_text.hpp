// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_ATTRIBUTE_TEXT_HPP
#define EVENTSOURCING_CLOUDEVENTS_ATTRIBUTE_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_chars.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// Names and texts that the attributes of a CloudEvent may have ("Naming Conventions" and "Type
// System" of CloudEvents 1.0.2).

namespace eventsourcing::detail {

/// Whether an attribute may have this name: the letters a to z and digits only.
constexpr bool is_attribute_name(std::string_view name) {
    for (const char c : name)
        if (!is_digit(c) && !is_lower(c))
            return false;
    return !name.empty();
}

inline Error invalid_attribute(std::string_view name, std::string what) {
    constexpr std::size_t limit = 64;
    const bool plain = is_attribute_name(name) && name.size() <= limit;
    return {errc::invalid, "CloudEvent attribute " +
                               (plain ? std::string(name) : detail::in_quotes(name, limit)) + ": " +
                               std::move(what)};
}

/// How many of the first bytes are printable ASCII, checked eight at a time: maybe some too few.
inline std::size_t printable_words(std::string_view text) {
    constexpr std::uint64_t each = 0x0101010101010101U;
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        const std::uint64_t word = load_eight(text.data() + i);
        const std::uint64_t control = word - each * 0x20;
        const std::uint64_t del = (word ^ each * 0x7F) - each;
        if (((control | del | word) & each * 0x80) != 0)
            break;
    }
    return i;
}

/// The place of the first character that a String may not contain: no UTF-8, a control character or
/// a Unicode noncharacter; `npos` if there is none.
inline std::size_t first_disallowed(std::string_view text) {
    for (std::size_t i = printable_words(text); i < text.size();) {
        const auto [c, size] = decode_utf8(text.substr(i));
        if (size == 0 || is_control(c) || is_noncharacter(c))
            return i;
        i += size;
    }
    return text.npos;
}

/// A String, which may be empty.
inline Result<void> check_string(std::string_view name, std::string_view text) {
    const std::size_t at = first_disallowed(text);
    if (at == text.npos)
        return {};
    const auto size = decode_utf8(text.substr(at)).size;
    return invalid_attribute(name, detail::in_quotes(text.substr(at, size == 0 ? 1 : size)) +
                                       " at byte " + std::to_string(at + 1) +
                                       (size == 0 ? " is not UTF-8"
                                                  : " is not allowed: no control characters, no "
                                                    "Unicode noncharacters"));
}

/// A String that is not empty.
inline Result<void> check_text(std::string_view name, std::string_view text) {
    if (text.empty())
        return invalid_attribute(name, "missing or empty; expected at least one character");
    return check_string(name, text);
}

/// The name of an extension attribute.
inline Result<void> check_extension_name(std::string_view name) {
    const auto refuse = [name](std::string_view why) {
        return Error(errc::invalid,
                     "CloudEvent extension " + detail::in_quotes(name) + ": " + std::string(why));
    };
    if (!is_attribute_name(name))
        return refuse("expected a name of the letters a to z and digits only");
    constexpr std::string_view taken[] = {"id",   "source",  "specversion",     "type",
                                          "data", "subject", "datacontenttype", "dataschema",
                                          "time"};
    for (const std::string_view attribute : taken)
        if (name == attribute)
            return refuse("this name belongs to CloudEvents itself");
    return {};
}

} // namespace eventsourcing::detail

#endif
