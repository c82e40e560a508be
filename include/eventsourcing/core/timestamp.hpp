// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_TIMESTAMP_HPP
#define EVENTSOURCING_CORE_TIMESTAMP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/calendar.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/rfc3339.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

/// A point in time in UTC with nanoseconds, from year 1 to 9999: what RFC 3339 can write.
///
/// Seconds are those of POSIX: a day has 86400, and a leap second is the second after it.
class Timestamp {
public:
    /// How many characters `to_string` gives at most.
    static constexpr std::size_t text_size = detail::rfc3339_size;

    /// 1970-01-01T00:00:00Z.
    constexpr Timestamp() = default;

    /// `seconds` and any number of nanoseconds, also negative ones, from the start of 1970. A time
    /// out of range becomes `min()` or `max()`.
    [[nodiscard]] static constexpr Timestamp from_unix(std::int64_t seconds,
                                                       std::int64_t nanoseconds = 0);
    /// Any number of nanoseconds is in range: 1677-09-21 to 2262-04-11.
    [[nodiscard]] static constexpr Timestamp from_unix_nanoseconds(std::int64_t nanoseconds) {
        return from_unix(0, nanoseconds);
    }

    /// Reads RFC 3339: any offset, upper or lower case, any number of fraction digits (those after
    /// the ninth are cut off). A leap second, 23:59:60 UTC at the end of a month, is read as the
    /// next second. `errc::malformed` says where it is wrong and why.
    [[nodiscard]] static constexpr Result<Timestamp> parse(std::string_view text);

    /// RFC 3339 in UTC, `2026-11-23T06:31:00.25Z`: as many fraction digits as needed, none for a
    /// whole second. One time has one text, which `parse` reads back exactly.
    [[nodiscard]] std::string to_string() const;
    /// Writes that text to `out`, which has room for `text_size` characters; returns its end.
    constexpr char* to_chars(char* out) const {
        return detail::write_rfc3339(seconds_, nanoseconds_, out);
    }

    [[nodiscard]] constexpr std::int64_t unix_seconds() const { return seconds_; }
    /// The nanoseconds since the start of this second, 0 to 999'999'999.
    [[nodiscard]] constexpr std::uint32_t nanoseconds() const { return nanoseconds_; }
    /// Nanoseconds since the start of 1970, as engines store them; `errc::invalid` for times before
    /// 1677-09-21 or after 2262-04-11, which do not fit.
    [[nodiscard]] constexpr Result<std::int64_t> to_unix_nanoseconds() const;

    /// 0001-01-01T00:00:00Z.
    [[nodiscard]] static constexpr Timestamp min() { return {detail::first_second, 0}; }
    /// 9999-12-31T23:59:59.999999999Z.
    [[nodiscard]] static constexpr Timestamp max() { return {detail::last_second, 999'999'999}; }

    constexpr auto operator<=>(const Timestamp&) const = default;

private:
    static constexpr std::int64_t per_second = 1'000'000'000;

    constexpr Timestamp(std::int64_t seconds, std::uint32_t nanoseconds)
        : seconds_(seconds),
          nanoseconds_(nanoseconds) {}

    std::int64_t seconds_ = 0;
    std::uint32_t nanoseconds_ = 0;
};

constexpr Timestamp Timestamp::from_unix(std::int64_t seconds, std::int64_t nanoseconds) {
    // far out of range, and far from the ends of the type, so that the carry can't overflow
    constexpr std::int64_t far = 1'000'000'000'000;
    seconds = seconds < -far ? -far : seconds > far ? far : seconds;
    seconds += nanoseconds / per_second;
    nanoseconds %= per_second;
    if (nanoseconds < 0) {
        nanoseconds += per_second;
        --seconds;
    }
    const Timestamp time{seconds, static_cast<std::uint32_t>(nanoseconds)};
    return time < min() ? min() : time > max() ? max() : time;
}

constexpr Result<Timestamp> Timestamp::parse(std::string_view text) {
    detail::Rfc3339Reader reader{text};
    if (reader.read())
        return from_unix(reader.seconds(), reader.nanoseconds());
    if (std::is_constant_evaluated())
        return errc::malformed;
    return reader.error();
}

inline std::string Timestamp::to_string() const {
    std::array<char, text_size> text{};
    const char* const end = to_chars(text.data());
    return std::string(static_cast<const char*>(text.data()), end);
}

constexpr Result<std::int64_t> Timestamp::to_unix_nanoseconds() const {
    using Limits = std::numeric_limits<std::int64_t>;
    if (*this >= from_unix_nanoseconds(Limits::min()) &&
        *this <= from_unix_nanoseconds(Limits::max())) {
        // from the second nearer to zero, so that the lowest value does not overflow in between
        if (seconds_ < 0)
            return (seconds_ + 1) * per_second + (nanoseconds_ - per_second);
        return seconds_ * per_second + nanoseconds_;
    }
    if (std::is_constant_evaluated())
        return errc::invalid;
    return Error{errc::invalid, "timestamp " + to_string() +
                                    ": engines store nanoseconds in 64 bits, which hold times from "
                                    "1677-09-21 to 2262-04-11"};
}

} // namespace eventsourcing

#endif
