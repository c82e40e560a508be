// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_HPP
#define EVENTSOURCING_ENGINES_SQLITE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/engines/shared/progress_request.hpp>
#include <eventsourcing/engines/shared/snapshot_request.hpp>
#include <eventsourcing/engines/shared/verify_report.hpp>
#include <eventsourcing/engines/shared/write_request.hpp>
#include <eventsourcing/engines/sqlite/backup.hpp>
#include <eventsourcing/engines/sqlite/engine.hpp>
#include <eventsourcing/engines/sqlite/log_status.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/read_progress.hpp>
#include <eventsourcing/engines/sqlite/snapshots.hpp>
#include <eventsourcing/engines/sqlite/store_id.hpp>
#include <eventsourcing/engines/sqlite/verify.hpp>
#include <eventsourcing/store/check_batches.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/validate.hpp>

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// An event store in one SQLite file, embedded in the process; several processes may use the file
/// at once.
///
/// An acknowledged append is on the disk and survives a loss of power; `SqliteDurability::relaxed`
/// trades that for speed. After an I/O error at a commit the outcome is unknown and the store stays
/// failed: open it again and retry. The file, with its `-wal` and `-shm`, belongs on a local disk.
///
/// Callers that append at once share a commit, each with its own answer, in the order of arrival; a
/// caller that is alone commits in its own thread. `SqliteOptions::max_waiting` bounds how many
/// wait.
///
/// A handle: copies share one engine, which is closed with the last of them. All functions may be
/// called from several threads at once. In a forked child they return `errc::closed`, and the child
/// can't open the same file: open stores after the fork, and fork only while no other thread uses
/// SQLite, or exec.
class SqliteStore {
public:
    static constexpr Capabilities capabilities{.expected_revision = true,
                                               .conditions = true,
                                               .global_order = true,
                                               .wakes_readers = true,
                                               .remembers_ids = true,
                                               .compares_content = true,
                                               .durable = true,
                                               .checks_positions = true};
    static constexpr std::string_view url_scheme = "sqlite";

    // A copy instead of a move: every handle has an engine.
    SqliteStore(const SqliteStore&) = default;
    SqliteStore& operator=(const SqliteStore&) = default;
    ~SqliteStore() = default;

    /// Opens the file, makes it if it does not exist, and migrates one of an earlier version.
    ///
    /// `corrupt` for a file that is not a store, which is left as it is; `unsupported` for one of a
    /// later version; `unavailable` if other processes keep it locked for the busy timeout.
    [[nodiscard]] static Result<SqliteStore> open(const std::string& path,
                                                  const SqliteOptions& options = {}) {
        return guarded([&]() -> Result<SqliteStore> {
            auto engine = detail::sqlite::Engine::open(path, options);
            if (!engine)
                return std::move(engine).error();
            return SqliteStore(*std::move(engine));
        });
    }
    /// For `open_store("sqlite:combat.db?durability=relaxed")`. Options: `durability=full|relaxed`,
    /// `busy_timeout_ms=N`, `checkpoint_frames=N`, `max_waiting=N`, `max_readers=N`,
    /// `open=create|existing|read_only`. In the path `%3F` is a question mark and `%25` a percent
    /// sign.
    [[nodiscard]] static Result<SqliteStore> open_url(std::string_view rest,
                                                      const Environment& environment = {}) {
        auto target = detail::sqlite::parse_url(rest);
        if (!target)
            return std::move(target).error();
        target->options.environment = environment;
        return open(target->path, target->options);
    }

