// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STORE_FILES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STORE_FILES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/file_path.hpp>
#include <eventsourcing/engines/sqlite/file_sizes.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// The three files of an open store: the file, its log and its shared memory. It finds out whether
/// they are still where they were, so that no append is acknowledged that can't be found later.
class StoreFiles {
public:
    enum class State : std::uint8_t {
        whole,
        moved,      ///< the name belongs to another file, or to none
        linked,     ///< the file has a second name, and a program that uses it has another log
        log_linked, ///< another program may take it for the log of its own file
        memory_linked,
        truncated,   ///< the file is shorter than it was
        log_deleted, ///< the log's name is gone; its content lasts until the store is closed
        log_replaced,
        log_truncated,
        memory_replaced, ///< or deleted
        memory_truncated,
    };

    explicit StoreFiles(Connection& connection, Environment environment = {})
        : connection_(connection),
          environment_(std::move(environment)),
          store_(connection.store()),
          path_(connection.absolute_path()),
          log_path_(path_ + "-wal"),
          memory_path_(path_ + "-shm") {}

    /// Remembers which files they are, after a transaction that has opened all of them. Not
    /// `whole` if one of them is not the one that the connection has open.
    [[nodiscard]] State remember() noexcept {
        file_ = key_of(path_);
        log_ = key_of(log_path_);
        memory_ = key_of(memory_path_);
        if (!file_ || !this_process_has_open(*file_))
            return State::moved;
        if (!log_ || !this_process_has_open(*log_))
            return State::log_replaced;
        if (!memory_ || !this_process_has_open(*memory_))
            return State::memory_replaced;
        return State::whole;
    }

    /// False if the log is not the one that the shared memory describes: it was deleted or replaced
    /// while other programs had it open. Checked at opening, since those programs use the old one.
    [[nodiscard]] bool log_is_of_memory() const noexcept {
        sqlite3_file* const log = connection_.log_file();
        if (!log)
            return true;
        const LogIndex before = index();
        unsigned char header[32] = {};
        static_cast<void>(log->pMethods->xRead(log, header, sizeof header, 0));
        const LogIndex after = index(); // others may have begun the log again in between
        return before.frames == 0 || before.salt != after.salt || after.frames == 0 ||
               std::memcmp(&after.salt, header + 16, sizeof after.salt) == 0;
    }

    /// Before an append: looks, unless that was done within the last millisecond and the log was
    /// not copied since, which makes the file longer. By a clock that is moved it always looks.
    [[nodiscard]] State look_now_and_then() noexcept {
        if (environment_.steady_now() < next_look_ && !copied_since_last_look())
            return State::whole;
        return look();
    }

    /// Three calls of the file system.
    [[nodiscard]] State look() noexcept {
        const State state = look_at_all();
        next_look_ = {}; // what is wrong is looked at again by the next append
        if (state == State::whole && environment_.is_system())
            next_look_ = environment_.steady_now() + std::chrono::milliseconds(1);
        return state;
    }

    /// Whether the names lead to the files that were remembered. May be used from several threads
    /// at once.
    [[nodiscard]] State look_at_names() const noexcept {
        if (!file_ || !log_ || !memory_)
            return State::whole; // nothing was remembered
        if (file_ != key_of(path_))
            return State::moved;
        const auto log = key_of(log_path_);
        const auto memory = key_of(memory_path_);
        if (!log) // with both deleted, no program has opened the file since
            return memory && memory != memory_ ? State::memory_replaced : State::log_deleted;
        if (memory != memory_)
            return State::memory_replaced;
        return log != log_ ? State::log_replaced : State::whole;
    }

    /// Whether the content of a log without a name may be copied into the file: no other program
    /// has begun a new log, or has written to the file since.
    [[nodiscard]] bool may_copy_lost_log() const noexcept {
        struct stat found{};
        if (::stat(path_.c_str(), &found) != 0 || file_ != key_of(found) || !log_is_of_memory())
            return false;
        return copied_since_last_look() || same_time(found, last_file_);
    }

    /// Whether the log is as long as the shared memory says. Called in a write transaction, before
    /// it writes: that would make a truncated log look complete.
    [[nodiscard]] State look_at_log_size() const noexcept {
        return log_is_whole(connection_) ? State::whole : State::log_truncated;
    }

    /// Whether the file and the log are as long as they must be, by a connection that has read from
    /// them. May be used from several threads at once, each with a connection of its own.
    [[nodiscard]] State look_at_sizes(const Connection& reader) const noexcept {
        if (!file_is_whole(reader, file_size_))
            return State::truncated;
        return log_is_whole(reader) ? State::whole : State::log_truncated;
    }

