// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_URI_READER_HPP
#define EVENTSOURCING_CORE_URI_READER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

constexpr bool is_alpha(char c) {
    return is_lower(to_lower(c));
}

/// The parts of a URI in which a character needs no encoding.
enum UriPart : std::uint8_t {
    in_reg_name = 1, ///< unreserved and sub-delims
    in_userinfo = 2, ///< ... and ":"
    in_segment = 4,  ///< ... and "@"
    in_query = 8,    ///< ... and "/" and "?"; in a fragment too
    in_scheme = 16,
};

inline constexpr std::array<std::uint8_t, 256> uri_parts = [] {
    std::array<std::uint8_t, 256> out{};
    const auto add = [&out](std::string_view chars, unsigned parts) {
        for (const char c : chars)
            out[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(parts);
    };
    constexpr unsigned name = in_reg_name | in_userinfo | in_segment | in_query;
    add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", name | in_scheme);
    add("+-.", name | in_scheme);
    add("_~!$&'()*,;=", name);
    add(":", in_userinfo | in_segment | in_query);
    add("@", in_segment | in_query);
    add("/?", in_query);
    return out;
}();

/// Reads a URI-reference (RFC 3986, appendix A) from left to right and stops at the first thing
/// that is wrong.
class UriReader {
public:
    constexpr explicit UriReader(std::string_view text) : text_(text) {}

    /// Whether all of the text is a URI-reference.
    constexpr bool read() {
        const bool absolute = scheme();
        if (text_.substr(at_).starts_with("//")) {
            at_ += 2;
            if (!authority())
                return false;
        } else if (!absolute && !first_segment()) {
            return false;
        }
        if (!path() || (take('?') && !part(in_query)))
            return false;
        if (take('#')) {
            fragment_ = at_ - 1;
            if (!part(in_query))
                return false;
        }
        return at_ == text_.size() || expected("a character of a URI, or % and two digits");
    }
    /// Whether all of the text is an absolute URI.
    constexpr bool read_absolute() {
        const bool absolute = scheme();
        at_ = 0;
        if (!read())
            return false;
        if (absolute && fragment_ == text_.npos)
            return true;
        at_ = absolute ? fragment_ : 0;
        return expected(absolute ? "no fragment" : "a scheme, as in https:");
    }

    /// Why `read` returned false.
    [[nodiscard]] std::string reason() const {
        return std::string("expected ") + expected_ + " at byte " + std::to_string(at_ + 1);
    }

private:
    constexpr bool expected(const char* what) {
        expected_ = what;
        return false;
    }
    [[nodiscard]] constexpr bool is(std::size_t at, UriPart part) const {
        return (uri_parts[static_cast<unsigned char>(text_[at])] & part) != 0;
    }
    constexpr bool take(char c) {
        if (at_ == text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }
    /// Takes the characters of a part, as many as there are.
    constexpr bool part(UriPart which) {
        while (at_ < text_.size()) {
            if (is(at_, which)) {
                ++at_;
            } else if (text_[at_] == '%') {
                if (text_.size() - at_ < 3 || !is_hex_digit(text_[at_ + 1]) ||
                    !is_hex_digit(text_[at_ + 2]))
                    return expected("two hexadecimal digits after %");
                at_ += 3;
            } else {
                return true;
            }
        }
        return true;
    }

    constexpr bool scheme() {
        if (text_.empty() || !is_alpha(text_[0]))
            return false;
        std::size_t at = 1;
        while (at < text_.size() && is(at, in_scheme))
            ++at;
        if (at == text_.size() || text_[at] != ':')
            return false;
        at_ = at + 1;
        return true;
    }
    /// The first segment of a relative path; a colon in it would look like a scheme.
    constexpr bool first_segment() {
        const std::size_t begin = at_;
        if (!part(in_segment))
            return false;
        const std::size_t colon = text_.substr(0, at_).find(':', begin);
        if (colon == text_.npos)
            return true;
        at_ = colon;
        return expected("a scheme before the colon");
    }
    constexpr bool path() {
        do {
            if (!part(in_segment))
                return false;
        } while (take('/'));
        return true;
    }

    /// `[userinfo@]host[:port]`
    constexpr bool authority() {
        std::size_t end = at_;
        while (end < text_.size() && text_[end] != '/' && text_[end] != '?' && text_[end] != '#')
            ++end;
        if (const std::size_t sign = text_.substr(0, end).find('@', at_); sign != text_.npos) {
            if (!part(in_userinfo))
                return false;
            if (at_ != sign)
                return expected("a character of a user name");
            ++at_;
        }
        if (!host())
            return false;
        if (take(':'))
            while (at_ < end && is_digit(text_[at_]))
                ++at_;
        return at_ == end || expected("a character of a host name, or a port of digits");
    }
    constexpr bool host() {
        if (at_ == text_.size() || text_[at_] != '[')
            return part(in_reg_name);
        const std::size_t end = text_.find(']', at_);
        if (end == text_.npos)
            return expected("an address in brackets");
        const auto address = text_.substr(at_ + 1, end - at_ - 1);
        if (!is_ipv6(address) && !is_future_address(address))
            return expected("an IPv6 address in brackets");
        at_ = end + 1;
        return true;
    }

    static constexpr bool is_ipv6(std::string_view text) {
        int groups = 0;
        bool gap = text.starts_with("::"); // stands for one or more groups
        for (text.remove_prefix(gap ? 2 : 0); !text.empty();) {
            if (text.find(':') == text.npos && text.find('.') != text.npos) {
                groups += 2;
                if (!is_ipv4(text))
                    return false;
                break;
            }
            std::size_t digits = 0;
            while (digits < text.size() && is_hex_digit(text[digits]))
                ++digits;
            if (digits == 0 || digits > 4)
                return false;
            ++groups;
            text.remove_prefix(digits);
            if (text.empty())
                break;
            if (text == ":" || text[0] != ':')
                return false;
            text.remove_prefix(1);
            if (text[0] == ':') {
                if (gap)
                    return false;
                gap = true;
                text.remove_prefix(1);
            }
        }
        return gap ? groups <= 7 : groups == 8;
    }
    static constexpr bool is_ipv4(std::string_view text) {
        for (int octet = 0; octet < 4; ++octet) {
            int value = 0;
            std::size_t digits = 0;
            while (digits < text.size() && digits < 4 && is_digit(text[digits]))
                value = value * 10 + (text[digits++] - '0');
            if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0'))
                return false;
            text.remove_prefix(digits);
            if (octet < 3) {
                if (!text.starts_with('.'))
                    return false;
                text.remove_prefix(1);
            }
        }
        return text.empty();
    }
    /// `v1.something`, for addresses to come.
    static constexpr bool is_future_address(std::string_view text) {
        const std::size_t dot = text.find('.');
        if (dot == text.npos || dot < 2 || dot + 1 == text.size() || to_lower(text[0]) != 'v')
            return false;
        for (std::size_t i = 1; i < text.size(); ++i)
            if (i < dot ? !is_hex_digit(text[i])
                        : (uri_parts[static_cast<unsigned char>(text[i])] & in_userinfo) == 0)
                return false;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t fragment_ = std::string_view::npos;
    const char* expected_ = "";
};

} // namespace eventsourcing::detail

#endif
