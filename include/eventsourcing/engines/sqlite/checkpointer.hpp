// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_CHECKPOINTER_HPP
#define EVENTSOURCING_ENGINES_SQLITE_CHECKPOINTER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/log_status.hpp>
#include <eventsourcing/engines/sqlite/wal_reset_bug.hpp>

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// Copies the write-ahead log into the file when it has grown by so many frames, by the rule of
/// wal_reset_bug.hpp, and makes the next writer restart the log. It belongs to the writing
/// connection and stays where it is made.
class Checkpointer {
    using Clock = std::chrono::steady_clock;

public:
    /// A reader that stays in an old snapshot keeps the log from being copied. Writers wait for a
    /// checkpoint that waits for it, so the checkpoint gives up soon and tries again some frames
    /// later.
    static constexpr std::chrono::milliseconds patience{250};

    Checkpointer(Connection& connection, int frames, Environment environment = {})
        : connection_(connection),
          every_(frames),
          environment_(std::move(environment)) {
        sqlite3_wal_hook(connection.handle(), &Checkpointer::committed, this);
    }
    ~Checkpointer() { sqlite3_wal_hook(connection_.handle(), nullptr, nullptr); }
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// While one lives no checkpoint is due: it would make writers wait in vain for a long reader.
    /// May be used from several threads at once.
    class Pause {
    public:
        explicit Pause(Checkpointer& checkpointer) : pauses_(checkpointer.pauses_) { ++pauses_; }
        ~Pause() { --pauses_; }
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

    private:
        std::atomic<int>& pauses_;
    };

    /// Whether the last commit has made a checkpoint due.
    [[nodiscard]] bool due() const { return frames_ - tried_at_ >= every_ && pauses_ == 0; }

    /// Whether the disk was full when something was last written. A checkpoint may make room for
    /// the log that the next append needs.
    [[nodiscard]] bool disk_was_full() const { return connection_.disk_was_full(); }

    /// Copies the log, and waits until no reader uses it any more, so that the next writer restarts
    /// it. A log that has grown long, or one on a full disk, gives its room back. False if others
    /// were in the way; an error if the file could not be written.
    [[nodiscard]] Result<bool> run(LockWait& wait) {
        const Connection::Waiting waiting(connection_, wait.for_checkpoint());
        const bool shrink = connection_.disk_was_full() || log_bytes() > 2 * frame_bytes * every_;
        const int mode = shrink ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
        int in_log = 0;
        int copied = 0;
        const int code = with_quota(
            sqlite3_wal_checkpoint_v2(connection_.handle(), "main", mode, &in_log, &copied),
            connection_.main_file());
        tried_at_ = frames_;
        connection_.note_full_disk(primary_code(code) == SQLITE_FULL);
        switch (primary_code(code)) {
        case SQLITE_OK:
            note(Held::not_at_all);
            return true;
        case SQLITE_FULL: // all is safe in the log
            note(Held::by_full_disk);
            return false;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_INTERRUPT: // what the busy handler did when its patience ended
            note(Held::by_others);
            return false;
        case SQLITE_NOMEM:
            return false;
        default:
            return connection_.error(code);
        }
    }

    /// May be asked for by any thread.
    [[nodiscard]] SqliteLogStatus status(std::uint64_t bytes) const {
        SqliteLogStatus out{.bytes = bytes,
                            .checkpoint_bytes = static_cast<std::uint64_t>(frame_bytes * every_),
                            .held_up = {},
                            .held_up_since = {}};
        const std::lock_guard lock(mutex_);
        out.held_up_since = held_since_;
        if (pauses_ > 0)
            out.held_up = "a backup or verify() of this process reads the store";
        else if (held_ == Held::by_full_disk)
            out.held_up = "the disk is full";
        else if (held_ == Held::by_others)
            out.held_up =
                "another connection holds a snapshot or a lock: " + std::to_string(failed_) +
                " tries have failed";
        return out;
    }

private:
    enum class Held : std::uint8_t { not_at_all, by_others, by_full_disk };
    static constexpr std::int64_t frame_bytes = 4096 + 24;

    static int committed(void* self, sqlite3* /*db*/, const char* /*database*/, int frames) {
        auto& checkpointer = *static_cast<Checkpointer*>(self);
        if (frames < checkpointer.frames_) // the log was restarted
            checkpointer.tried_at_ = 0;
        checkpointer.frames_ = frames;
        return SQLITE_OK;
    }

    [[nodiscard]] std::int64_t log_bytes() const {
        sqlite3_int64 size = 0;
        if (sqlite3_file* const log = connection_.log_file())
            static_cast<void>(log->pMethods->xFileSize(log, &size));
        return size;
    }

    void note(Held held) {
        const std::lock_guard lock(mutex_);
        held_ = held;
        failed_ = held == Held::not_at_all ? 0 : failed_ + 1;
        if (held == Held::not_at_all)
            held_since_.reset();
        else if (!held_since_)
            held_since_ = environment_.steady_now();
    }

    Connection& connection_;
    const int every_;
    const Environment environment_;
    int frames_ = 0;   // in the log
    int tried_at_ = 0; // how many there were at the last checkpoint
    std::atomic<int> pauses_ = 0;

    mutable std::mutex mutex_; // guards what follows
    Held held_ = Held::not_at_all;
    int failed_ = 0; // checkpoints in a row
    std::optional<Clock::time_point> held_since_{};
};

} // namespace eventsourcing::detail::sqlite

#endif