    /// Whether the store can go on as soon as the change is undone.
    [[nodiscard]] static bool can_be_undone(State state) {
        return state == State::moved || has_second_name(state);
    }
    [[nodiscard]] static bool has_second_name(State state) {
        return state == State::linked || state == State::log_linked ||
               state == State::memory_linked;
    }

    /// What is wrong, and what to do about it. `outcome` says what happened to the append.
    [[nodiscard]] Error error(State state, errc kind, const char* outcome) const {
        return {kind, store_ + ": " + what(state) +
                          (has_second_name(state) ? "; " : " while the store was open; ") +
                          outcome + ": " + cure(state)};
    }

private:
    [[nodiscard]] std::string what(State state) const {
        switch (state) {
        case State::moved:
            return "the file was moved, replaced or deleted";
        case State::linked:
            return second_name_of_file;
        case State::log_linked:
            return "its log " + in_quotes(log_path_, 256) + second_name_of_log;
        case State::memory_linked:
            return "its shared memory " + in_quotes(memory_path_, 256) + second_name_of_log;
        case State::truncated:
            return "the file was cut short";
        case State::log_deleted:
            return "its log " + in_quotes(log_path_, 256) + " was deleted";
        case State::log_replaced:
            return "its log " + in_quotes(log_path_, 256) + " was replaced by another file";
        case State::log_truncated:
            return "its log " + in_quotes(log_path_, 256) + " was cut short";
        case State::memory_replaced:
            return "its shared memory " + in_quotes(memory_path_, 256) + " was deleted or replaced";
        case State::memory_truncated:
            return "its shared memory " + in_quotes(memory_path_, 256) + " was cut short";
        case State::whole:
            break;
        }
        return "nothing was done to the files";
    }
    [[nodiscard]] std::string cure(State state) const {
        switch (state) {
        case State::moved:
            return "put it back, next to its log " + in_quotes(log_path_, 256) + ", and try again";
        case State::linked:
        case State::log_linked:
        case State::memory_linked:
            return remove_second_name;
        default:
            return "end all programs that use the store, and open it again";
        }
    }

    [[nodiscard]] bool copied_since_last_look() const noexcept {
        const LogIndex now = index();
        return now.copied != last_index_.copied || now.salt != last_index_.salt;
    }

    [[nodiscard]] static FileKey key_of(const struct stat& found) noexcept {
        return {found.st_dev, found.st_ino};
    }
    [[nodiscard]] static std::optional<FileKey> key_of(const std::string& path) noexcept {
        struct stat found{};
        return ::stat(path.c_str(), &found) == 0 ? std::optional(key_of(found)) : std::nullopt;
    }

    [[nodiscard]] State look_at_all() noexcept {
        if (!file_ || !log_ || !memory_)
            return State::whole; // nothing was remembered
        struct stat file{};
        if (::stat(path_.c_str(), &file) != 0 || file_ != key_of(file))
            return State::moved;
        if (file.st_nlink > 1)
            return State::linked;

        struct stat found{};
        if (::stat(memory_path_.c_str(), &found) != 0)
            return look_at_names();
        if (memory_ != key_of(found))
            return State::memory_replaced;
        if (found.st_nlink > 1)
            return State::memory_linked;
        if (found.st_size < LogIndex::region)
            return State::memory_truncated;

        // Other programs may make the file longer, and then say so in the memory.
        const LogIndex now = index();
        if (file.st_size < now.file_size())
            static_cast<void>(::stat(path_.c_str(), &file));
        if (file.st_size < std::max(file_size_.load(), now.file_size()))
            return State::truncated;
        file_size_ = file.st_size;
        last_file_ = file;
        last_index_ = now;

        // Other programs may shorten the log, but say so in the memory first. A size that is too
        // small for what the memory says afterwards is wrong, unless others wrote in between.
        for (int tries = 0; tries < 10; ++tries) {
            if (::stat(log_path_.c_str(), &found) != 0)
                return State::log_deleted;
            if (log_ != key_of(found))
                return State::log_replaced;
            if (found.st_nlink > 1)
                return State::log_linked;
            if (found.st_size >= index().log_size())
                return State::whole;
        }
        return State::log_truncated;
    }

    [[nodiscard]] LogIndex index() const noexcept { return LogIndex::of(connection_); }

    Connection& connection_;
    const Environment environment_;
    const std::string store_;
    const std::string path_;
    const std::string log_path_;
    const std::string memory_path_;
    std::optional<FileKey> file_{};
    std::optional<FileKey> log_{};
    std::optional<FileKey> memory_{};
    std::atomic<std::int64_t> file_size_ = 0; // the greatest that was seen
    struct stat last_file_{};                 // when it was looked at last, and
    LogIndex last_index_{};
    /// The beginning of the clock: at once.
    std::chrono::steady_clock::time_point next_look_{};
};

} // namespace eventsourcing::detail::sqlite

#endif
