// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_CODEC_BY_HAND_HPP
#define EVENTSOURCING_BENCHMARKS_CODEC_BY_HAND_HPP

#include "codec_events.hpp"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

/// JSON of the two events as one would write it for them: the members in one order, no white space,
/// all else refused. What is read and written is checked as the library does: numbers in range,
/// UTF-8, escapes. No names of members where an error is: a bool says that there is one.
namespace codec_by_hand {

using codec_events::Address;
using codec_events::EntityAttacked;
using codec_events::Line;
using codec_events::OrderPlaced;

/// Bytes of a string that need no escape.
struct PlainBytes {
    bool plain[256] = {};
    constexpr PlainBytes() {
        for (int byte = 0x20; byte < 0x80; ++byte)
            plain[byte] = byte != '"' && byte != '\\';
    }
    bool operator[](char c) const { return plain[static_cast<unsigned char>(c)]; }
};
inline constexpr PlainBytes plain_bytes;

/// The size of the UTF-8 sequence at `at`, 0 where there is none.
inline std::size_t utf8_size(const char* at, const char* end) {
    const auto byte = [&](int i) { return static_cast<unsigned char>(at[i]); };
    const auto follows = [&](int i) { return (byte(i) & 0xC0U) == 0x80; };
    const auto left = end - at;
    if (byte(0) < 0x80)
        return 1;
    if (byte(0) >= 0xC2 && byte(0) < 0xE0)
        return left >= 2 && follows(1) ? 2 : 0;
    if (byte(0) >= 0xE0 && byte(0) < 0xF0) {
        if (left < 3 || !follows(1) || !follows(2) || (byte(0) == 0xE0 && byte(1) < 0xA0) ||
            (byte(0) == 0xED && byte(1) > 0x9F))
            return 0;
        return 3;
    }
    if (byte(0) >= 0xF0 && byte(0) < 0xF5) {
        if (left < 4 || !follows(1) || !follows(2) || !follows(3) ||
            (byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F))
            return 0;
        return 4;
    }
    return 0;
}

// ---- writing ------------------------------------------------------------------------------------

inline bool write_string(std::string& out, std::string_view text) {
    out += '"';
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const char* const begin = at;
        while (at != end && plain_bytes[*at])
            ++at;
        out.append(begin, at);
        if (at == end)
            break;
        const char c = *at;
        if (static_cast<unsigned char>(c) >= 0x80) {
            const auto size = utf8_size(at, end);
            if (size == 0)
                return false;
            out.append(at, size);
            at += size;
            continue;
        }
        ++at;
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += "\\u00";
            out += "0123456789abcdef"[static_cast<unsigned char>(c) / 16];
            out += "0123456789abcdef"[static_cast<unsigned char>(c) % 16];
        }
    }
    out += '"';
    return true;
}
template <class Integer>
void write_integer(std::string& out, Integer value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}
inline bool write_double(std::string& out, double value) {
    if (!std::isfinite(value))
        return false;
    char digits[32];
    char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
    if (std::string_view(digits, end).find_first_of(".e") == std::string_view::npos)
        out += ".0"; // a number that is read as an integer elsewhere would not be the same
    return true;
}
inline void write_bool(std::string& out, bool value) {
    out += value ? "true" : "false";
}

inline bool encode(std::string& out, const EntityAttacked& e) {
    out += R"({"entity_id":)";
    if (!write_string(out, e.entity_id))
        return false;
    out += R"(,"damage":)";
    write_integer(out, e.damage);
    out += R"(,"weapon":)";
    if (!write_string(out, e.weapon))
        return false;
    out += R"(,"critical":)";
    write_bool(out, e.critical);
    out += '}';
    return true;
}

