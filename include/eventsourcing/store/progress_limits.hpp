// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_PROGRESS_LIMITS_HPP
#define EVENTSOURCING_STORE_PROGRESS_LIMITS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/utf8.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/validate.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace eventsourcing {

/// The longest name or fingerprint of progress, owner, status, and kind or fingerprint of a
/// snapshot, in bytes of UTF-8.
inline constexpr std::size_t max_progress_name_size = 255;
/// The longest key of a row or of parked events, in bytes of UTF-8.
inline constexpr std::size_t max_row_key_size = 1024;
/// The most bytes of a row, or of the state in a snapshot.
inline constexpr std::size_t max_state_size = 64 * 1024 * 1024;
/// The longest message of a failure.
inline constexpr std::size_t max_failure_size = 64 * 1024;
/// The longest text of a statement.
inline constexpr std::size_t max_statement_size = 1024 * 1024;
/// The most rows, statements, parked and unparked events of one commit together.
inline constexpr std::size_t max_commit_parts = 100'000;

namespace detail {

/// `what` names the text in messages: `the name of progress`.
inline Result<void> check_label(const char* what, std::string_view text, std::size_t least,
                                std::size_t most) {
    if (text.size() >= least && text.size() <= most && text.find('\0') == text.npos &&
        valid_utf8(text))
        return {};
    return Error(errc::invalid, std::string(what) + " " + in_quotes(text) + ": expected " +
                                    std::to_string(least) + " to " + std::to_string(most) +
                                    " bytes of UTF-8 without a NUL byte");
}

inline Result<void> check_stored_size(const std::string& what, std::size_t size, std::size_t most) {
    if (size <= most)
        return {};
    return Error(errc::too_large, what + " has " + std::to_string(size) + " bytes; at most " +
                                      std::to_string(most) + " can be stored");
}

/// Numbers that stores compare must fit into 63 bits.
inline Result<void> check_number(const char* what, std::uint64_t number) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (number <= most)
        return {};
    return Error(errc::invalid, std::string(what) + " is " + std::to_string(number) + ": at most " +
                                    std::to_string(most) + " can be stored");
}

/// Checks that engines can store the time: as nanoseconds since 1970, in 64 bits.
inline Result<void> check_stored_time(const char* what, Timestamp time) {
    if (auto stored = time.to_unix_nanoseconds(); !stored)
        return std::move(stored).error().within(what);
    return {};
}

/// A message of a failure as it is stored: the beginning of one that is too long.
inline std::string failure_text(std::string message) {
    if (message.size() <= max_failure_size)
        return message;
    std::size_t end = max_failure_size - 3;
    while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U)
        --end; // not within a character
    message.resize(end);
    return message += "...";
}

inline Result<void> check_progress_key(const ProgressKey& key) {
    constexpr std::size_t most = max_progress_name_size;
    if (auto good = check_label("the name of progress", key.name, 1, most); !good)
        return good;
    return check_label("the fingerprint of progress", key.fingerprint, 0, most);
}

inline Result<void> check_row_key(std::string_view key) {
    return check_label("the key of a row", key, 0, max_row_key_size);
}

inline Result<void> check_progress_page(const ProgressKey& key, std::size_t limit) {
    if (auto good = check_page_size(limit); !good)
        return good;
    return check_progress_key(key);
}

inline Result<void> check_parked_key(std::string_view key, std::uint64_t sequence) {
    if (auto good = check_label("the key of a parked event", key, 0, max_row_key_size); !good)
        return good;
    return check_number("the sequence of a parked event", sequence);
}

inline Result<void> check_progress(const Progress& next) {
    for (auto good : {check_label("the owner of progress", next.owner, 0, max_progress_name_size),
                      check_label("the status of progress", next.status, 0, max_progress_name_size),
                      check_number("the fence of progress", next.fence)})
        if (!good)
            return good;
    if (!next.failure)
        return {};
    const ProgressFailure& failure = *next.failure;
    for (auto good :
         {check_stored_size("the message of a failure", failure.message.size(), max_failure_size),
          check_number("the revision of a failure", failure.revision.value_or(Revision{}).value()),
          check_number("the attempts of a failure", failure.attempts),
          check_stored_time("the time of a failure", failure.since)})
        if (!good)
            return good;
    return {};
}

inline Result<void> check_parked(const ParkedEvent& event) {
    for (auto good :
         {check_parked_key(event.key, event.sequence),
          check_number("the revision of a parked event", event.revision.value()),
          check_number("the attempts of a parked event", event.attempts),
          check_stored_size("the failure of a parked event",
                            event.failure ? event.failure->size() : 0, max_failure_size),
          check_stored_time("the time of a parked event", event.parked_at)})
        if (!good)
            return good;
    return {};
}

