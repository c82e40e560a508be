// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_SAME_JSON_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_SAME_JSON_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::eventstoredb {

bool same_json(std::string_view a, std::string_view b);

/// The members of an object or the elements of an array, as texts; the names sorted and without
/// escapes. False if it is not JSON.
inline bool json_parts(std::string_view text,
                       std::vector<std::pair<std::string, std::string_view>>& out) {
    JsonScanner scanner(text);
    const char bracket = scanner.next();
    const char end = bracket == '{' ? '}' : ']';
    if (!scanner.begin(bracket, "an object or array"))
        return false;
    for (bool first = true; scanner.more(first, end); first = false) {
        auto& [name, value] = out.emplace_back();
        if (bracket == '{') {
            JsonString raw{};
            if (!scanner.member_name(raw))
                return false;
            raw.copy_to(name);
        }
        if (!scanner.raw_value(value))
            return false;
    }
    if (bracket == '{')
        std::sort(out.begin(), out.end());
    return !scanner.failed();
}

inline bool same_number(std::string_view a, std::string_view b) {
    if (a == b)
        return true;
    const auto x = decode_json<double>(a);
    const auto y = decode_json<double>(b);
    const auto i = decode_json<std::int64_t>(a);
    const auto j = decode_json<std::int64_t>(b);
    if (i && j) // beyond 2^53 doubles are not exact
        return *i == *j;
    const auto whole = [](std::string_view text) { return text.find_first_of(".eE") == text.npos; };
    if (whole(a) && whole(b))
        return false;
    return x && y && *x == *y;
}

/// Whether two valid JSON texts have the same value: white space, escapes, the order of members and
/// the spelling of numbers don't count.
inline bool same_json(std::string_view a, std::string_view b) {
    const auto trim = [](std::string_view text) {
        while (!text.empty() && JsonScanner::is_space(text.front()))
            text.remove_prefix(1);
        while (!text.empty() && JsonScanner::is_space(text.back()))
            text.remove_suffix(1);
        return text;
    };
    a = trim(a);
    b = trim(b);
    if (a == b)
        return true;
    if (a.empty() || b.empty())
        return false;
    switch (a.front()) {
    case '"': {
        const auto x = decode_json<std::string>(a);
        const auto y = decode_json<std::string>(b);
        return x && y && *x == *y;
    }
    case '{':
    case '[': {
        std::vector<std::pair<std::string, std::string_view>> x;
        std::vector<std::pair<std::string, std::string_view>> y;
        return a.front() == b.front() && json_parts(a, x) && json_parts(b, y) &&
               std::equal(
                   x.begin(), x.end(), y.begin(), y.end(), [](const auto& one, const auto& other) {
                       return one.first == other.first && same_json(one.second, other.second);
                   });
    }
    case 't':
    case 'f':
    case 'n':
        return false;
    default:
        return same_number(a, b);
    }
}

} // namespace eventsourcing::detail::eventstoredb

#endif