inline bool write(std::string& out, const Line& line) {
    out += R"({"sku":)";
    if (!write_string(out, line.sku))
        return false;
    out += R"(,"title":)";
    if (!write_string(out, line.title))
        return false;
    out += R"(,"quantity":)";
    write_integer(out, line.quantity);
    out += R"(,"price":)";
    if (!write_double(out, line.price))
        return false;
    out += '}';
    return true;
}
inline bool write(std::string& out, const Address& address) {
    out += R"({"name":)";
    if (!write_string(out, address.name))
        return false;
    out += R"(,"street":)";
    if (!write_string(out, address.street))
        return false;
    out += R"(,"city":)";
    if (!write_string(out, address.city))
        return false;
    out += R"(,"zip":)";
    if (!write_string(out, address.zip))
        return false;
    out += R"(,"country":)";
    if (!write_string(out, address.country))
        return false;
    out += '}';
    return true;
}
inline bool encode(std::string& out, const OrderPlaced& e) {
    out += R"({"order_id":)";
    if (!write_string(out, e.order_id))
        return false;
    out += R"(,"customer_id":)";
    if (!write_string(out, e.customer_id))
        return false;
    out += R"(,"placed_at":)";
    write_integer(out, e.placed_at);
    out += R"(,"lines":[)";
    bool first = true;
    for (const auto& line : e.lines) {
        if (!first)
            out += ',';
        first = false;
        if (!write(out, line))
            return false;
    }
    out += R"(],"ship_to":)";
    if (!write(out, e.ship_to))
        return false;
    out += R"(,"note":)";
    if (!e.note)
        out += "null";
    else if (!write_string(out, *e.note))
        return false;
    out += R"(,"total":)";
    if (!write_double(out, e.total))
        return false;
    out += R"(,"gift":)";
    write_bool(out, e.gift);
    out += '}';
    return true;
}

// ---- reading ------------------------------------------------------------------------------------

class Reader {
public:
    explicit Reader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    template <std::size_t N>
    bool literal(const char (&text)[N]) {
        constexpr std::size_t size = N - 1;
        if (static_cast<std::size_t>(end_ - at_) < size || std::memcmp(at_, text, size) != 0)
            return false;
        at_ += size;
        return true;
    }
    bool at_end() const { return at_ == end_; }

    /// Up to the closing quote; the one that opens was read with the name.
    bool string(std::string& out) {
        const char* const begin = at_;
        while (at_ != end_ && plain_bytes[*at_])
            ++at_;
        out.assign(begin, at_);
        if (at_ != end_ && *at_ == '"') {
            ++at_;
            return true;
        }
        return rest_of_string(out);
    }

    template <class Integer>
    bool integer(Integer& value) {
        if (at_ == end_ || (*at_ == '0' && end_ - at_ > 1 && at_[1] >= '0' && at_[1] <= '9'))
            return false;
        const auto [ptr, ec] = std::from_chars(at_, end_, value);
        at_ = ptr;
        return ec == std::errc();
    }

    bool number(double& value) {
        const char* const digits = at_ + (at_ != end_ && *at_ == '-' ? 1 : 0);
        const auto is_digit = [&](const char* at) {
            return at != end_ && *at >= '0' && *at <= '9';
        };
        // from_chars takes what JSON does not: .5, 05, 5., inf
        if (!is_digit(digits) || (*digits == '0' && is_digit(digits + 1)))
            return false;
        const auto [ptr, ec] = std::from_chars(at_, end_, value);
        at_ = ptr;
        return ec == std::errc() && ptr[-1] != '.';
    }

    bool boolean(bool& value) {
        value = literal("true");
        return value || literal("false");
    }

private:
    bool rest_of_string(std::string& out) {
        while (at_ != end_) {
            const char* const begin = at_;
            while (at_ != end_ && plain_bytes[*at_])
                ++at_;
            out.append(begin, at_);
            if (at_ == end_)
                return false;
            if (*at_ == '"') {
                ++at_;
                return true;
            }
            if (static_cast<unsigned char>(*at_) < 0x20)
                return false;
            if (*at_ == '\\') {
                if (!escape(out))
                    return false;
                continue;
            }
            const auto size = utf8_size(at_, end_);
            if (size == 0)
                return false;
            out.append(at_, size);
            at_ += size;
        }
        return false;
    }

