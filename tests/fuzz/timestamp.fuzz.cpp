// SPDX-License-Identifier: MIT
// Any text as a timestamp of RFC 3339: the library takes what a second reader takes, which was
// written from the grammar and counts days one by one, and finds the same point in time.
#include <eventsourcing/cloudevents/cloud_event_time.hpp>
#include <eventsourcing/core/timestamp.hpp>

#include "fuzz/fuzz.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using fuzz::require;

struct Reference {
    std::int64_t seconds; // since 0000-01-01T00:00:00Z
    std::string fraction; // nine digits
};

bool is_leap(int year) {
    return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}
int month_length(int year, int month) {
    if (month == 2)
        return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
std::int64_t days_before(int year, int month) {
    std::int64_t days = 0;
    for (int y = 0; y < year; ++y)
        days += is_leap(y) ? 366 : 365;
    for (int m = 1; m < month; ++m)
        days += month_length(year, m);
    return days;
}
bool month_starts(std::int64_t seconds) {
    if (seconds % 86'400 != 0)
        return false;
    std::int64_t days = seconds / 86'400;
    for (int year = 0; days >= 0; ++year)
        for (int month = 1; month <= 12; days -= month_length(year, month++))
            if (days == 0)
                return true;
    return seconds == 0;
}

/// The number at `at`, with so many digits; -1 for none.
int number(std::string_view text, std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

std::optional<Reference> reference(std::string_view text) {
    const auto is = [&](std::size_t at, std::string_view any) {
        return at < text.size() && any.find(text[at]) != any.npos;
    };
    const int year = number(text, 0, 4);
    const int month = number(text, 5, 2);
    const int day = number(text, 8, 2);
    const int hour = number(text, 11, 2);
    const int minute = number(text, 14, 2);
    const int second = number(text, 17, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > month_length(year, month) ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
        !is(4, "-") || !is(7, "-") || !is(10, "Tt") || !is(13, ":") || !is(16, ":"))
        return std::nullopt;
    Reference out{days_before(year, month) * 86'400, ""};
    out.seconds += (day - 1) * 86'400 + hour * 3600 + minute * 60 + second;
    std::size_t at = 19;
    if (is(at, ".")) {
        for (++at; is(at, "0123456789"); ++at)
            out.fraction += text[at];
        if (out.fraction.empty())
            return std::nullopt;
    }
    out.fraction.resize(9, '0');
    if (is(at, "Zz")) {
        ++at;
    } else if (is(at, "+-")) {
        const int hours = number(text, at + 1, 2);
        const int minutes = number(text, at + 4, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !is(at + 3, ":"))
            return std::nullopt;
        out.seconds -= (is(at, "+") ? 1 : -1) * (hours * 3600 + minutes * 60);
        at += 6;
    } else {
        return std::nullopt;
    }
    if (at != text.size() || (second == 60 && !month_starts(out.seconds)))
        return std::nullopt;
    return out;
}

constexpr std::int64_t year_0 = -62'167'219'200; // in seconds from 1970 on

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const auto expected = reference(text);
    const auto time = es::CloudEventTime::parse(text);
    require(time.has_value() == expected.has_value(), "the answer of the reference", text);
    const auto timestamp = es::Timestamp::parse(text);
    if (!time) {
        require(!timestamp && timestamp.error() == es::errc::malformed, "malformed", text);
        require(time.error() == es::errc::malformed, "malformed", text);
        fuzz::require_readable(time.error().message());
        fuzz::require_readable(timestamp.error().message());
        return 0;
    }
    require(time->to_string() == text, "the text that was read", text);
    require(*time == es::CloudEventTime::parse(time->to_string()).value(), "equal to itself", text);

    const auto instant = time->timestamp();
    require(instant || instant.error() == es::errc::invalid, "a timestamp, or out of range", text);
    // the year 0000 with an offset can be in range in UTC; as a Timestamp it is refused
    require(!timestamp || (instant && *instant == *timestamp), "the same timestamp", text);
    require(timestamp || !instant || text.starts_with("0000"), "the same timestamp", text);
    const std::int64_t seconds = expected->seconds + year_0;
    const bool in_range = seconds >= es::Timestamp::min().unix_seconds() &&
                          seconds <= es::Timestamp::max().unix_seconds();
    require(instant.has_value() == in_range, "years 1 to 9999 in UTC", text);
    if (!instant)
        return 0;
    require(instant->unix_seconds() == seconds, "the second of the reference", text);
    require(instant->nanoseconds() == std::stoul(expected->fraction), "its fraction", text);
    const auto canonical = es::Timestamp::parse(instant->to_string());
    require(canonical.has_value() && *canonical == *instant, "a text that reads back", text);
    return 0;
}
