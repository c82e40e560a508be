// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_TIMESTAMP_HPP
#define EVENTSOURCING_CORE_TIMESTAMP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/calendar.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/rfc3339.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ratio>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

namespace detail {

/// A duration in parts that each fit into 64 bits.
struct WholeAndRest {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
};

/// One that is longer than all of `Timestamp`'s range is cut to twice that.
template <class Rep, class Period>
constexpr WholeAndRest whole_and_rest(std::chrono::duration<Rep, Period> duration) {
    constexpr std::chrono::seconds most{2 * (last_second - first_second)};
    // compared in the coarser of both units, which can't overflow
    using Coarser = std::chrono::duration<
        std::int64_t,
        std::conditional_t<std::ratio_less_v<Period, std::ratio<1>>, std::ratio<1>, Period>>;
    const auto coarse = std::chrono::duration_cast<Coarser>(duration);
    if (coarse > std::chrono::duration_cast<Coarser>(most))
        return {most.count(), 0};
    if (coarse < -std::chrono::duration_cast<Coarser>(most))
        return {-most.count(), 0};
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    return {seconds.count(),
            std::chrono::duration_cast<std::chrono::nanoseconds>(duration - seconds).count()};
}

} // namespace detail

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

    /// A time of the system's clock, whatever the unit that it counts in; one out of range becomes
    /// `min()` or `max()`.
    template <std::signed_integral Rep, class Period>
    [[nodiscard]] static constexpr Timestamp
    from_system_clock(std::chrono::sys_time<std::chrono::duration<Rep, Period>> time) {
        return Timestamp{} + time.time_since_epoch();
    }
    /// The same as a time of the system's clock: its nearest for a time that it can't hold. Where
    /// it counts nanoseconds it ends in 2262, as `to_unix_nanoseconds` does.
    [[nodiscard]] constexpr std::chrono::system_clock::time_point to_system_clock() const;

    /// That much later, or earlier. A time out of range becomes `min()` or `max()`, so that "a year
    /// after max()" is never an early time.
    template <std::signed_integral Rep, class Period>
    friend constexpr Timestamp operator+(Timestamp time,
                                         std::chrono::duration<Rep, Period> duration) {
        return time.moved(detail::whole_and_rest(duration), 1);
    }
    template <std::signed_integral Rep, class Period>
    friend constexpr Timestamp operator-(Timestamp time,
                                         std::chrono::duration<Rep, Period> duration) {
        return time.moved(detail::whole_and_rest(duration), -1);
    }
    template <std::signed_integral Rep, class Period>
    constexpr Timestamp& operator+=(std::chrono::duration<Rep, Period> duration) {
        return *this = *this + duration;
    }
    template <std::signed_integral Rep, class Period>
    constexpr Timestamp& operator-=(std::chrono::duration<Rep, Period> duration) {
        return *this = *this - duration;
    }

    /// The time from `earlier` to `later`. If it is over 292 years, which 64 bits of nanoseconds
    /// hold, it is `nanoseconds::max()` or `min()`.
    friend constexpr std::chrono::nanoseconds operator-(Timestamp later, Timestamp earlier) {
        return later.since(earlier);
    }

private:
    static constexpr std::int64_t per_second = 1'000'000'000;

    constexpr Timestamp(std::int64_t seconds, std::uint32_t nanoseconds)
        : seconds_(seconds),
          nanoseconds_(nanoseconds) {}

    [[nodiscard]] constexpr Timestamp moved(detail::WholeAndRest by, int sign) const {
        return from_unix(seconds_ + sign * by.seconds, nanoseconds_ + sign * by.nanoseconds);
    }
    [[nodiscard]] constexpr std::chrono::nanoseconds since(Timestamp earlier) const;

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

constexpr std::chrono::nanoseconds Timestamp::since(Timestamp earlier) const {
    using std::chrono::nanoseconds;
    // with parts of one sign, so that the lowest value does not overflow in between
    std::int64_t seconds = seconds_ - earlier.seconds_;
    std::int64_t rest = std::int64_t{nanoseconds_} - earlier.nanoseconds_;
    if (seconds > 0 && rest < 0) {
        --seconds;
        rest += per_second;
    } else if (seconds < 0 && rest > 0) {
        ++seconds;
        rest -= per_second;
    }
    constexpr std::int64_t most = nanoseconds::max().count();
    constexpr std::int64_t least = nanoseconds::min().count();
    if (seconds > most / per_second || (seconds == most / per_second && rest > most % per_second))
        return nanoseconds::max();
    if (seconds < least / per_second ||
        (seconds == least / per_second && rest < least % per_second))
        return nanoseconds::min();
    return nanoseconds(seconds * per_second + rest);
}

constexpr std::chrono::system_clock::time_point Timestamp::to_system_clock() const {
    using Time = std::chrono::system_clock::time_point;
    if (*this <= from_system_clock(Time::min()))
        return Time::min();
    if (*this >= from_system_clock(Time::max()))
        return Time::max();
    // from the second nearer to zero, so that the lowest value does not overflow in between
    const std::int64_t one = seconds_ < 0 ? 1 : 0;
    return Time(std::chrono::seconds(seconds_ + one)) +
           std::chrono::floor<Time::duration>(
               std::chrono::nanoseconds(nanoseconds_ - one * per_second));
}

} // namespace eventsourcing

#endif
