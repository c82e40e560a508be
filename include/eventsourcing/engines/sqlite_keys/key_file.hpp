// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_KEY_FILE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_KEY_FILE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/engine_state.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/name_lock.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>
#include <eventsourcing/engines/sqlite/result_code.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/store_files.hpp>
#include <eventsourcing/engines/sqlite_keys/copy_key_file.hpp>
#include <eventsourcing/engines/sqlite_keys/log_index.hpp>
#include <eventsourcing/engines/sqlite_keys/open_key_file.hpp>
#include <eventsourcing/engines/sqlite_keys/options.hpp>
#include <eventsourcing/engines/sqlite_keys/statement.hpp>
#include <eventsourcing/personal/key_cache.hpp>
#include <eventsourcing/personal/key_table.hpp>
#include <eventsourcing/personal/secret.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite_keys {

using personal::Found;
using personal::KeyId;
using personal::Secret;
using personal::SubjectKey;

/// The keys in a SQLite file, which several processes use at once, and those of them that were used
/// lately in memory, as long as no process has changed the file.
class KeyFile final : public personal::KeyTable {
public:
    [[nodiscard]] static Result<std::shared_ptr<KeyFile>> open(const std::string& path,
                                                               const SqliteKeysOptions& options) {
        auto connection = open_key_file(path, options);
        if (!connection)
            return std::move(connection).error();
        std::shared_ptr<KeyFile> made(new KeyFile((*connection)->store(), options));
        if (auto opened = made->use(*std::move(connection)); !opened)
            return std::move(opened).error();
        return made;
    }

    /// A forked child leaves the connection as it is: its locks belong to the parent.
    ~KeyFile() override {
        if (!state_.is_mine())
            static_cast<void>(file_.release());
    }

    [[nodiscard]] KeyId id() const override { return id_; }
    [[nodiscard]] std::string name() const override { return state_.store(); }

    Result<void> of_subject(std::string_view subject, SubjectKey& out) override {
        return locked([&]() -> Result<void> {
            forget_changed();
            if (cache_.of_subject(subject, out))
                return {};
            auto found = read_subject(subject, out);
            if (!found)
                return std::move(found).error();
            if (*found) {
                remember(subject, out);
                return {};
            }
            return add(subject, out);
        });
    }

    Result<Found> find(KeyId key, std::string_view subject, Secret& out) override {
        return locked([&]() -> Result<Found> {
            forget_changed();
            if (const auto* const known = cache_.find(key)) {
                if (known->subject != subject)
                    return Found::of_other_subject;
                out = known->secret;
                return Found::key;
            }
            return read_key(key, subject, out);
        });
    }

    Result<bool> erase(std::string_view subject) override {
        return locked([&]() -> Result<bool> {
            const CallOptions call;
            sqlite::LockWait wait(call, options_.busy_timeout, options_.environment);
            auto erased = overwrite(subject, wait);
            cache_.clear(); // also after an error, when it may have been done
            note_erasure();
            if (!erased)
                return erased;
            if (auto truncated = truncate_log(wait); !truncated)
                return std::move(truncated).error();
            return erased;
        });
    }

    Result<void> blinding_key(Secret& out) override {
        if (auto can = state_.usable(); !can)
            return can;
        out = blinding_key_;
        return {};
    }

    [[nodiscard]] Result<void> backup(const std::string& target) {
        return locked([&] { return copy_key_file(connection(), target, options_.environment); });
    }

private:
    static constexpr std::size_t most_in_memory = 10'000;
    static constexpr off_t longest_log = off_t{4} << 20U;

    /// What is closed together, or never.
    struct File {
        explicit File(std::unique_ptr<sqlite::Connection> opened, sqlite::FileKey key,
                      sqlite::NameLock lock)
            : in_use(key),
              one_name(std::move(lock)),
              connection(std::move(opened)),
              names(*connection),
              log(*connection),
              by_subject(*connection, "SELECT id, key FROM es_keys WHERE subject = ?1"),
              by_id(*connection, "SELECT subject, key FROM es_keys WHERE id = ?1"),
              add(*connection, "INSERT INTO es_keys(id, subject, key) VALUES(?1, ?2, ?3)"),
              overwrite(*connection,
                        "UPDATE es_keys SET subject = NULL, key = zeroblob(32) WHERE subject = ?1"),
              begin(*connection, "BEGIN IMMEDIATE") {}
        /// If it is the last connection to the file, closing leaves no log.
        ~File() {
            sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
        }
        File(const File&) = delete;
        File& operator=(const File&) = delete;

