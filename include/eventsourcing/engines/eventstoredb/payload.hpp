// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_PAYLOAD_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_PAYLOAD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/result.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail::eventstoredb {

/// How many of the 64 levels that a server reads are around the data of an event.
inline constexpr unsigned levels_around = 2;

/// The size of valid JSON text after a server has rewritten it: indented, with Windows line breaks
/// and the longest form of numbers with a fraction. Never too small.
class StoredSize {
public:
    [[nodiscard]] static std::size_t of(std::string_view json) {
        StoredSize size;
        for (std::size_t i = 0; i < json.size();)
            i = size.token(json, i);
        return size.bytes_;
    }

private:
    static constexpr std::size_t longest_double = 25;

    void new_line() { bytes_ += 2 + 2 * depth_; }

    std::size_t token(std::string_view json, std::size_t at) {
        const char c = json[at];
        if (JsonScanner::is_space(c))
            return at + 1;
        if (c == '"')
            return string(json, at);
        if (c == '}' || c == ']') {
            --depth_;
            if (!empty_)
                new_line();
            empty_ = false;
            ++bytes_;
            return at + 1;
        }
        if (empty_) // the first part of what was opened
            new_line();
        empty_ = false;
        if (c == '{' || c == '[') {
            ++depth_;
            ++bytes_;
            empty_ = true;
            return at + 1;
        }
        if (c == ',' || c == ':') {
            ++bytes_;
            if (c == ',')
                new_line();
            else
                ++bytes_;
            return at + 1;
        }
        const auto end = std::min(json.size(), json.find_first_of(",]} \t\r\n", at));
        const auto word = json.substr(at, end - at);
        const bool fraction =
            c != 't' && c != 'f' && c != 'n' && word.find_first_of(".eE") != word.npos;
        bytes_ += fraction ? std::max(word.size(), longest_double) : word.size();
        return end;
    }

    std::size_t string(std::string_view json, std::size_t at) {
        if (empty_)
            new_line();
        empty_ = false;
        const auto begin = at++;
        for (; json[at] != '"'; ++at) {
            // U+0085, U+2028 and U+2029 become escapes
            const auto rest = json.substr(at, 3);
            if (rest.starts_with("\xC2\x85"))
                bytes_ += 4;
            else if (rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9")
                bytes_ += 3;
            else if (json[at] == '\\')
                ++at;
        }
        bytes_ += at + 1 - begin;
        return at + 1;
    }

    std::size_t bytes_ = 0;
    std::size_t depth_ = 0;
    bool empty_ = false; // whether the innermost object or array is, so far
};

/// Checks that no number in valid JSON text is too large for a double: servers turn it into a
/// string, or refuse the whole batch.
inline Result<void> check_numbers(std::string_view json) {
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] == '"') {
            for (++at; json[at] != '"'; ++at)
                at += json[at] == '\\' ? 1U : 0U;
            ++at;
        } else if (json[at] == '-' || is_digit(json[at])) {
            const auto end = std::min(json.size(), json.find_first_of(",]} \t\r\n", at));
            const auto number = json.substr(at, end - at);
            if (number.find_first_of("eE") != number.npos)
                if (const auto value = decode_json<double>(number); !value)
                    return value.error();
            at = end;
        } else {
            ++at;
        }
    }
    return {};
}

/// Checks that a server stores `json` as the same value: an object (or array, if `any_shape`),
/// strict JSON without two members of one name, at most 62 levels, numbers that fit a double.
inline Result<void> check_payload(std::string_view json, bool any_shape) {
    JsonScanner scanner(json, levels_around);
    const char first = scanner.next();
    if (first != '{' && !(any_shape && first == '['))
        return Error(errc::malformed, any_shape ? "expected a JSON object or array, since "
                                                  "EventStoreDB loses other values; wrap it"
                                                : "expected a JSON object");
    if (!scanner.skip_value() || !scanner.at_end())
        return scanner.error(errc::malformed);
    return check_numbers(json);
}

/// Whether stored data is JSON.
inline bool is_json(std::string_view text) {
    JsonScanner scanner(text);
    return scanner.skip_value() && scanner.at_end();
}

} // namespace eventsourcing::detail::eventstoredb

#endif
