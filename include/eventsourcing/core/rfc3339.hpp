// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_RFC3339_HPP
#define EVENTSOURCING_CORE_RFC3339_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/calendar.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Reads a `date-time` of RFC 3339 section 5.6 from left to right and stops at the first thing that
/// is wrong.
class Rfc3339Reader {
public:
    constexpr explicit Rfc3339Reader(std::string_view text) : text_(text) {}

    /// Whether all of the text is a time of the years 0001 to 9999, also in UTC.
    constexpr bool read() {
        return read_any_year() && (year_ != 0 || fail(Fault::year)) && range();
    }
    /// Whether all of the text is a time: also in the year 0000, or outside of the years in UTC
    /// only.
    constexpr bool read_any_year() {
        return date() && character('T') && time_of_day() && fraction() && offset() &&
               (at_ == text_.size() || expected("the end")) && leap_second();
    }
    /// Seconds from 1970 on, in UTC. A leap second is the second after it.
    [[nodiscard]] constexpr std::int64_t seconds() const { return seconds_; }
    [[nodiscard]] constexpr std::int64_t nanoseconds() const { return nanoseconds_; }

    /// Why `read` returned false.
    [[nodiscard]] Error error() const {
        return {errc::malformed, "timestamp " + in_quotes(text_) + ": " + reason()};
    }

private:
    enum class Fault : std::uint8_t { character, syntax, field, year, day, leap_second, range };

    constexpr bool fail(Fault fault) {
        fault_ = fault;
        return false;
    }
    constexpr bool expected(const char* what) {
        name_ = what;
        return fail(Fault::syntax);
    }
    [[nodiscard]] constexpr char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    /// Exactly this character; RFC 3339 allows letters in lower case.
    constexpr bool character(char wanted) {
        if (next() == wanted || (is_upper(wanted) && next() == to_lower(wanted))) {
            ++at_;
            return true;
        }
        wanted_ = wanted;
        return fail(Fault::character);
    }
    constexpr bool digits(int count, int& out) {
        out = 0;
        for (int i = 0; i < count; ++i, ++at_) {
            if (!is_digit(next()))
                return expected("a digit");
            out = out * 10 + (next() - '0');
        }
        return true;
    }
    constexpr bool field(const char* name, int low, int high, int& out) {
        if (!digits(2, out))
            return false;
        if (out >= low && out <= high)
            return true;
        name_ = name;
        found_ = out;
        low_ = low;
        high_ = high;
        return fail(Fault::field);
    }

    constexpr bool date() {
        if (!digits(4, year_) || !character('-') || !field("month", 1, 12, month_) ||
            !character('-') || !field("day", 1, 31, found_))
            return false;
        if (found_ > days_in_month(year_, month_))
            return fail(Fault::day);
        seconds_ = days_from_date({year_, month_, found_}) * seconds_per_day;
        return true;
    }
    constexpr bool time_of_day() {
        int hour = 0;
        int minute = 0;
        int second = 0;
        if (!field("hour", 0, 23, hour) || !character(':') || !field("minute", 0, 59, minute) ||
            !character(':') || !field("second", 0, 60, second))
            return false;
        second_60_ = second == 60;
        seconds_ += hour * 3600 + minute * 60 + second;
        return true;
    }
    constexpr bool fraction() {
        if (next() != '.')
            return true;
        ++at_;
        if (!is_digit(next()))
            return expected("a digit");
        for (std::int64_t weight = 100'000'000; is_digit(next()); weight /= 10, ++at_)
            nanoseconds_ += weight * (next() - '0');
        return true;
    }
    constexpr bool offset() {
        const char sign = next();
        if (sign != '+' && sign != '-' && to_lower(sign) != 'z')
            return expected("Z or an offset such as +01:00");
        ++at_;
        if (to_lower(sign) == 'z')
            return true;
        int hours = 0;
        int minutes = 0;
        if (!field("offset hour", 0, 23, hours) || !character(':') ||
            !field("offset minute", 0, 59, minutes))
            return false;
        const int total = hours * 3600 + minutes * 60;
        seconds_ -= sign == '+' ? total : -total;
        return true;
    }
    constexpr bool leap_second() {
        const bool month_starts =
            seconds_ % seconds_per_day == 0 && date_from_days(seconds_ / seconds_per_day).day == 1;
        return !second_60_ || month_starts || fail(Fault::leap_second);
    }
    constexpr bool range() {
        return (seconds_ >= first_second && seconds_ <= last_second) || fail(Fault::range);
    }

    [[nodiscard]] std::string reason() const {
        constexpr std::array<const char*, 12> months{
            "January", "February", "March",     "April",   "May",      "June",
            "July",    "August",   "September", "October", "November", "December"};
        switch (fault_) {
        case Fault::character:
            return got(joined({"\"", {&wanted_, 1}, "\""}));
        case Fault::syntax:
            return got(name_);
        case Fault::field:
            return std::string(name_) + " " + two_digits(found_) + ": expected " +
                   two_digits(low_) + " to " + two_digits(high_);
        case Fault::year:
            return "year 0000: expected 0001 to 9999";
        case Fault::day:
            return "day " + two_digits(found_) + ": " +
                   months[static_cast<std::size_t>(month_ - 1)] + " " + std::to_string(year_) +
                   " has " + std::to_string(days_in_month(year_, month_)) + " days";
        case Fault::leap_second:
            return "second 60: a leap second is at 23:59:60 UTC on the last day of a month";
        case Fault::range:
            break;
        }
        return "in UTC this is outside the years 0001 to 9999";
    }
    [[nodiscard]] std::string got(const std::string& wanted) const {
        return "expected " + wanted + " at character " + std::to_string(at_ + 1) + ", got " +
               (at_ < text_.size() ? in_quotes(text_.substr(at_), 8) : "the end");
    }
    static std::string two_digits(int number) {
        return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::int64_t seconds_ = 0;
    std::int64_t nanoseconds_ = 0;
    int year_ = 0;
    int month_ = 0;
    bool second_60_ = false;

    Fault fault_ = Fault::syntax;
    char wanted_ = '\0';
    const char* name_ = "";
    int found_ = 0;
    int low_ = 0;
    int high_ = 0;
};

/// The longest text: `9999-12-31T23:59:59.999999999Z`.
inline constexpr std::size_t rfc3339_size = 30;

/// Writes a time of the years 0001 to 9999 in UTC, without the zeros at the end of its fraction; at
/// most `rfc3339_size` characters. Returns one past the last of them.
constexpr char* write_rfc3339(std::int64_t seconds, std::uint32_t nanoseconds, char* out) {
    const auto digits = [&](std::int64_t number, int count) {
        for (int i = count - 1; i >= 0; --i, number /= 10)
            out[i] = static_cast<char>('0' + number % 10);
        out += count;
    };
    const std::int64_t since_year_1 = seconds - first_second; // not negative
    const std::int64_t second = since_year_1 % seconds_per_day;
    const Date date = date_from_days((seconds - second) / seconds_per_day);
    digits(date.year, 4);
    *out++ = '-';
    digits(date.month, 2);
    *out++ = '-';
    digits(date.day, 2);
    *out++ = 'T';
    digits(second / 3600, 2);
    *out++ = ':';
    digits(second / 60 % 60, 2);
    *out++ = ':';
    digits(second % 60, 2);
    if (nanoseconds != 0) {
        *out++ = '.';
        digits(nanoseconds, 9);
        while (out[-1] == '0')
            --out;
    }
    *out++ = 'Z';
    return out;
}

} // namespace eventsourcing::detail

#endif
