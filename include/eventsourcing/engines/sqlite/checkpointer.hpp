// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_CHECKPOINTER_HPP
#define EVENTSOURCING_ENGINES_SQLITE_CHECKPOINTER_HPP

#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/wal_reset_bug.hpp>

#include <sqlite3.h>

#include <atomic>
#include <chrono>

namespace eventsourcing::detail::sqlite {

/// Copies the write-ahead log into the file when it has grown by so many frames, by the rule of
/// wal_reset_bug.hpp. It belongs to the writing connection and stays where it is made.
class Checkpointer {
public:
    /// A reader that stays in an old snapshot keeps the log from being copied. Writers wait behind
    /// the checkpoint that waits for it, so it gives up soon and tries again some frames later.
    static constexpr std::chrono::milliseconds patience{250};

    Checkpointer(Connection& connection, int frames) : connection_(connection), every_(frames) {
        sqlite3_wal_hook(connection.handle(), &Checkpointer::committed, this);
    }
    ~Checkpointer() { sqlite3_wal_hook(connection_.handle(), nullptr, nullptr); }
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// While one lives it is not due: a reader that stays long would have writers wait behind a
    /// checkpoint that waits for it in vain. May be used from several threads at once.
    class Pause {
    public:
        explicit Pause(Checkpointer& checkpointer) : pauses_(checkpointer.pauses_) { ++pauses_; }
        ~Pause() { --pauses_; }
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

    private:
        std::atomic<int>& pauses_;
    };

    /// Whether the last commit has made it due.
    [[nodiscard]] bool due() const { return frames_ - tried_at_ >= every_ && pauses_ == 0; }

    /// False where others were in the way; an error where the file could not be written.
    [[nodiscard]] Result<bool> run(LockWait& wait) {
        const Connection::Waiting waiting(connection_, wait.for_checkpoint());
        const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), "main",
                                                   SQLITE_CHECKPOINT_FULL, nullptr, nullptr);
        tried_at_ = frames_;
        switch (primary_code(code)) {
        case SQLITE_OK:
            return true;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_INTERRUPT: // what the busy handler did when its patience ended
        case SQLITE_FULL:      // all is safe in the log
        case SQLITE_NOMEM:
            return false;
        default:
            return connection_.error(code);
        }
    }

private:
    static int committed(void* self, sqlite3* /*db*/, const char* /*database*/, int frames) {
        auto& checkpointer = *static_cast<Checkpointer*>(self);
        if (frames < checkpointer.frames_) // somebody has started the log anew
            checkpointer.tried_at_ = 0;
        checkpointer.frames_ = frames;
        return SQLITE_OK;
    }

    Connection& connection_;
    int every_;
    int frames_ = 0;   // in the log
    int tried_at_ = 0; // how many there were at the last checkpoint
    std::atomic<int> pauses_ = 0;
};

} // namespace eventsourcing::detail::sqlite

#endif