    /// Appends the whole batch or nothing; see `EventStore` for the order of the checks.
    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        return add(stream, expected, batch, condition, call);
    }
    /// Appends at the end of the stream, whatever its revision is.
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) const {
        return add(stream, std::nullopt, batch, {}, call);
    }

    /// Appends at the end of the stream, unless an event that matches the condition was appended
    /// after its position.
    Result<Receipt> append_if(StreamNameView stream, const EventBatch& batch,
                              const AppendCondition& condition,
                              const CallOptions& call = {}) const {
        return add(stream, std::nullopt, batch, condition, call);
    }

    /// Appends to several streams in one commit, all or none.
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const StreamBatch> batches,
                                                           const CallOptions& call = {}) const {
        using Receipts = Result<std::vector<std::optional<Receipt>>>;
        return begin(call, [&](const CallOptions& begun) -> Receipts {
            const auto events = detail::check_batches(batches);
            if (!events)
                return events.error();
            const AppendCondition none;
            std::vector<std::vector<std::int64_t>> times;
            std::vector<detail::shared::AppendRequest> parts;
            times.reserve(batches.size());
            parts.reserve(batches.size());
            for (std::size_t i = 0; i < batches.size(); ++i) {
                auto of_part = times_of((*events)[i]);
                if (!of_part)
                    return std::move(of_part).error();
                times.push_back(*std::move(of_part));
                parts.push_back(
                    {batches[i].stream, batches[i].expected, (*events)[i], times[i], none, call});
            }
            return engine_->append_all({parts, begun});
        });
    }

    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const {
        return read(which.limit, call, [&](auto& page) { return page.stream(stream, which); });
    }
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const {
        return read(which.limit, call, [&](auto& page) { return page.all(which); });
    }

    /// A page with the event of this id, or an empty one; one look into an index.
    [[nodiscard]] Result<Page> find_event(const Uuid& id, const CallOptions& call = {}) const {
        return read(1, call, [&](auto& page) { return page.event(id); });
    }
    /// The position of the last event, also of one that another process has appended; nothing
    /// before the first. Reads the file only if another connection has changed it.
    [[nodiscard]] Result<std::optional<Position>> head(const CallOptions& call = {}) const {
        return begin(call, [&](const CallOptions& begun) { return engine_->head(begun); });
    }

    /// True as soon as there is an event after `after`: at once if this process appends it, within
    /// some 20 ms if another does. False at the deadline, `cancelled` after a stop, `closed` as
    /// soon as the store is closed.
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const {
        return guarded([&] { return engine_->wait_for_append(after, call.begun(environment())); });
    }

    /// Returns once everything up to and with this position is on the disk, whoever appended it. At
    /// once if this store knows that: with full durability, after each of its own appends. Appends
    /// go on meanwhile. After an error of the disk the store stays failed.
    [[nodiscard]] Result<void> sync(Position position, const CallOptions& call = {}) const {
        return begin(call,
                     [&](const CallOptions& begun) { return engine_->sync(position, begun); });
    }

    // Progress and snapshots; see `ProgressStore` and `SnapshotStore`. They go through the same
    // queue as appends, share their commits, and are as durable.

    [[nodiscard]] Result<std::optional<Progress>>
    load_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        return look_up(
            call, [&] { return detail::check_progress_key(key); },
            [&](auto& connection) -> Result<std::optional<Progress>> {
                auto stored = detail::sqlite::find_progress(connection, key);
                if (!stored)
                    return std::move(stored).error();
                return detail::sqlite::progress_of(*stored);
            });
    }
    [[nodiscard]] Result<std::vector<std::pair<ProgressKey, Progress>>>
    list_progress(const CallOptions& call = {}) const {
        return look_up(
            call, [] { return Result<void>{}; },
            [](auto& connection) { return detail::sqlite::list_progress(connection); });
    }
    /// Statements may use the application's own tables in the file, each of them one statement. One
    /// that begins or ends a transaction, is an ATTACH, DETACH, VACUUM, ANALYZE or PRAGMA, makes
    /// something temporary, or touches a table of the library (`es_...`) is `invalid`, as is one
    /// that SQLite refuses.
    Result<void> commit_progress(const ProgressCommit& commit, const CallOptions& call = {}) const {
        return done(write(
            call, [&] { return detail::check_progress_commit(commit); },
            [&](const CallOptions& begun) {
                return detail::shared::ProgressCommitRequest{commit, begun};
            }));
    }
    Result<bool> drop_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        auto written = write(
            call, [&] { return detail::check_progress_key(key); },
            [&](const CallOptions& begun) {
                return detail::shared::ProgressDropRequest{key, begun};
            });
        if (!written)
            return std::move(written).error();
        return written->removed > 0;
    }
    [[nodiscard]] Result<std::optional<std::string>>
    load_row(const ProgressKey& key, std::string_view row, const CallOptions& call = {}) const {
        return look_up(
            call, [&] { return detail::check_progress_key(key); },
            [&](auto& connection) { return detail::sqlite::load_row(connection, key, row); });
    }
    [[nodiscard]] Result<std::vector<RowCommit>> load_rows(const ProgressKey& key,
                                                           std::optional<std::string_view> after,
                                                           std::size_t limit,
                                                           const CallOptions& call = {}) const {
        return look_up(
            call, [&] { return detail::check_progress_page(key, limit); },
            [&](auto& connection) {
                return detail::sqlite::load_rows(connection, key, after, limit);
            });
    }
    [[nodiscard]] Result<std::vector<ParkedEvent>>
    load_parked(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit,
                const CallOptions& call = {}) const {
        return look_up(
            call, [&] { return detail::check_progress_page(key, limit); },
            [&](auto& connection) {
                return detail::sqlite::load_parked(connection, key, after, limit);
            });
    }

    Result<void> save_snapshot(const Snapshot& snapshot, const CallOptions& call = {}) const {
        return done(write(
            call, [&] { return detail::check_snapshot(snapshot); },
            [&](const CallOptions& begun) {
                return detail::shared::SnapshotSaveRequest{snapshot, begun};
            }));
    }
    [[nodiscard]] Result<std::optional<Snapshot>>
    load_snapshot(StreamNameView stream, std::string_view kind, std::string_view fingerprint,
                  const CallOptions& call = {}) const {
        return look_up(
            call, [&] { return detail::check_snapshot_name(kind, fingerprint); },
            [&](auto& connection) {
                return detail::sqlite::load_snapshot(connection, stream, kind, fingerprint);
            });
    }
    /// Looks at the keys of all snapshots, while no other writes.
    Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view keep_fingerprint,
                                          const CallOptions& call = {}) const {
        auto written = write(
            call, [&] { return detail::check_snapshot_name(kind, keep_fingerprint); },
            [&](const CallOptions& begun) {
                return detail::shared::SnapshotPruneRequest{kind, keep_fingerprint, begun};
            });
        if (!written)
            return std::move(written).error();
        return written->removed;
    }

    /// The id that the file was given when it was made, or by `restored`. A copy and a backup of
    /// the file have the same.
    [[nodiscard]] Result<Uuid> store_id(const CallOptions& call = {}) const {
        return guarded([&] { return engine_->store_id(call.begun(environment())); });
    }
    /// Gives the file of a store a new id, and returns it. Call it once after a backup has replaced
    /// a store, before programs use it.
    ///
    /// Positions that were given after the backup was made are given again, to other events. A
    /// program that keeps a position and the id of its store notices that by the new id.
    static Result<Uuid> restored(const std::string& path, const Environment& environment = {}) {
        return guarded([&] { return detail::sqlite::renew_store_id(path, environment); });
    }

    /// Copies the store as it is now into a new file, while it is in use: writers go on meanwhile.
    /// The file at `path` is then complete and on the disk. After an error there is none.
    ///
    /// `invalid` if there is something at `path` already, or a SQLite log next to it; nothing is
    /// changed.
    [[nodiscard]] Result<void> backup(const std::string& path, const CallOptions& call = {}) const {
        return begin(call, [&](const CallOptions& begun) {
            return engine_->maintain(begun, [&](auto& connection, auto go_on) {
                return detail::sqlite::back_up(connection, path, environment(), go_on);
            });
        });
    }

    /// Checks the whole file: its pages and indexes, that positions and revisions have no gaps,
    /// that rows agree with each other, and that each record can be decoded: as JSON, or as one of
    /// `Events` if there are any, each a variant of events or one struct.
    ///
    /// The report says what is wrong. An error means that the deadline, a stop or `close()` ended
    /// the check. Appends go on meanwhile; it reads the whole file several times.
    template <class... Events>
    [[nodiscard]] Result<VerifyReport> verify(const CallOptions& call = {}) const {
        return begin(call, [&](const CallOptions& begun) {
            return detail::sqlite::verify<Events...>(
                [&](auto work) { return engine_->maintain(begun, work); });
        });
    }

    /// How long the log is, and what keeps it from being restarted: a reader or a full disk. Does
    /// not wait, even if all reading connections are in use.
    [[nodiscard]] Result<SqliteLogStatus> log_status() const {
        return guarded([&] { return engine_->log_status(); });
    }

    /// What to know about the SQLite library that is loaded, a sentence each; found when the store
    /// was opened.
    [[nodiscard]] std::span<const std::string> engine_warnings() const {
        return engine_->warnings();
    }

    /// Whose clock deadlines are instants of.
    [[nodiscard]] const Environment& environment() const { return engine_->environment(); }

    /// Ends the store for all handles: waits for the calls that are running, ends those that wait
    /// with `closed`, and closes the file.
    void close() const { engine_->close(); }

