// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_OPTIONS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace eventsourcing {

/// What an acknowledged append of a SQLite store survives. Both survive the death of the process.
enum class SqliteDurability : std::uint8_t {
    full,    ///< the loss of power, too: one fsync a commit
    relaxed, ///< after a loss of power the last appends may be missing, from the end and in order
};

/// What is expected of the file of a store.
enum class SqliteOpen : std::uint8_t {
    create,    ///< it is opened, or made if it does not exist
    existing,  ///< it exists; `errc::not_found` otherwise
    read_only, ///< it exists, and nothing writes to it: a backup, also on read-only media
};

struct SqliteOptions {
    SqliteDurability durability = SqliteDurability::full;
    /// How long a call without a deadline waits while another process writes.
    std::chrono::milliseconds busy_timeout{10'000};
    /// After how many frames (pages of 4 KiB) of the write-ahead log it is copied into the file.
    int checkpoint_frames = 2'000;
    /// How many appends may wait while others are committed; one more is refused with
    /// `errc::unavailable`.
    std::size_t max_waiting = 1'024;
    /// How many calls read at once, each by a connection of its own, which is kept; one more waits
    /// for one of them, without a deadline for the busy timeout at most.
    std::size_t max_readers = 16;
    /// What is expected of the file.
    SqliteOpen open = SqliteOpen::create;
};

namespace detail::sqlite {

/// What stands behind `sqlite:` in a URL.
struct Target {
    std::string path;
    SqliteOptions options;
};

inline Error invalid_url(std::string_view rest, std::string why) {
    return {errc::invalid, "sqlite:" + std::string(rest) + ": " + std::move(why)};
}

inline Result<void> set_option(SqliteOptions& options, std::string_view name,
                               std::string_view value, std::string_view rest) {
    const auto expected = [&](const char* what) {
        return invalid_url(rest, "option " + std::string(name) + ": expected " + what + ", got " +
                                     in_quotes(value));
    };
    int number = 0;
    const auto [stop, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_number = code == std::errc{} && stop == value.data() + value.size();
    if (name == "durability") {
        const auto durability = enum_value<SqliteDurability>(value);
        if (!durability)
            return expected("full or relaxed");
        options.durability = *durability;
    } else if (name == "busy_timeout_ms") {
        if (!is_number || number < 0)
            return expected("a number of milliseconds");
        options.busy_timeout = std::chrono::milliseconds(number);
    } else if (name == "checkpoint_frames") {
        if (!is_number || number < 1)
            return expected("a number of frames, 1 or more");
        options.checkpoint_frames = number;
    } else if (name == "max_waiting") {
        if (!is_number || number < 0)
            return expected("a number of appends");
        options.max_waiting = static_cast<std::size_t>(number);
    } else if (name == "max_readers") {
        if (!is_number || number < 1)
            return expected("a number of calls, 1 or more");
        options.max_readers = static_cast<std::size_t>(number);
    } else if (name == "open") {
        const auto open = enum_value<SqliteOpen>(value);
        if (!open)
            return expected("create, existing or read_only");
        options.open = *open;
    } else {
        return invalid_url(rest, "unknown option " + in_quotes(name) +
                                     ": expected durability, busy_timeout_ms, checkpoint_frames, "
                                     "max_waiting, max_readers or open");
    }
    return {};
}

/// Reads `PATH?option=value&option=value`.
inline Result<Target> parse_url(std::string_view rest) {
    const auto question = rest.find('?');
    const auto text = rest.substr(0, question);
    if (text.starts_with("//") && !text.starts_with("///"))
        return invalid_url(rest, "a file has no host: expected sqlite:PATH or sqlite:///PATH");
    auto path = percent_decoded(text); // `%3F` becomes `?`, so that any path can be written
    if (!path)
        return invalid_url(rest, "expected two hexadecimal digits behind %, which itself is "
                                 "written %25");
    Target target{*std::move(path), {}};
    if (question == rest.npos)
        return target;
    for (auto left = rest.substr(question + 1);;) {
        const auto option = left.substr(0, left.find('&'));
        const auto equals = option.find('=');
        if (equals == option.npos)
            return invalid_url(rest, "option " + in_quotes(option) + ": expected name=value");
        if (auto done = set_option(target.options, option.substr(0, equals),
                                   option.substr(equals + 1), rest);
            !done)
            return std::move(done).error();
        if (option.size() == left.size())
            return target;
        left.remove_prefix(option.size() + 1);
    }
}

} // namespace detail::sqlite

} // namespace eventsourcing

#endif
