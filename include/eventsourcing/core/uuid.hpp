// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_UUID_HPP
#define EVENTSOURCING_CORE_UUID_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

/// A UUID (RFC 9562), ordered by its bytes: version 7 ids sort by time. All zero ("nil") by
/// default.
class Uuid {
public:
    using Bytes = std::array<std::uint8_t, 16>;

    /// How many characters `to_string` gives and `parse` takes.
    static constexpr std::size_t text_size = 36;

    constexpr Uuid() = default;
    /// Any 16 bytes, in network order.
    constexpr explicit Uuid(const Bytes& bytes) : bytes_(bytes) {}

    /// Reads the form with dashes, `018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f`, in upper or lower case;
    /// `errc::malformed` for anything else, braces and `urn:uuid:` included.
    [[nodiscard]] static constexpr Result<Uuid> parse(std::string_view text);

    /// The form with dashes, in lower case.
    [[nodiscard]] std::string to_string() const;
    /// Writes that form to `out`, which has room for `text_size` characters; returns its end.
    constexpr char* to_chars(char* out) const;

    [[nodiscard]] constexpr const Bytes& bytes() const { return bytes_; }
    /// The version, 0 to 15; without meaning if the variant is not that of RFC 9562.
    [[nodiscard]] constexpr int version() const { return bytes_[6] >> 4; }
    [[nodiscard]] constexpr bool is_nil() const { return *this == Uuid{}; }

    friend constexpr bool operator==(const Uuid& a, const Uuid& b) { return a.bytes_ == b.bytes_; }
    friend constexpr std::strong_ordering operator<=>(const Uuid& a, const Uuid& b) {
        for (std::size_t half = 0; half < 16; half += 8)
            if (const auto order = a.eight(half) <=> b.eight(half); order != 0)
                return order;
        return std::strong_ordering::equal;
    }

private:
    friend struct std::hash<Uuid>;

    /// Eight bytes from `begin` on as a number, the first byte as the most significant one.
    [[nodiscard]] constexpr std::uint64_t eight(std::size_t begin) const {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < 8; ++i)
            number = number << 8U | bytes_[begin + i];
        return number;
    }

    Bytes bytes_{};
};

namespace detail {

constexpr bool uuid_has_dash_at(std::size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

inline Error malformed_uuid(std::string_view text, std::size_t at) {
    std::string message = "UUID " + in_quotes(text) + ": ";
    if (text.size() != Uuid::text_size)
        message += "expected 36 characters, as in 018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f, got " +
                   std::to_string(text.size());
    else
        message += std::string("expected ") +
                   (uuid_has_dash_at(at) ? "\"-\"" : "a hexadecimal digit") + " at character " +
                   std::to_string(at + 1) + ", got " + in_quotes(text.substr(at, 1));
    return {errc::malformed, std::move(message)};
}

} // namespace detail

constexpr Result<Uuid> Uuid::parse(std::string_view text) {
    Bytes bytes{};
    bool good = text.size() == text_size;
    std::size_t at = 0;
    for (std::size_t digits = 0; good && at < text_size; ++at) {
        if (detail::uuid_has_dash_at(at)) {
            good = text[at] == '-';
        } else {
            const int digit = detail::hex_digit(text[at]);
            good = digit >= 0;
            auto& byte = bytes[digits++ / 2];
            byte = static_cast<std::uint8_t>(byte << 4 | (digit & 0xF));
        }
    }
    if (good)
        return Uuid{bytes};
    if (std::is_constant_evaluated())
        return errc::malformed;
    return detail::malformed_uuid(text, at == 0 ? 0 : at - 1);
}

constexpr char* Uuid::to_chars(char* out) const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::size_t at = 0;
    for (const auto byte : bytes_) {
        if (detail::uuid_has_dash_at(at))
            out[at++] = '-';
        out[at++] = digits[byte >> 4U];
        out[at++] = digits[byte & 0xFU];
    }
    return out + at;
}

inline std::string Uuid::to_string() const {
    std::string text(text_size, '\0');
    to_chars(text.data());
    return text;
}

} // namespace eventsourcing

template <>
struct std::hash<eventsourcing::Uuid> {
    std::size_t operator()(const eventsourcing::Uuid& id) const noexcept {
        // both halves count: ids of other programs may have their random bits in either
        constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
        std::uint64_t mixed = id.eight(0) * odd;
        mixed = (mixed ^ mixed >> 32U ^ id.eight(8)) * odd;
        return eventsourcing::detail::narrowed<std::size_t>(mixed ^ mixed >> 32U);
    }
};

#endif
