// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_ENGINE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_ENGINE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/out_of_range.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/shared/append_request.hpp>
#include <eventsourcing/engines/shared/append_watch.hpp>
#include <eventsourcing/engines/shared/commit_queue.hpp>
#include <eventsourcing/engines/shared/engine_state.hpp>
#include <eventsourcing/engines/shared/group_commit.hpp>
#include <eventsourcing/engines/shared/write_request.hpp>
#include <eventsourcing/engines/sqlite/checkpointer.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/frozen_file.hpp>
#include <eventsourcing/engines/sqlite/lock_wait.hpp>
#include <eventsourcing/engines/sqlite/log_status.hpp>
#include <eventsourcing/engines/sqlite/name_lock.hpp>
#include <eventsourcing/engines/sqlite/open_connections.hpp>
#include <eventsourcing/engines/sqlite/open_files.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/read_transaction.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/engines/sqlite/reader_pool.hpp>
#include <eventsourcing/engines/sqlite/store_files.hpp>
#include <eventsourcing/engines/sqlite/store_id.hpp>
#include <eventsourcing/engines/sqlite/sync.hpp>
#include <eventsourcing/engines/sqlite/writer.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// The one engine of all handles of a store: a connection that writes, whose commits the callers
/// share, and connections that read. Calls have begun. May be used from several threads at once.
class Engine {
public:
    [[nodiscard]] static Result<std::shared_ptr<Engine>> open(const std::string& path,
                                                              const SqliteOptions& options) {
        if (options.max_readers < 1)
            return out_of_range("SqliteOptions::max_readers", "1 or more", "0")
                .within(store_name(path));
        if (options.open == SqliteOpen::read_only)
            return open_read_only(path, options);
        auto connection = open_writer(path, options);
        if (!connection)
            return std::move(connection).error();
        struct stat found{};
        if (::stat((*connection)->absolute_path().c_str(), &found) != 0)
            return Error(errc::failed,
                         (*connection)->store() + ": the file was moved or deleted meanwhile");
        auto one_name = NameLock::take((*connection)->absolute_path(), (*connection)->store());
        if (!one_name)
            return std::move(one_name).error();
        auto engine = std::unique_ptr<Engine>(
            new Engine(*std::move(connection), options, FileKey{found.st_dev, found.st_ino}));
        engine->one_name_.emplace(*std::move(one_name));
        if (auto whole = engine->writer_.files().remember(); !whole)
            return std::move(whole).error();
        if (options.durability == SqliteDurability::full) {
            if (auto synced = sync_folder(*engine->connection_); !synced)
                return std::move(synced).error();
            engine->folder_synced_ = true;
        }
        // A forked child leaves it as it is: the locks and the threads that wait for them belong to
        // the parent.
        return std::shared_ptr<Engine>(engine.release(), [](Engine* shared) {
            if (shared->state_.is_mine())
                delete shared;
        });
    }

    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine() { close(); }

    [[nodiscard]] Result<Receipt> append(const shared::AppendRequest& request) {
        auto written = write(request);
        if (!written)
            return std::move(written).error();
        return written->receipt;
    }

    [[nodiscard]] Result<std::vector<std::optional<Receipt>>>
    append_all(const shared::AppendAllRequest& request) {
        auto written = write(request);
        if (!written)
            return std::move(written).error();
        return std::move(written->receipts);
    }

    /// `Request` is one of the kinds of `WriteRequest`.
    template <class Request>
    [[nodiscard]] Result<shared::Written> write(const Request& request) {
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        if (frozen_)
            return Error(errc::denied, state_.store() + ": it was opened read-only: open it with "
                                                        "open=existing to write to it");
        shared::CommitQueue::Caller caller(request);
        const auto role = queue_.enter(caller);
        if (!role)
            return role.error();
        if (*role == shared::CommitQueue::Role::leader)
            lead(caller);
        return std::move(caller.answer);
    }

    /// `read(PageReader&)` returns the page.
    template <class Read>
    [[nodiscard]] Result<Page> read(const CallOptions& call, Read read) {
        return with_reader(call, busy_timeout_, [&](Connection& connection) {
            PageReader page(connection);
            return read(page);
        });
    }

