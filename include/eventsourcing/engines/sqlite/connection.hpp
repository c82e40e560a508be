// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_CONNECTION_HPP
#define EVENTSOURCING_ENGINES_SQLITE_CONNECTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/guest_statements.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/locking_vfs.hpp>
#include <eventsourcing/engines/sqlite/open_error.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/result_code.hpp>
#include <eventsourcing/engines/sqlite/statement_rules.hpp>
#include <eventsourcing/engines/sqlite/statements.hpp>
#include <eventsourcing/engines/sqlite/stored_types.hpp>

#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// The result code of a call that writes to `file`, which may be null: that of a full disk, too, if
/// a quota was reached, which SQLite takes for an I/O error.
inline int with_quota(int code, sqlite3_file* file) noexcept {
    int cause = 0;
    if (code == SQLITE_IOERR_WRITE && file)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &cause);
    return cause == EDQUOT ? SQLITE_FULL : code;
}

/// A connection to the file, with its statements. One thread at a time uses it, so SQLite's own
/// mutexes are left out.
class Connection {
public:
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    ~Connection() {
        guest_statements_.clear();
        for (sqlite3_stmt* statement : statements_)
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }

    /// `path` is never taken for a URI or a special name of SQLite. Messages begin with `store`.
    ///
    /// Read-only, SQLite takes the file for one that never changes: it locks nothing, and looks for
    /// no log next to it.
    [[nodiscard]] static Result<std::unique_ptr<Connection>>
    open(const std::string& path, SqliteOpen how, std::string store) {
        std::unique_ptr<Connection> made(new Connection(std::move(store)));
        std::string name = path.starts_with('/') ? path : "./" + path;
        const char* vfs = LockingVfs::name();
        int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
        if (how == SqliteOpen::read_only) {
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
            name = unchanging_file(name);
            vfs = nullptr;
        } else {
            flags |= SQLITE_OPEN_READWRITE | (how == SqliteOpen::create ? SQLITE_OPEN_CREATE : 0);
        }
        const int code = sqlite3_open_v2(name.c_str(), &made->db_, flags, vfs);
        if (!made->db_)
            return Error(errc::unavailable, made->store_ + ": out of memory");
        if (code != SQLITE_OK)
            return made->error_of_opening(code, how == SqliteOpen::create);
        sqlite3* const db = made->db_;
        sqlite3_busy_handler(db, &Connection::busy, made.get());
        sqlite3_wal_autocheckpoint(db, 0); // the writer decides when and how to checkpoint
        for (const auto& [option, on] :
             {std::pair{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
              std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}, std::pair{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
              std::pair{SQLITE_DBCONFIG_ENABLE_FKEY, 0}})
            sqlite3_db_config(db, option, on, nullptr);
        if (auto done = made->execute("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY");
            !done)
            return std::move(done).error();
        return made;
    }

    [[nodiscard]] sqlite3* handle() const { return db_; }
    /// What messages begin with: `sqlite store "combat.db"`.
    [[nodiscard]] const std::string& store() const { return store_; }
    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
    /// The file as SQLite found it: an absolute path without symbolic links.
    [[nodiscard]] std::string absolute_path() const {
        const char* const path = sqlite3_db_filename(db_, "main");
        return path ? path : "";
    }

    /// SQLite's file objects, null if they are not open.
    [[nodiscard]] sqlite3_file* main_file() const noexcept {
        return file_of(SQLITE_FCNTL_FILE_POINTER);
    }
    [[nodiscard]] sqlite3_file* log_file() const noexcept {
        return file_of(SQLITE_FCNTL_JOURNAL_POINTER);
    }

    /// Whether its path leads to another file than the one that it has open.
    [[nodiscard]] bool is_of_moved_file() const {
        int moved = 0;
        sqlite3_file_control(db_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
        return moved != 0;
    }

    /// The rows of es_types that a reading connection has read.
    [[nodiscard]] StoredTypes& types() { return types_; }

    /// For statements of the application.
    [[nodiscard]] StatementRules& statement_rules() { return statement_rules_; }
    [[nodiscard]] GuestStatements& guest_statements() { return guest_statements_; }

    /// Runs SQL without parameters; its rows are dropped.
    [[nodiscard]] Result<void> execute(const char* sql) {
        if (const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
            return error(code);
        return {};
    }

    /// The statement, ready to be bound; prepared at its first use.
    [[nodiscard]] Result<sqlite3_stmt*> prepared(Sql which) {
        if (sqlite3_stmt* const statement = try_prepared(which))
            return statement;
        return error(sqlite3_extended_errcode(db_));
    }
    /// Null if it could not be prepared.
    [[nodiscard]] sqlite3_stmt* try_prepared(Sql which) noexcept {
        sqlite3_stmt*& statement = statements_[static_cast<std::size_t>(which)];
        if (!statement)
            sqlite3_prepare_v3(db_, sql_text[static_cast<std::size_t>(which)], -1,
                               SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        return statement;
    }

    /// A number that changes whenever the file has changed: at once after a commit of this
    /// connection, and when a transaction begins after one of another.
    [[nodiscard]] std::uint32_t data_version() const noexcept {
        unsigned version = 0;
        sqlite3_file_control(db_, "main", SQLITE_FCNTL_DATA_VERSION, &version);
        return version;
    }

    /// Whether the disk was full when this connection last wrote.
    [[nodiscard]] bool disk_was_full() const { return disk_was_full_; }
    void note_full_disk(bool full) { disk_was_full_ = full; }

    /// Whether an error of this connection was evidence of damage.
    [[nodiscard]] bool saw_damage() const { return saw_damage_; }

    /// The last position that this connection has read, and what `PRAGMA data_version` said then.
    struct SeenHead {
        std::int64_t version = -1;
        std::int64_t head = 0;
    };
    [[nodiscard]] SeenHead& seen_head() { return seen_head_; }

    /// What went wrong, with SQLite's own message. For a lock that it did not get: why the waiting
    /// ended.
    [[nodiscard]] Error error(int code) const {
        if (code == SQLITE_IOERR_WRITE)
            code = with_quota(with_quota(code, log_file()), main_file());
        saw_damage_ = saw_damage_ || is_damage(code);
        disk_was_full_ = disk_was_full_ || primary_code(code) == SQLITE_FULL;
        if (primary_code(code) == SQLITE_BUSY && wait_)
            return wait_->error(store_);
        if (code == SQLITE_NOTADB)
            return not_a_database(store_);
        if (code == SQLITE_IOERR_SHORT_READ)
            return {kind_of(code),
                    store_ + ": a page is missing: the file or its log was cut short, deleted or "
                             "replaced while a program used the store; end all programs that use "
                             "it, and open it again"};
        if (primary_code(code) == SQLITE_READONLY && kind_of(code) == errc::denied)
            return denied(store_, "write the file");
        if (primary_code(code) == SQLITE_CANTOPEN && sqlite3_system_errno(db_) != 0)
            return could_not_open(store_, cause_of_failed_open());
        // not if it is that of a copy, or was changed
        const bool is_last = primary_code(sqlite3_extended_errcode(db_)) == primary_code(code);
        return {kind_of(code), store_ + ": " +
                                   (is_last ? sqlite3_errmsg(db_) : sqlite3_errstr(code)) +
                                   " (SQLite result code " + std::to_string(code) + ")"};
    }

    /// While it lives, the connection waits for locks as `wait` says. Without one it does not wait.
    class Waiting {
    public:
        Waiting(Connection& connection, LockWait& wait)
            : connection_(connection),
              before_(std::exchange(connection.wait_, &wait)) {}
        ~Waiting() { connection_.wait_ = before_; }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;

    private:
        Connection& connection_;
        LockWait* before_;
    };

private:
    explicit Connection(std::string store) : store_(std::move(store)) {}

    [[nodiscard]] sqlite3_file* file_of(int pointer) const noexcept {
        sqlite3_file* file = nullptr;
        const int code = sqlite3_file_control(db_, "main", pointer, static_cast<void*>(&file));
        return code == SQLITE_OK && file && file->pMethods ? file : nullptr;
    }

    static std::string unchanging_file(const std::string& path) {
        std::string uri = "file:";
        for (const char c : path)
            if (c == '/')
                uri += c;
            else
                append_percent_encoded(uri, {&c, 1});
        return uri + "?immutable=1";
    }

    [[nodiscard]] Error error_of_opening(int code, bool create) const {
        const int cause = sqlite3_system_errno(db_);
        const bool is_missing = primary_code(code) == SQLITE_CANTOPEN && cause == ENOENT;
        if (!is_missing)
            return error(code);
        // SQLite tries once more to open it for reading, and reports the error of that
        return create ? denied(store_, "make a file in this folder") : no_such_file(store_);
    }

    /// A file that can't be made is tried once more by SQLite, for reading, and then it is missing.
    [[nodiscard]] int cause_of_failed_open() const {
        const int cause = sqlite3_system_errno(db_);
        const std::string path = absolute_path();
        if (cause != ENOENT || path.empty() ||
            ::faccessat(AT_FDCWD, path.substr(0, path.rfind('/') + 1).c_str(), W_OK, AT_EACCESS) ==
                0)
            return cause;
        return errno;
    }

    static int busy(void* self, int /*tries*/) {
        auto& connection = *static_cast<Connection*>(self);
        if (!connection.wait_)
            return 0;
        EVENTSOURCING_TRY {
            if (connection.wait_->again())
                return 1;
        }
        EVENTSOURCING_CATCH(...) { // of an environment's sleep: nothing may pass through C
        }
        // A checkpoint that does not get the write lock would go on without it, open to the
        // WAL-reset bug: interrupted, it copies nothing.
        if (connection.wait_->is_for_checkpoint())
            sqlite3_interrupt(connection.db_);
        return 0;
    }

    std::string store_;
    sqlite3* db_ = nullptr;
    std::array<sqlite3_stmt*, sql_count> statements_{};
    LockWait* wait_ = nullptr;
    StoredTypes types_{};
    StatementRules statement_rules_;
    GuestStatements guest_statements_;
    SeenHead seen_head_{};
    mutable bool saw_damage_ = false;
    mutable bool disk_was_full_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