        sqlite::OpenFile in_use;
        sqlite::NameLock one_name;
        std::unique_ptr<sqlite::Connection> connection;
        sqlite::StoreFiles names;
        LogIndex log;
        KeyStatement by_subject;
        KeyStatement by_id;
        KeyStatement add;
        KeyStatement overwrite;
        KeyStatement begin;
    };

    KeyFile(std::string name, const SqliteKeysOptions& options)
        : state_(std::move(name)),
          options_(options) {}

    Result<void> use(std::unique_ptr<sqlite::Connection> opened) {
        const std::string path = opened->absolute_path();
        struct stat found{};
        if (::stat(path.c_str(), &found) != 0)
            return Error(errc::failed, name() + ": the file was moved or deleted meanwhile");
        auto one_name = sqlite::NameLock::take(path, name());
        if (!one_name)
            return std::move(one_name).error();
        file_ = std::make_unique<File>(
            std::move(opened), sqlite::FileKey{found.st_dev, found.st_ino}, *std::move(one_name));
        const CallOptions call;
        sqlite::LockWait wait(call, options_.busy_timeout, options_.environment);
        const sqlite::Connection::Waiting waiting(connection(), wait); // others may be opening it
        KeyStatement row(connection(), "SELECT id, blinding_key FROM es_key_file WHERE one = 1");
        KeyStatement::Run run(row);
        auto is_there = run.step();
        if (!is_there)
            return std::move(is_there).error();
        if (!*is_there || run.integer(0) == 0 || !blinding_key_.assign(run.bytes(1)))
            return damaged("its own id or key");
        id_ = static_cast<KeyId>(run.integer(0));
        log_path_ = path + "-wal";
        return whole(file_->names.remember());
    }

    [[nodiscard]] sqlite::Connection& connection() { return *file_->connection; }

    template <class F>
    auto locked(F f) -> decltype(f()) {
        if (auto can = state_.usable(); !can) // first: a child may have inherited a locked mutex
            return std::move(can).error();
        const std::lock_guard lock(mutex_);
        return f();
    }

    /// Forgets the keys in memory if any process has changed the file: one may be erased.
    void forget_changed() {
        if (!file_->log.changed() || cache_.size() == 0)
            return;
        cache_.clear();
        note_erasure();
    }
    void remember(std::string_view subject, const SubjectKey& key) {
        if (cache_.size() >= most_in_memory)
            cache_.clear();
        cache_.add(subject, key);
    }

    [[nodiscard]] Result<void> whole(sqlite::StoreFiles::State state) {
        using State = sqlite::StoreFiles::State;
        if (state == State::whole)
            return {};
        const bool cured = sqlite::StoreFiles::can_be_undone(state);
        return file_->names.error(state, cured ? errc::unavailable : errc::failed,
                                  "nothing was done");
    }
    [[nodiscard]] Error damaged(std::string_view what) {
        return {errc::corrupt,
                name() + ": " + std::string(what) + " is damaged: restore the file from a backup"};
    }

    [[nodiscard]] Result<bool> read_subject(std::string_view subject, SubjectKey& out) {
        if (auto same = whole(file_->names.look_at_names()); !same)
            return std::move(same).error();
        const CallOptions call;
        sqlite::LockWait wait(call, options_.busy_timeout, options_.environment);
        const sqlite::Connection::Waiting waiting(connection(), wait);
        KeyStatement::Run run(file_->by_subject);
        auto row = run.bind(subject).step();
        if (!row || !*row)
            return row;
        out.id = static_cast<KeyId>(run.integer(0));
        if (!out.secret.assign(run.bytes(1)))
            return damaged("the key of a subject");
        return true;
    }

    [[nodiscard]] Result<Found> read_key(KeyId key, std::string_view subject, Secret& out) {
        if (auto same = whole(file_->names.look_at_names()); !same)
            return std::move(same).error();
        const CallOptions call;
        sqlite::LockWait wait(call, options_.busy_timeout, options_.environment);
        const sqlite::Connection::Waiting waiting(connection(), wait);
        KeyStatement::Run run(file_->by_id);
        auto row = run.bind(static_cast<std::int64_t>(key)).step();
        if (!row)
            return std::move(row).error();
        if (!*row)
            return Found::never;
        if (run.is_null(0))
            return Found::erased;
        if (run.bytes(0) != subject)
            return Found::of_other_subject;
        if (!out.assign(run.bytes(1)))
            return damaged("the key of a subject");
        remember(subject, {key, out});
        return Found::key;
    }

