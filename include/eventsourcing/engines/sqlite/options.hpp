// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_OPTIONS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/url_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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
    current,   ///< it exists and has our schema: one of an earlier library is left as it is
    read_only, ///< it exists, and nothing writes to it: a backup, also on read-only media
};

struct SqliteOptions {
    SqliteDurability durability = SqliteDurability::full;
    /// How long a call without a deadline waits while another process writes; 0 or more.
    std::chrono::milliseconds busy_timeout{10'000};
    /// After how many frames (pages of 4 KiB) of the write-ahead log it is copied into the file; 1
    /// or more.
    int checkpoint_frames = 2'000;
    /// How many appends may wait while others are committed; one more is refused with
    /// `errc::unavailable`.
    std::size_t max_waiting = 1'024;
    /// How many calls read at once, each by a connection of its own, which is kept; one more waits
    /// for one of them, without a deadline for the busy timeout at most. 1 or more.
    std::size_t max_readers = 16;
    /// What is expected of the file.
    SqliteOpen open = SqliteOpen::create;
    /// By its monotonic clock the store waits and measures, and deadlines are instants of it.
    /// Appends of other processes are looked for in the system's time.
    Environment environment{};
};

namespace detail::sqlite {

/// What follows `sqlite:` in a URL.
struct Target {
    std::string path;
    SqliteOptions options;
};

inline Result<void> set_option(SqliteOptions& options, const UrlOption& option) {
    const std::string& key = option.key();
    if (key == "durability") {
        const auto durability = enum_value<SqliteDurability>(option.value());
        if (!durability)
            return option.expected("full or relaxed");
        options.durability = *durability;
        return {};
    }
    if (key == "open") {
        const auto open = enum_value<SqliteOpen>(option.value());
        if (!open)
            return option.expected("create, existing, current or read_only");
        options.open = *open;
        return {};
    }
    if (key == "busy_timeout_ms")
        return option.number(0).transform(
            [&](int number) { options.busy_timeout = std::chrono::milliseconds(number); });
    if (key == "checkpoint_frames")
        return option.number(1).transform([&](int number) { options.checkpoint_frames = number; });
    if (key == "max_waiting")
        return option.number(0).transform(
            [&](int number) { options.max_waiting = static_cast<std::size_t>(number); });
    if (key == "max_readers")
        return option.number(1).transform(
            [&](int number) { options.max_readers = static_cast<std::size_t>(number); });
    return option.unknown("durability, busy_timeout_ms, checkpoint_frames, max_waiting, "
                          "max_readers or open");
}

inline Result<Target> parse_target(std::string_view rest) {
    const auto question = rest.find('?');
    const auto text = rest.substr(0, question);
    if (text.starts_with("//") && !text.starts_with("///"))
        return Error(errc::invalid, "a file has no host: expected sqlite:PATH or sqlite:///PATH");
    auto path = percent_decoded(text); // `%3F` becomes `?`, so that any path can be written
    if (!path)
        return Error(errc::invalid, "expected two hexadecimal digits after %, which itself is "
                                    "written %25");
    Target target{*std::move(path), {}};
    if (question != rest.npos)
        if (auto done = read_url_options(
                rest.substr(question + 1),
                [&](const UrlOption& option) { return set_option(target.options, option); });
            !done)
            return std::move(done).error();
    return target;
}

/// Reads `PATH?option=value&option=value`.
inline Result<Target> parse_url(std::string_view rest) {
    auto target = parse_target(rest);
    if (!target)
        return std::move(target).error().within("sqlite:" + std::string(rest));
    return target;
}

} // namespace detail::sqlite

} // namespace eventsourcing

#endif