private:
    explicit SqliteStore(std::shared_ptr<detail::sqlite::Engine> engine)
        : engine_(std::move(engine)) {}

    /// Exceptions of the application's functions, and memory that runs out, become errors.
    template <class F>
    static auto guarded(F&& f) -> decltype(f()) {
        return detail::guarded("encoding an event", [&]() -> decltype(f()) {
            EVENTSOURCING_TRY {
                return f();
            }
            EVENTSOURCING_CATCH(const std::bad_alloc&) {
                return Error(errc::unavailable); // without a message, which needs memory
            }
        });
    }

    /// Calls `f(begun)` with the options of a call that begins now.
    template <class F>
    auto begin(const CallOptions& call, F&& f) const -> decltype(f(call)) {
        return guarded([&]() -> decltype(f(call)) {
            const CallOptions begun = call.begun(environment());
            if (auto go_on = detail::check_call(begun, environment()); !go_on)
                return std::move(go_on).error();
            return f(begun);
        });
    }

    Result<Receipt> add(StreamNameView stream, std::optional<ExpectedRevision> expected,
                        const EventBatch& batch, const AppendCondition& condition,
                        const CallOptions& call) const {
        return begin(call, [&](const CallOptions& begun) -> Result<Receipt> {
            auto events = batch.encoded();
            if (!events)
                return detail::meant_for(std::move(events).error(), stream);
            if (auto good = detail::check_batch(*events); !good)
                return detail::meant_for(std::move(good).error(), stream);
            const auto times = times_of(*events);
            if (!times)
                return times.error();
            return engine_->append({stream, expected, *events, *times, condition, begun});
        });
    }

    /// In Unix nanoseconds.
    static Result<std::vector<std::int64_t>> times_of(std::span<const NewEvent> events) {
        std::vector<std::int64_t> times;
        times.reserve(events.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            auto time = events[i].recorded_at.to_unix_nanoseconds();
            if (!time)
                return std::move(time).error().within("event " + std::to_string(i) +
                                                      " of the batch");
            times.push_back(*time);
        }
        return times;
    }

    /// `request(begun)` is what is asked of the writer.
    template <class Check, class Request>
    Result<detail::shared::Written> write(const CallOptions& call, Check check,
                                          Request request) const {
        return begin(call, [&](const CallOptions& begun) -> Result<detail::shared::Written> {
            if (auto good = check(); !good)
                return std::move(good).error();
            return engine_->write(request(begun));
        });
    }
    static Result<void> done(Result<detail::shared::Written> written) {
        return written ? Result<void>{} : std::move(written).error();
    }

    /// `find(Connection&)` in a read transaction.
    template <class Check, class Find>
    auto look_up(const CallOptions& call, Check check, Find find) const
        -> decltype(find(std::declval<detail::sqlite::Connection&>())) {
        using Found = decltype(find(std::declval<detail::sqlite::Connection&>()));
        return begin(call, [&](const CallOptions& begun) -> Found {
            if (auto good = check(); !good)
                return std::move(good).error();
            return engine_->look_up(begun, find);
        });
    }

    template <class Read>
    Result<Page> read(std::size_t limit, const CallOptions& call, Read read) const {
        if (auto good = detail::check_page_size(limit); !good)
            return std::move(good).error();
        return begin(call, [&](const CallOptions& begun) { return engine_->read(begun, read); });
    }

    std::shared_ptr<detail::sqlite::Engine> engine_;
};

} // namespace eventsourcing

#endif
