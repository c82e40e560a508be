// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_CALENDAR_HPP
#define EVENTSOURCING_CORE_CALENDAR_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace eventsourcing::detail {

/// A day in the Gregorian calendar, also before it was introduced.
struct Date {
    std::int64_t year = 1970;
    int month = 1;
    int day = 1;
};

inline constexpr std::int64_t seconds_per_day = 86'400;
/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds from 1970 on.
inline constexpr std::int64_t first_second = -62'135'596'800;
inline constexpr std::int64_t last_second = 253'402'300'799;

// Both directions count years from March on, so that a leap day is the last of its year, in eras of
// 400 years, which all have the same length. One era is added so that nothing is negative from the
// year -399 on. (After Howard Hinnant, "chrono-compatible low-level date algorithms".)
inline constexpr std::int64_t days_per_era = 146'097;
/// From the first of March of the year -400 to 1970-01-01.
inline constexpr std::int64_t days_before_1970 = 719'468 + days_per_era;

/// Days from 1970-01-01 on.
constexpr std::int64_t days_from_date(Date date) {
    const std::int64_t year = date.year + 400 - (date.month <= 2 ? 1 : 0);
    const std::int64_t months_from_march = (date.month + 9) % 12;
    const std::int64_t day_of_year = (153 * months_from_march + 2) / 5 + date.day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - days_before_1970;
}

/// The inverse of `days_from_date`.
constexpr Date date_from_days(std::int64_t days) {
    days += days_before_1970;
    const std::int64_t era = days / days_per_era;
    const std::int64_t day = days % days_per_era;
    const std::int64_t year = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
    const std::int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    const std::int64_t months_from_march = (5 * day_of_year + 2) / 153;
    const bool after_december = months_from_march >= 10;
    return {.year = (era - 1) * 400 + year + (after_december ? 1 : 0),
            .month = static_cast<int>(months_from_march + (after_december ? -9 : 3)),
            .day = static_cast<int>(day_of_year - (153 * months_from_march + 2) / 5 + 1)};
}

constexpr int days_in_month(int year, int month) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

} // namespace eventsourcing::detail

#endif
