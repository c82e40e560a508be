// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_NUMBER_HPP
#define EVENTSOURCING_CODEC_JSON_NUMBER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <charconv>
#include <cstddef>
#include <limits>
#include <string_view>
#include <system_error>

namespace eventsourcing::detail {

/// Whether a JSON number that is not 0 is below 1, by its digits and its exponent.
constexpr bool is_tiny(std::string_view text) {
    // the place of the first digit that is not 0, relative to the point
    long long place = 0;
    bool after_point = false;
    bool seen = false;
    std::size_t i = 0;
    for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
        if (text[i] == '.')
            after_point = true;
        seen = seen || (text[i] >= '1' && text[i] <= '9');
        if (is_digit(text[i]))
            place += seen && !after_point ? 1 : !seen && after_point ? -1 : 0;
    }
    long long exponent = 0;
    bool negative = false;
    for (++i; i < text.size(); ++i) {
        negative = negative || text[i] == '-';
        if (is_digit(text[i]) && exponent < 1'000'000'000'000)
            exponent = exponent * 10 + (text[i] - '0');
    }
    return place + (negative ? -exponent : exponent) <= 0;
}

/// The nearest floating-point number to a JSON number, 0 if it is too small; false if it is too
/// large.
template <class Float>
bool parse_floating(std::string_view text, Float& value) {
    const char* const end = text.data() + text.size();
    if (std::from_chars(text.data(), end, value).ec == std::errc())
        return value >= std::numeric_limits<Float>::lowest() &&
               value <= std::numeric_limits<Float>::max();
    value = text.front() == '-' ? -Float(0) : Float(0);
    return is_tiny(text);
}

} // namespace eventsourcing::detail

#endif