    /// Gives a subject a key, unless another process was faster.
    [[nodiscard]] Result<void> add(std::string_view subject, SubjectKey& out) {
        const CallOptions call;
        sqlite::LockWait wait(call, options_.busy_timeout, options_.environment);
        const sqlite::Connection::Waiting waiting(connection(), wait);
        const sqlite::RollbackGuard rollback(connection());
        if (auto begun = KeyStatement::Run(file_->begin).done(); !begun)
            return begun;
        auto found = read_subject(subject, out);
        if (!found || *found)
            return found ? Result<void>() : std::move(found).error();
        out.id = personal::new_key_id();
        if (out.id == 0 || !out.secret.make())
            return personal::no_random_numbers();
        if (auto added = KeyStatement::Run(file_->add)
                             .bind(static_cast<std::int64_t>(out.id))
                             .bind(subject)
                             .bind_blob(out.secret.view())
                             .done();
            !added)
            return added;
        if (auto committed = commit(); !committed)
            return committed;
        if (auto same = whole(file_->names.look_at_names()); !same)
            return same; // the key is in a file that may never be found again: seal nothing with it
        if (struct stat log{}; ::stat(log_path_.c_str(), &log) == 0 && log.st_size > longest_log) {
            sqlite::LockWait none(call, std::chrono::milliseconds{0}, options_.environment);
            static_cast<void>(truncate_log(none)); // some later one will do it
        }
        return {};
    }

    /// Whether the subject had a key, which is zeros then.
    [[nodiscard]] Result<bool> overwrite(std::string_view subject, sqlite::LockWait& wait) {
        if (auto same = whole(file_->names.look_at_names()); !same)
            return std::move(same).error();
        const sqlite::Connection::Waiting waiting(connection(), wait);
        const sqlite::RollbackGuard rollback(connection());
        if (auto begun = KeyStatement::Run(file_->begin).done(); !begun)
            return std::move(begun).error();
        if (auto done = KeyStatement::Run(file_->overwrite).bind(subject).done(); !done)
            return std::move(done).error();
        if (sqlite3_changes(connection().handle()) == 0)
            return false;
        if (auto committed = commit(); !committed)
            return std::move(committed).error();
        return true;
    }

    [[nodiscard]] Result<void> commit() {
        auto committed = connection().execute("COMMIT");
        if (committed)
            return committed;
        const int code = sqlite::with_quota(sqlite3_extended_errcode(connection().handle()),
                                            connection().log_file());
        Error error = std::move(committed).error();
        if (sqlite::primary_code(code) ==
            SQLITE_IOERR) // what the disk has kept, only reading tells
            state_.fail(error);
        return std::move(error).with_outcome(Outcome::unknown);
    }

    /// Copies the log into the file and cuts it to nothing, on the disk, too: until then it holds
    /// the old bytes.
    [[nodiscard]] Result<void> truncate_log(sqlite::LockWait& wait) {
        const sqlite::Connection::Waiting waiting(connection(), wait.for_checkpoint());
        int code = sqlite3_wal_checkpoint_v2(connection().handle(), "main",
                                             SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        if (code == SQLITE_OK)
            code = sync_log();
        switch (sqlite::primary_code(code)) {
        case SQLITE_OK:
            return {};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_INTERRUPT: // what the busy handler did when its patience ended
            return Error(errc::unavailable,
                         name() + ": the key was erased, but its bytes are still in the log, which "
                                  "another program keeps reading: end that, and call erase again")
                .with_outcome(Outcome::unknown);
        default:
            return connection()
                .error(code)
                .within("the key was erased, but its bytes may still be in the log; call erase "
                        "again")
                .with_outcome(Outcome::unknown);
        }
    }

    /// SQLite does not sync a log that it has cut: after a loss of power it would be as before.
    [[nodiscard]] int sync_log() {
        sqlite3_file* const log = connection().log_file();
        return log ? log->pMethods->xSync(log, SQLITE_SYNC_FULL) : SQLITE_OK;
    }

    shared::EngineState state_;
    const SqliteKeysOptions options_;
    std::string log_path_{};
    KeyId id_ = 0;
    Secret blinding_key_{};
    std::mutex mutex_; // of what follows
    std::unique_ptr<File> file_;
    personal::KeyCache cache_;
};

} // namespace eventsourcing::detail::sqlite_keys

#endif