    bool escape(std::string& out) {
        if (end_ - at_ < 2)
            return false;
        const char letter = at_[1];
        at_ += 2;
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (const auto known = letters.find(letter); known != letters.npos) {
            out += meanings[known];
            return true;
        }
        std::uint32_t code = 0;
        if (letter != 'u' || !unit(code))
            return false;
        if (code >= 0xDC00 && code <= 0xDFFF)
            return false;
        if (code >= 0xD800 && code <= 0xDBFF) {
            std::uint32_t low = 0;
            if (!literal("\\u") || !unit(low) || low < 0xDC00 || low > 0xDFFF)
                return false;
            code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
        }
        const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0 | code >> 6U);
            put(0x80 | (code & 0x3FU));
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12U);
            put(0x80 | (code >> 6U & 0x3FU));
            put(0x80 | (code & 0x3FU));
        } else {
            put(0xF0 | code >> 18U);
            put(0x80 | (code >> 12U & 0x3FU));
            put(0x80 | (code >> 6U & 0x3FU));
            put(0x80 | (code & 0x3FU));
        }
        return true;
    }
    bool unit(std::uint32_t& code) {
        if (end_ - at_ < 4)
            return false;
        const auto [ptr, ec] = std::from_chars(at_, at_ + 4, code, 16);
        const bool all = ec == std::errc() && ptr == at_ + 4;
        at_ += 4;
        return all;
    }

    const char* at_;
    const char* end_;
};

inline bool decode(std::string_view text, EntityAttacked& e) {
    Reader in(text);
    return in.literal(R"({"entity_id":")") && in.string(e.entity_id) &&
           in.literal(R"(,"damage":)") && in.integer(e.damage) && in.literal(R"(,"weapon":")") &&
           in.string(e.weapon) && in.literal(R"(,"critical":)") && in.boolean(e.critical) &&
           in.literal("}") && in.at_end();
}

inline bool read(Reader& in, Line& line) {
    return in.literal(R"({"sku":")") && in.string(line.sku) && in.literal(R"(,"title":")") &&
           in.string(line.title) && in.literal(R"(,"quantity":)") && in.integer(line.quantity) &&
           in.literal(R"(,"price":)") && in.number(line.price) && in.literal("}");
}
inline bool read(Reader& in, std::vector<Line>& lines) {
    lines.clear();
    if (in.literal("]"))
        return true;
    do {
        if (!read(in, lines.emplace_back()))
            return false;
    } while (in.literal(","));
    return in.literal("]");
}
inline bool read(Reader& in, Address& address) {
    return in.literal(R"({"name":")") && in.string(address.name) && in.literal(R"(,"street":")") &&
           in.string(address.street) && in.literal(R"(,"city":")") && in.string(address.city) &&
           in.literal(R"(,"zip":")") && in.string(address.zip) && in.literal(R"(,"country":")") &&
           in.string(address.country) && in.literal("}");
}
inline bool read(Reader& in, std::optional<std::string>& text) {
    text.reset();
    return in.literal("null") || (in.literal("\"") && in.string(text.emplace()));
}
inline bool decode(std::string_view text, OrderPlaced& e) {
    Reader in(text);
    return in.literal(R"({"order_id":")") && in.string(e.order_id) &&
           in.literal(R"(,"customer_id":")") && in.string(e.customer_id) &&
           in.literal(R"(,"placed_at":)") && in.integer(e.placed_at) &&
           in.literal(R"(,"lines":[)") && read(in, e.lines) && in.literal(R"(,"ship_to":)") &&
           read(in, e.ship_to) && in.literal(R"(,"note":)") && read(in, e.note) &&
           in.literal(R"(,"total":)") && in.number(e.total) && in.literal(R"(,"gift":)") &&
           in.boolean(e.gift) && in.literal("}") && in.at_end();
}

} // namespace codec_by_hand

#endif
