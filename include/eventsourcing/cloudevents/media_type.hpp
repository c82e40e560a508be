// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CLOUDEVENTS_MEDIA_TYPE_HPP
#define EVENTSOURCING_CLOUDEVENTS_MEDIA_TYPE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/attribute_text.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// The content type of JSON data that names none.
inline constexpr std::string_view json_media_type = "application/json";

constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (to_lower(text[i]) != lower[i])
            return false;
    return true;
}
constexpr bool starts_ignoring_case(std::string_view text, std::string_view lower) {
    return equals_ignoring_case(text.substr(0, lower.size()), lower);
}
constexpr bool ends_ignoring_case(std::string_view text, std::string_view lower) {
    return text.size() >= lower.size() &&
           equals_ignoring_case(text.substr(text.size() - lower.size()), lower);
}

/// Without white space around it, as header fields are read.
constexpr std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// `type/subtype` without the parameters.
constexpr std::string_view essence(std::string_view type) {
    return trimmed(type.substr(0, type.find(';')));
}

/// With a blank for each tab between the parts: a header may have tabs there, an attribute may not.
inline std::string with_blanks(std::string_view type) {
    std::string out(type);
    bool quoted = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (quoted && out[i] == '\\')
            ++i;
        else if (out[i] == '"')
            quoted = !quoted;
        else if (out[i] == '\t' && !quoted)
            out[i] = ' ';
    }
    return out;
}

/// Whether a media type is that of JSON data: `application/json`, `application/ld+json; x=y`, ...
constexpr bool is_json_media_type(std::string_view type) {
    return ends_ignoring_case(essence(type), "/json") || ends_ignoring_case(essence(type), "+json");
}

/// The characters of a token (RFC 2045, 5.1).
inline constexpr std::array<bool, 256> token_chars = [] {
    std::array<bool, 256> out{};
    for (std::size_t c = '!'; c <= '~'; ++c)
        out[c] = std::string_view("()<>@,;:\\\"/[]?=").find(static_cast<char>(c)) ==
                 std::string_view::npos;
    return out;
}();
constexpr bool in_token(char c) {
    return token_chars[static_cast<unsigned char>(c)];
}

/// Reads a media type (RFC 2045, 5.1) and its parameters.
class MediaTypeReader {
public:
    constexpr explicit MediaTypeReader(std::string_view text) : text_(text) {}

    /// Whether all of the text is a media type. Calls `on_parameter(name, value)` for each
    /// parameter, the value with its quotes.
    template <class F>
    constexpr bool read(F on_parameter) {
        // no blank at the end: messages would lose it
        if (text_.ends_with(' ') || !token() || !take('/') || !token())
            return false;
        while (at_ < text_.size()) {
            blanks();
            if (!take(';'))
                return false;
            blanks();
            if (at_ == text_.size() || text_[at_] == ';') // HTTP allows an extra semicolon
                continue;
            const std::size_t name = at_;
            if (!token())
                return false;
            const std::size_t name_end = at_;
            if (!take('='))
                return false;
            const std::size_t value = at_;
            if (!quoted_string() && !token())
                return false;
            on_parameter(text_.substr(name, name_end - name), text_.substr(value, at_ - value));
        }
        return true;
    }

private:
    constexpr bool take(char c) {
        if (at_ == text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }
    constexpr bool token() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && in_token(text_[at_]))
            ++at_;
        return at_ != begin;
    }
    constexpr void blanks() {
        while (at_ < text_.size() && text_[at_] == ' ')
            ++at_;
    }
    /// Of printable ASCII; a backslash goes before any character.
    constexpr bool quoted_string() {
        const std::size_t begin = at_;
        if (!take('"'))
            return false;
        for (; at_ < text_.size() && text_[at_] >= ' ' && text_[at_] <= '~'; ++at_) {
            if (take('"'))
                return true;
            if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] >= ' ' &&
                text_[at_ + 1] <= '~')
                ++at_;
        }
        at_ = begin;
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

inline Result<void> check_media_type(std::string_view name, std::string_view type) {
    if (MediaTypeReader(type).read([](std::string_view, std::string_view) {}))
        return {};
    if (auto done = check_text(name, type); !done)
        return done;
    return invalid_attribute(name, detail::in_quotes(type) +
                                       " is not a media type such as application/json or "
                                       "text/plain; charset=utf-8");
}

/// The character set that a media type names; empty for none.
inline std::string_view charset_of(std::string_view type) {
    std::string_view charset;
    MediaTypeReader(type).read([&charset](std::string_view name, std::string_view value) {
        if (!equals_ignoring_case(name, "charset"))
            return;
        if (value.starts_with('"'))
            value = value.substr(1, value.size() - 2);
        charset = value;
    });
    return charset;
}
inline bool is_utf8_charset(std::string_view charset) {
    return charset.empty() || equals_ignoring_case(charset, "utf-8") ||
           equals_ignoring_case(charset, "us-ascii");
}

/// Whether bytes of this media type are text if they are UTF-8: `text/...` and XML that name no
/// other character set.
inline bool is_utf8_media_type(std::string_view type) {
    const auto main = essence(type);
    return (starts_ignoring_case(main, "text/") || ends_ignoring_case(main, "/xml") ||
            ends_ignoring_case(main, "+xml")) &&
           is_utf8_charset(charset_of(type));
}

/// Whether text in UTF-8 is, byte for byte, text of this media type. Nearly all character sets have
/// ASCII in common.
inline bool is_text_of(std::string_view type, std::string_view text) {
    const auto charset = charset_of(type);
    if (is_utf8_charset(charset))
        return true;
    if (starts_ignoring_case(charset, "utf-") || starts_ignoring_case(charset, "ucs-"))
        return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80)
            return false;
    return true;
}

} // namespace eventsourcing::detail

#endif