inline Result<void> check_statement(std::size_t number, const SqlStatement& statement) {
    const auto name = [&] { return "statement " + std::to_string(number) + " of the commit"; };
    if (statement.text.find('\0') != statement.text.npos)
        return Error(errc::invalid, name() + " has a NUL byte, after which nothing would be run");
    if (const std::size_t size = statement.text.size(); size > max_statement_size)
        return check_stored_size(name(), size, max_statement_size);
    for (const SqlValue& value : statement.values) {
        const auto* text = std::get_if<std::string>(&value);
        const auto* bytes = std::get_if<std::vector<std::byte>>(&value);
        const std::size_t size = text ? text->size() : bytes ? bytes->size() : 0;
        if (size > max_state_size) // makes no name of each that is good
            return check_stored_size("a value of " + name(), size, max_state_size);
    }
    return {};
}

inline Result<void> check_row(const RowCommit& row) {
    if (auto good = check_row_key(row.key); !good)
        return good;
    if (const std::size_t size = row.data ? row.data->size() : 0; size > max_state_size)
        return check_stored_size("row " + in_quotes(row.key), size, max_state_size);
    return {};
}

inline bool has_parts(const ProgressCommit& commit) {
    return !commit.rows.empty() || !commit.statements.empty() || !commit.unpark.empty() ||
           !commit.park.empty();
}

/// What a commit promises of itself, so that a store can tell it from others.
inline Result<void> check_advance(const ProgressCommit& commit) {
    const auto refuse = [&](const std::string& why) {
        return Error(errc::invalid,
                     "a commit to progress " + in_quotes(commit.key.name) + ": " + why);
    };
    if (commit.replaces_live && (!commit.key.rebuild || !commit.loaded))
        return refuse("only a rebuild that is stored already can replace the live one");
    if (commit.drops && (!commit.loaded || commit.replaces_live || has_parts(commit)))
        return refuse("one that drops what is stored needs what was loaded, and stores nothing");
    if (!commit.loaded)
        return {};
    if (commit.next.fence < commit.loaded->fence)
        return refuse("its fence is " + std::to_string(commit.next.fence) + ", lower than " +
                      std::to_string(commit.loaded->fence) + ", which was loaded");
    if (has_parts(commit) && commit.next.checkpoint == commit.loaded->checkpoint &&
        commit.next.fence == commit.loaded->fence)
        return refuse("it has rows, statements or parked events, but neither its checkpoint nor "
                      "its fence differs from what was loaded, so that it could not be told from "
                      "one that was sent before: give it a higher fence");
    return {};
}

/// What every store checks before it takes a commit.
inline Result<void> check_progress_commit(const ProgressCommit& commit) {
    for (auto good :
         {check_progress_key(commit.key), check_progress(commit.next), check_advance(commit)})
        if (!good)
            return good;
    if (const std::size_t parts = commit.rows.size() + commit.statements.size() +
                                  commit.unpark.size() + commit.park.size();
        parts > max_commit_parts)
        return Error(errc::too_large, "a commit to progress " + in_quotes(commit.key.name) +
                                          " with " + std::to_string(parts) +
                                          " rows, statements, parked and unparked events: "
                                          "one takes at most " +
                                          std::to_string(max_commit_parts));
    for (const RowCommit& row : commit.rows)
        if (auto good = check_row(row); !good)
            return good;
    for (std::size_t i = 0; i < commit.statements.size(); ++i)
        if (auto good = check_statement(i + 1, commit.statements[i]); !good)
            return good;
    for (const UnparkedEvent& event : commit.unpark)
        if (auto good = check_parked_key(event.key, event.sequence); !good)
            return good;
    for (const ParkedEvent& event : commit.park)
        if (auto good = check_parked(event); !good)
            return good;
    return {};
}

inline Result<void> check_snapshot_name(std::string_view kind, std::string_view fingerprint) {
    constexpr std::size_t most = max_progress_name_size;
    if (auto good = check_label("the kind of a snapshot", kind, 1, most); !good)
        return good;
    return check_label("the fingerprint of a snapshot", fingerprint, 0, most);
}

/// What every store checks before it takes a snapshot.
inline Result<void> check_snapshot(const Snapshot& snapshot) {
    for (auto good : {check_snapshot_name(snapshot.kind, snapshot.fingerprint),
                      check_number("the revision of a snapshot", snapshot.revision.value()),
                      check_stored_size("the snapshot of " + snapshot.stream.str(),
                                        snapshot.data.size(), max_state_size)})
        if (!good)
            return good;
    return {};
}

} // namespace detail

} // namespace eventsourcing

#endif
