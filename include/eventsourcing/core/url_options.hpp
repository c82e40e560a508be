// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_URL_OPTIONS_HPP
#define EVENTSOURCING_CORE_URL_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// `name=value&name=value`, the part of a store's URL after the `?`.

namespace eventsourcing::detail {

inline std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = to_lower(c);
    return out;
}

/// Text in UTF-8 without control characters.
inline bool is_plain_text(std::string_view text) {
    return valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

/// One option of a URL, with its value percent-decoded. The functions return the value, or
/// `errc::invalid` with what was expected.
class UrlOption {
public:
    UrlOption(std::string_view its_name, std::string its_value)
        : name_(its_name),
          key_(lower_case(its_name)),
          value_(std::move(its_value)) {}

    /// The name in lower case: the case of names makes no difference.
    [[nodiscard]] const std::string& key() const { return key_; }
    [[nodiscard]] const std::string& value() const { return value_; }

    [[nodiscard]] Error expected(std::string_view what) const {
        return refused(": expected " + std::string(what) + ", got " + in_quotes(value_));
    }
    /// For an unknown option; `known` lists the known ones.
    [[nodiscard]] Error unknown(std::string_view known) const {
        return {errc::invalid,
                "unknown option " + in_quotes(name_) + ": expected " + std::string(known)};
    }
    [[nodiscard]] Error twice() const { return refused(" is given twice"); }

    [[nodiscard]] Result<bool> boolean() const {
        if (value_ != "true" && value_ != "false")
            return expected("true or false");
        return value_ == "true";
    }
    /// A whole number of 32 bits, at least `least`.
    [[nodiscard]] Result<std::int32_t> number(std::int32_t least) const {
        std::int32_t number = 0;
        const char* const end = value_.data() + value_.size();
        const auto [stop, code] = std::from_chars(value_.data(), end, number);
        if (code != std::errc{} || stop != end || number < least)
            return expected("a whole number from " + std::to_string(least) + " to " +
                            std::to_string(std::numeric_limits<std::int32_t>::max()));
        return number;
    }

private:
    [[nodiscard]] Error refused(const std::string& why) const {
        return {errc::invalid, "option " + in_quotes(name_) + why};
    }

    std::string name_;
    std::string key_;
    std::string value_;
};

/// Calls `take(const UrlOption&)`, which returns `Result<void>`, with each option of the list. An
/// option without a name, without a value or given twice is `errc::invalid`. For a text that is no
/// option the error names its place, not the text, which may contain a password.
template <class Take>
Result<void> read_url_options(std::string_view list, Take take) {
    std::vector<std::string> seen;
    for (std::string_view left = list;;) {
        const auto one = left.substr(0, left.find('&'));
        const auto equals = one.find('=');
        if (equals == one.npos || equals == 0)
            return Error(errc::invalid,
                         "option " + std::to_string(seen.size() + 1) + ": expected name=value");
        const auto name = one.substr(0, equals);
        auto value = percent_decoded(one.substr(equals + 1));
        if (!value || value->empty() || !is_plain_text(*value))
            return Error(errc::invalid, "option " + in_quotes(name) +
                                            ": expected a value in UTF-8 without control "
                                            "characters, with two hexadecimal digits after each %");
        const UrlOption option(name, *std::move(value));
        if (std::find(seen.begin(), seen.end(), option.key()) != seen.end())
            return option.twice();
        if (auto done = take(option); !done)
            return done;
        seen.push_back(option.key());
        if (one.size() == left.size())
            return {};
        left.remove_prefix(one.size() + 1);
    }
}

} // namespace eventsourcing::detail

#endif
