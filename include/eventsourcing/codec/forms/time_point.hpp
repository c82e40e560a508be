// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_TIME_POINT_HPP
#define EVENTSOURCING_CODEC_FORMS_TIME_POINT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/duration.hpp>
#include <eventsourcing/codec/forms/number.hpp>
#include <eventsourcing/codec/forms/parsed.hpp>
#include <eventsourcing/core/calendar.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/rfc3339.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// std::chrono::time_point, recognised by its parts.
template <class T>
concept TimePointLike = DurationLike<typename T::duration> && requires(const T& value) {
    typename T::clock;
    { value.time_since_epoch() } -> std::same_as<typename T::duration>;
};

/// Counted in whole seconds, or in a decimal fraction of one down to nanoseconds.
template <class Duration>
concept DecimalDuration =
    JsonInteger<typename Duration::rep> &&
    (Duration::period::den == 1 ||
     (Duration::period::num == 1 && 1'000'000'000 % Duration::period::den == 0));

template <class T>
concept OfSystemClock = full_type_name<typename T::clock>().ends_with("::system_clock");

/// Stops with the cure if a time point can't be a text.
template <class T>
consteval bool check_time_point() {
    constexpr bool of_system = OfSystemClock<T>;
    EVENTSOURCING_EXPLAIN(of_system,
                          "the time points of this clock mean nothing to another process; use "
                          "those of std::chrono::system_clock, or es::Timestamp",
                          T);
    constexpr bool decimal = !of_system || DecimalDuration<typename T::duration>;
    EVENTSOURCING_EXPLAIN(decimal,
                          "a time point has a JSON form only with an integer that counts whole "
                          "seconds or a decimal fraction of them; use es::Timestamp, or "
                          "std::chrono::sys_time of such a duration",
                          T);
    return of_system && decimal;
}

/// std::chrono::time_point of the system clock: a string, RFC 3339 in UTC, as es::Timestamp.
struct TimePointForm : ParsedForm<TimePointForm> {
    template <TimePointLike T>
    static bool write(JsonWriter& out, const T& value) {
        if constexpr (check_time_point<T>()) {
            const auto count = value.time_since_epoch().count();
            std::int64_t seconds = 0;
            std::uint32_t nanoseconds = 0;
            if (!split<T>(count, seconds, nanoseconds))
                return out.fail("expected a time of the years 0001 to 9999, got " +
                                std::to_string(count) + " " + unit<T>() + " from 1970 on");
            char text[rfc3339_size];
            const char* const end = write_rfc3339(seconds, nanoseconds, text);
            return out.string({text, static_cast<std::size_t>(end - text)});
        } else {
            return false;
        }
    }
    template <class T>
    static bool parse(JsonReader& in, const JsonString& string, T& value) {
        if constexpr (check_time_point<T>()) {
            std::string buffer;
            Rfc3339Reader reader(string.text(buffer));
            if (!reader.read())
                return in.fail(reader.error().message());
            typename T::rep count{};
            if (!join<T>(reader.seconds(), reader.nanoseconds(), count))
                return in.unfit("a time in whole " + unit<T>() + ", as many as its type can count",
                                string);
            value = T(typename T::duration(count));
            return true;
        } else {
            return false;
        }
    }
    template <class T>
    static consteval bool storable() {
        return OfSystemClock<T> && DecimalDuration<typename T::duration>;
    }

private:
    template <class T>
    static constexpr std::int64_t num = T::duration::period::num;
    template <class T>
    static constexpr std::int64_t den = T::duration::period::den;

    template <class T>
    static std::string unit() {
        switch (num<T> == 1 ? -den<T> : num<T>) {
        case -1'000'000'000:
            return "nanoseconds";
        case -1'000'000:
            return "microseconds";
        case -1'000:
            return "milliseconds";
        case -1:
            return "seconds";
        case 60:
            return "minutes";
        case 3600:
            return "hours";
        case 86'400:
            return "days";
        default:
            return "units of " + std::to_string(num<T>) + "/" + std::to_string(den<T>) + " s";
        }
    }

    /// False outside of the years 0001 to 9999.
    template <class T>
    static bool split(typename T::rep count, std::int64_t& seconds, std::uint32_t& nanoseconds) {
        std::int64_t whole = 0;
        if (__builtin_add_overflow(count, 0, &whole)) // an unsigned one may not fit
            return false;
        std::int64_t rest = whole % den<T>;
        const bool before = rest < 0;
        rest += before ? den<T> : 0;
        if (__builtin_mul_overflow(whole / den<T> - (before ? 1 : 0), num<T>, &seconds))
            return false;
        nanoseconds = static_cast<std::uint32_t>(rest * (1'000'000'000 / den<T>));
        return seconds >= first_second && seconds <= last_second;
    }
    template <class T>
    static bool join(std::int64_t seconds, std::int64_t nanoseconds, typename T::rep& count) {
        constexpr std::int64_t unit = 1'000'000'000 / den<T>;
        // from the second nearer to zero, so that the lowest count does not overflow in between
        const std::int64_t back = seconds < 0 ? 1 : 0;
        std::int64_t whole = 0;
        return seconds % num<T> == 0 && nanoseconds % unit == 0 &&
               !__builtin_mul_overflow(seconds / num<T> + back, den<T>, &whole) &&
               !__builtin_add_overflow(whole, nanoseconds / unit - back * den<T>, &count);
    }
};

} // namespace eventsourcing::detail

#endif
