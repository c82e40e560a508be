// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_WATCHED_FILES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_WATCHED_FILES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/engines/sqlite/store_files.hpp>

#include <utility>

namespace eventsourcing::detail::sqlite {

/// The files of a store, as the one who writes to it sees them: what was done to them, whether that
/// can be undone, and what it means for a call.
class WatchedFiles {
public:
    /// The connection must outlive it.
    WatchedFiles(Connection& connection, const Environment& environment)
        : connection_(connection),
          files_(connection, environment) {}

    /// Opens the log and its shared memory, and remembers which files they are. An error if they do
    /// not belong together.
    [[nodiscard]] Result<void> remember() {
        // A damaged file can be opened, so that `verify` can say what is wrong.
        if (auto read = read_head(connection_); !read && read.error() != errc::corrupt)
            return std::move(read).error();
        if (auto whole = check(files_.remember()); !whole)
            return whole;
        if (!files_.log_is_of_memory())
            return files_.error(StoreFiles::State::log_replaced, errc::failed, "nothing was done");
        return check(files_.look());
    }

    /// Before a transaction writes.
    [[nodiscard]] Result<void> check_before_append() noexcept {
        return check(files_.look_now_and_then());
    }
    /// In a write transaction, before the log is written to.
    [[nodiscard]] Result<void> check_log_size() noexcept {
        return check(files_.look_at_log_size());
    }
    [[nodiscard]] Result<void> check_now() noexcept { return check(files_.look()); }
    /// After a commit that is done, but perhaps in files that may never be found again.
    [[nodiscard]] Result<void> check_after_commit() noexcept {
        const StoreFiles::State state = files_.look();
        return state == StoreFiles::State::whole ? Result<void>{} : lost(state);
    }

    /// The state of the files now.
    [[nodiscard]] StoreFiles::State look() noexcept { return files_.look(); }
    /// Whether the files are at their names. May be used from several threads at once.
    [[nodiscard]] Result<void> check_names() const {
        const StoreFiles::State state = files_.look_at_names();
        if (state == StoreFiles::State::whole)
            return {};
        const bool can_be_undone = StoreFiles::can_be_undone(state);
        return files_.error(state, can_be_undone ? errc::unavailable : errc::failed,
                            "nothing was done");
    }
    /// Whether the file and the log are as long as they must be. May be used from several threads
    /// at once, each with a connection of its own that has read from the file.
    [[nodiscard]] Result<void> check_sizes(const Connection& reader) const {
        const StoreFiles::State state = files_.look_at_sizes(reader);
        if (state == StoreFiles::State::whole)
            return {};
        return files_.error(state, errc::failed, "nothing was done");
    }
    [[nodiscard]] Error moved_error() const {
        return files_.error(StoreFiles::State::moved, errc::unavailable, "nothing was done");
    }
    /// In such a state: whether the log that this connection has open may be copied into the file.
    [[nodiscard]] bool holds_lost_log(StoreFiles::State state) const noexcept {
        return (state == StoreFiles::State::log_deleted ||
                state == StoreFiles::State::log_replaced) &&
               files_.may_copy_lost_log();
    }

    /// Whether the last connection may copy the log and delete it: not one that has replaced the
    /// log.
    [[nodiscard]] bool may_delete_log() noexcept {
        const StoreFiles::State state = files_.look();
        return state == StoreFiles::State::whole || StoreFiles::has_second_name(state) ||
               state == StoreFiles::State::log_deleted;
    }

    /// Whether the writer can be used after a commit of unknown outcome: the commit is done, and
    /// what was done to the files can be undone.
    [[nodiscard]] bool can_go_on() const { return can_go_on_; }

    /// The change to the files for which the store must be stopped; `whole` for none.
    [[nodiscard]] StoreFiles::State fault() const { return fault_; }
    /// What was said when it was found; there is one.
    [[nodiscard]] const Error& fault_error() const { return fault_error_; }

    /// A transaction begins: what the last one has met counts no longer.
    void begin() { can_go_on_ = false; }

private:
    Result<void> check(StoreFiles::State state) noexcept {
        if (state == StoreFiles::State::whole)
            return {};
        if (StoreFiles::can_be_undone(state))
            return error(state, errc::unavailable, "nothing was done");
        note_fault(state, errc::failed, "nothing was done");
        return error(state, errc::failed, "nothing was done");
    }

    /// For a commit that is done, but in files that may never be found again.
    Error lost(StoreFiles::State state) noexcept {
        constexpr const char* outcome = "whether the append can be found again is unknown";
        can_go_on_ = StoreFiles::can_be_undone(state);
        if (!can_go_on_)
            note_fault(state, errc::unknown_outcome, outcome);
        return error(state, errc::unknown_outcome, outcome);
    }

    void note_fault(StoreFiles::State state, errc kind, const char* outcome) noexcept {
        fault_ = state;
        fault_error_ = error(state, kind, outcome);
    }

    [[nodiscard]] Error error(StoreFiles::State state, errc kind,
                              const char* outcome) const noexcept {
        EVENTSOURCING_TRY {
            return files_.error(state, kind, outcome);
        }
        EVENTSOURCING_CATCH(...) { // no memory for the message
        }
        return kind;
    }

    Connection& connection_;
    StoreFiles files_;
    StoreFiles::State fault_ = StoreFiles::State::whole;
    Error fault_error_{errc::failed};
    bool can_go_on_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
