// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_STORE_FILES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_STORE_FILES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>

#include <sqlite3.h>

#include <algorithm>
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
        moved,       ///< the name belongs to another file, or to none
        linked,      ///< the file has a second name, and a program that uses it has another log
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
        sqlite3_file* const log = open_log();
        if (!log)
            return true;
        const Index before = index();
        unsigned char header[32] = {};
        static_cast<void>(log->pMethods->xRead(log, header, sizeof header, 0));
        const Index after = index(); // others may have begun the log again in between
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

    /// Whether the log is as long as the shared memory says. Called in a write transaction before
    /// it writes, which would make a truncated log look complete.
    [[nodiscard]] State look_at_log_size() const noexcept {
        sqlite3_int64 size = 0;
        sqlite3_file* const log = open_log();
        if (!log || log->pMethods->xFileSize(log, &size) != SQLITE_OK || size >= log_size())
            return State::whole;
        return State::log_truncated;
    }

    /// Whether the store can go on as soon as the change is undone.
    [[nodiscard]] static bool can_be_undone(State state) {
        return state == State::moved || state == State::linked;
    }

    /// What is wrong, and what to do about it. `outcome` says what happened to the append.
    [[nodiscard]] Error error(State state, errc kind, const char* outcome) const {
        return {kind, store_ + ": " + what(state) +
                          (state == State::linked ? "; " : " while the store was open; ") +
                          outcome + ": " + cure(state)};
    }

private:
    [[nodiscard]] std::string what(State state) const {
        switch (state) {
        case State::moved:
            return "the file was moved, replaced or deleted";
        case State::linked:
            return "the file has a second name (a hard link), and a program that uses it has "
                   "another log";
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
            return "remove the other name (find -samefile finds it), and try again; backup() "
                   "makes a copy";
        default:
            return "end all programs that use the store, and open it again";
        }
    }

    [[nodiscard]] bool copied_since_last_look() const noexcept {
        const Index now = index();
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
        if (found.st_size < memory_region)
            return State::memory_truncated;

        // Other programs may make the file longer, and then say so in the memory.
        const Index now = index();
        if (file.st_size < now.file_size())
            static_cast<void>(::stat(path_.c_str(), &file));
        if (file.st_size < std::max<std::int64_t>(file_size_, now.file_size()))
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
            if (found.st_size >= log_size())
                return State::whole;
        }
        return State::log_truncated;
    }

    [[nodiscard]] sqlite3_file* open_log() const noexcept {
        sqlite3_file* log = nullptr;
        if (sqlite3_file_control(connection_.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER,
                                 &log) != SQLITE_OK ||
            !log || !log->pMethods)
            return nullptr;
        return log;
    }

    /// What the shared memory says about the log: https://sqlite.org/walformat.html
    struct Index {
        std::uint32_t frames = 0;
        std::uint32_t pages = 0;  // of the file, with what is in the log
        std::uint32_t copied = 0; // frames that are in the file
        std::int64_t page_size = 0;
        std::uint64_t salt = 0;

        /// The least size of the file.
        [[nodiscard]] std::int64_t file_size() const {
            return frames == copied ? pages * page_size : 0;
        }
        bool operator==(const Index&) const = default;
    };
    /// Read twice, since others may write meanwhile.
    [[nodiscard]] Index index() const noexcept {
        Index out = index_now();
        for (Index again = index_now(); out != again; again = index_now())
            out = again;
        return out;
    }
    [[nodiscard]] Index index_now() const noexcept {
        sqlite3_file* file = nullptr;
        volatile void* memory = nullptr;
        if (sqlite3_file_control(connection_.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) !=
                SQLITE_OK ||
            !file || !file->pMethods || file->pMethods->iVersion < 2 ||
            file->pMethods->xShmMap(file, 0, memory_region, 0, &memory) != SQLITE_OK || !memory)
            return {};
        const auto* const words = static_cast<const volatile std::uint32_t*>(memory);
        const std::uint16_t page = *(static_cast<const volatile std::uint16_t*>(memory) + 7);
        Index out{.frames = words[4],
                  .pages = words[5],
                  .copied = words[24],
                  .page_size = (page & 0xFE00) + ((page & 0x0001) << 16)};
        const std::uint32_t salt[2] = {words[8], words[9]};
        std::memcpy(&out.salt, salt, sizeof salt);
        return out;
    }
    /// The least size of the log.
    [[nodiscard]] std::int64_t log_size() const noexcept {
        const Index now = index();
        return now.frames == 0 ? 0 : 32 + std::int64_t{now.frames} * (now.page_size + 24);
    }

    static constexpr int memory_region = 32'768;

    Connection& connection_;
    const Environment environment_;
    const std::string store_;
    const std::string path_;
    const std::string log_path_;
    const std::string memory_path_;
    std::optional<FileKey> file_{};
    std::optional<FileKey> log_{};
    std::optional<FileKey> memory_{};
    off_t file_size_ = 0;
    struct stat last_file_{}; // when it was looked at last, and
    Index last_index_{};
    /// The beginning of the clock: at once.
    std::chrono::steady_clock::time_point next_look_{};
};

} // namespace eventsourcing::detail::sqlite

#endif