    /// For long reads: `work(Connection&, go_on)`, where `go_on()`, called when something was read,
    /// returns an error when it should end. Writers go on meanwhile, and the log grows.
    template <class Work>
    [[nodiscard]] auto maintain(const CallOptions& call, Work work) {
        return with_reader(call, busy_timeout_, [&](Connection& connection) {
            const Checkpointer::Pause pause(*checkpointer_);
            return work(connection, [&]() -> Result<void> {
                if (auto can = state_.usable(); !can)
                    return can;
                if (auto whole = check_sizes(connection); !whole)
                    return whole;
                return check_call(call, environment());
            });
        });
    }

    /// Needs no reading connection: whoever asks may do so because all of them are in use.
    [[nodiscard]] Result<SqliteLogStatus> log_status() {
        const std::lock_guard lock(checkpointer_ends_);
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        struct stat log{};
        const bool found = ::stat(log_path_.c_str(), &log) == 0;
        return checkpointer_->status(found ? static_cast<std::uint64_t>(log.st_size) : 0);
    }

    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call) {
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        const std::int64_t position = to_sqlite(after.value_or(Position{}).value());
        if (after.value_or(Position{}) > to_position(seen_head_)) {
            auto head = with_reader(call, busy_timeout_, &poll_head);
            if (!head)
                return std::move(head).error();
            if (auto known = check_position(after, to_position(*head), "wait_for_append"); !known)
                return std::move(known).error();
            seen_head_ = *head; // it never falls, so the order of two stores does not matter
        }
        return watch_.wait(position, call, [this] {
            constexpr std::chrono::milliseconds not_at_all{0};
            return with_reader({}, not_at_all, &poll_head);
        });
    }

    [[nodiscard]] Result<std::optional<Position>> head(const CallOptions& call) {
        auto head = with_reader(call, busy_timeout_, &poll_head);
        if (!head)
            return std::move(head).error();
        return *head == 0 ? std::nullopt : std::optional(to_position(*head));
    }

    [[nodiscard]] Result<void> sync(Position position, const CallOptions& call) {
        auto done = with_reader(call, busy_timeout_, [&](Connection& connection) -> Result<void> {
            const auto head = poll_head(connection);
            if (!head)
                return head.error();
            if (auto known = check_position(position, to_position(*head), "sync"); !known)
                return known;
            if (to_sqlite(position.value()) <= synced_head_)
                return check_files(connection);
            if (!folder_synced_) {
                if (auto named = sync_folder(connection); !named)
                    return named;
                folder_synced_ = true;
            }
            const int code = frozen_ ? sync_main_file(connection) : sync_log(connection);
            if (code != SQLITE_OK)
                return lost_sync_error(code);
            // What was synced may be what is left of a log.
            if (auto whole = check_files(connection); !whole)
                return whole;
            raise_synced_head(*head);
            return {};
        });
        if (!done && done.error() == errc::failed && !state_.failed())
            fail(done.error()); // the system may forget what it could not write, and not say so
                                // again
        return done;
    }

    [[nodiscard]] Result<Uuid> store_id(const CallOptions& call) {
        return look_up(call, &read_store_id);
    }

    /// `find(Connection&)` returns what it has read in one read transaction.
    template <class Find>
    [[nodiscard]] auto look_up(const CallOptions& call, Find find)
        -> decltype(find(std::declval<Connection&>())) {
        using Found = decltype(find(std::declval<Connection&>()));
        return with_reader(call, busy_timeout_, [&](Connection& connection) -> Found {
            ReadTransaction transaction(connection);
            if (auto begun = transaction.begin(); !begun)
                return std::move(begun).error();
            return find(connection);
        });
    }

    /// Ends the calls that wait, waits for the calls that are running, and closes the file.
    void close() {
        if (!state_.is_mine())
            return;
        state_.close();
        watch_.wake_all();
        queue_.wake_all();
        const auto last = queue_.lead_last();
        if (!connection_)
            return;
        readers_.close(); // before the connection that writes
        if (!frozen_)
            keep_lost_log(writer_.files().look());
        {
            const std::lock_guard lock(checkpointer_ends_);
            checkpointer_.reset();
        }
        // The last connection that closes copies the log into the file and deletes it, which is
        // safe (wal_reset_bug.hpp) and leaves one file. After a failure all files stay as they are.
        if (!state_.failed() && !frozen_ && writer_.files().may_delete_log())
            sqlite3_db_config(connection_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
        connection_.reset();
        one_name_.reset();
        file_.reset();
    }

    [[nodiscard]] const Environment& environment() const { return state_.environment(); }
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

private:
    static Result<std::shared_ptr<Engine>> open_read_only(const std::string& path,
                                                          const SqliteOptions& options) {
        const std::string store = store_name(path);
        auto resolved = resolve_path(path, store);
        if (!resolved)
            return std::move(resolved).error();
        FrozenFile frozen(*resolved, store);
        if (auto begun = frozen.begin(); !begun)
            return std::move(begun).error();
        if (auto one_name = NameLock::look(*resolved, store); !one_name)
            return std::move(one_name).error();
        auto connection = open_frozen(*resolved, store);
        if (!connection)
            return std::move(connection).error();
        if (auto same = frozen.check(); !same)
            return std::move(same).error();
        std::shared_ptr<Engine> engine(new Engine(*std::move(connection), options, {}));
        engine->frozen_.emplace(std::move(frozen));
        return engine;
    }

    Engine(std::unique_ptr<Connection> connection, const SqliteOptions& options,
           std::optional<FileKey> file)
        : busy_timeout_(options.busy_timeout),
          durability_(options.durability),
          warnings_(warnings_of(sqlite3_libversion_number(), sqlite3_libversion())),
          state_(connection->store(), options.environment),
          readers_(connection->absolute_path(), state_, options),
          watch_(state_),
          queue_(options.max_waiting, state_),
          connection_(std::move(connection)),
          log_path_(connection_->absolute_path() + "-wal"),
          writer_(*connection_, options.durability, options.environment),
          checkpointer_(std::in_place, *connection_, options.checkpoint_frames,
                        options.environment) {
        if (file)
            file_.emplace(*file);
    }

    /// Writes for `leader` and for the callers that wait. What happens after the commit does not
    /// change their answers.
    void lead(shared::CommitQueue::Caller& leader) noexcept {
        shared::CommitQueue::Leadership leading(queue_);
        EVENTSOURCING_TRY {
            if (checkpointer_ && checkpointer_->disk_was_full())
                checkpoint(leader.call); // may make room for the log
            if (auto can = state_.usable(); !can) {
                leader.answer = std::move(can).error();
                return;
            }
            {
                shared::GroupCommit group(writer_, queue_, leader);
                const auto done = run(group, leader);
                keep_lost_log(writer_.files().fault());
                if (!done && !writer_.files().can_go_on())
                    fail(done.error());
                else if (writer_.files().fault() != StoreFiles::State::whole)
                    fail(writer_.files().fault_error());
                else if (connection_->saw_damage())
                    fail(damage_error());
                if (group.has_committed()) {
                    if (durability_ == SqliteDurability::full)
                        raise_synced_head(writer_.head());
                    watch_.publish(writer_.head());
                }
                leading.committed(group.size(), group.commit_took());
            }
            if (checkpointer_->due())
                checkpoint(leader.call);
        }
        EVENTSOURCING_CATCH(...) { // no memory for the message of an error
        }
    }

    Result<void> run(shared::GroupCommit& group,
                     const shared::CommitQueue::Caller& leader) noexcept {
        LockWait wait(leader.call, busy_timeout_, environment(), &state_.closed());
        if (leader.waits_since)
            wait.began_at(*leader.waits_since);
        const Connection::Waiting waiting(*connection_, wait);
        return group.run();
    }

    /// The content of a deleted log exists until its last user closes it. Copied into the file, it
    /// is not lost.
    void keep_lost_log(StoreFiles::State state) {
        if (!writer_.files().holds_lost_log(state))
            return;
        const CallOptions call;
        LockWait wait(call, Checkpointer::patience, environment());
        const Connection::Waiting waiting(*connection_, wait);
        static_cast<void>(checkpointer_->run(wait));
    }

    [[nodiscard]] Error damage_error() const {
        return {errc::corrupt, state_.store() + ": the file or its log was found damaged"};
    }

    void checkpoint(const CallOptions& call) {
        LockWait wait(call, Checkpointer::patience, environment(), &state_.closed());
        if (auto copied = checkpointer_->run(wait); !copied)
            fail(copied.error());
    }

    [[nodiscard]] Error lost_sync_error(int code) const {
        return {errc::failed, state_.store() + (frozen_ ? ": its file" : ": its log") +
                                  " could not be synced to the disk (SQLite result code " +
                                  std::to_string(code) +
                                  "); a loss of power may take the last appends"};
    }

    void raise_synced_head(std::int64_t head) noexcept {
        std::int64_t before = synced_head_;
        while (before < head && !synced_head_.compare_exchange_weak(before, head)) {
        }
    }

    void fail(const Error& cause) noexcept {
        state_.fail(cause);
        watch_.wake_all();
        queue_.wake_all();
    }

    template <class F>
    auto with_reader(const CallOptions& call, std::chrono::milliseconds patience, F f)
        -> decltype(f(std::declval<Connection&>())) {
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        auto reader = readers_.borrow(call, patience);
        if (!reader) {
            if (reader.error() == errc::corrupt)
                fail(reader.error());
            if (auto same = state_.ended() ? Result<void>{} : check_names(Look::now); !same)
                return std::move(same).error();
            return reader.error();
        }
        if (auto same = check_names(Look::now_and_then); !same) {
            if (reader->is_new())
                reader->drop();
            return std::move(same).error();
        }
        LockWait wait(call, patience, environment(), &state_.closed());
        auto answer = [&] {
            const Connection::Waiting waiting(**reader, wait);
            return f(**reader);
        }();
        if (frozen_)
            if (auto same = frozen_->check(); !same)
                return std::move(same).error();
        if (reader->is_new() && !frozen_) { // it may have opened another file, or another log
            auto same = check_names(Look::now);
            if (same && (**reader).is_of_moved_file())
                same = writer_.files().moved_error();
            if (!same) {
                reader->drop();
                return std::move(same).error();
            }
        }
        if ((**reader).saw_damage())
            fail(damage_error());
        return answer;
    }

    enum class Look : bool { now_and_then, now };

    /// Whether the names still lead to the files of this store, for those that only read.
    [[nodiscard]] Result<void> check_names(Look look) {
        using Clock = std::chrono::steady_clock;
        const Clock::rep now = environment().steady_now().time_since_epoch().count();
        if (frozen_ || (look == Look::now_and_then && now < next_look_))
            return {};
        auto same = writer_.files().check_names();
        if (same && environment().is_system()) // by a clock that is moved it always looks
            next_look_ = now + Clock::duration(std::chrono::milliseconds(1)).count();
        else if (!same && same.error() == errc::failed)
            fail(same.error());
        return same;
    }

    /// Whether the files are as long as they must be, by a connection that has read from them.
    [[nodiscard]] Result<void> check_sizes(const Connection& reader) {
        if (frozen_)
            return {};
        auto whole = writer_.files().check_sizes(reader);
        if (!whole)
            fail(whole.error());
        return whole;
    }

    [[nodiscard]] Result<void> check_files(const Connection& reader) {
        auto same = check_names(Look::now);
        return same ? check_sizes(reader) : std::move(same);
    }

    const std::chrono::milliseconds busy_timeout_;
    const SqliteDurability durability_;
    const std::vector<std::string> warnings_;
    shared::EngineState state_;
    ReaderPool readers_;
    shared::AppendWatch watch_;
    shared::CommitQueue queue_;

    std::atomic<std::int64_t> seen_head_ = 0;
    std::atomic<std::int64_t> synced_head_ = 0; // up to here everything is on the disk
    std::atomic<bool> folder_synced_ = false;
    std::atomic<std::chrono::steady_clock::rep> next_look_ = 0; // of readers, at the names
    std::optional<FrozenFile> frozen_;                          // if it was opened read-only

    // used by the leader only
    std::optional<OpenFile> file_;
    std::optional<NameLock> one_name_;
    std::unique_ptr<Connection> connection_;
    const std::string log_path_;
    Writer writer_;
    std::optional<Checkpointer> checkpointer_;
    std::mutex checkpointer_ends_; // while others may ask for its status
};

} // namespace eventsourcing::detail::sqlite

#endif
