// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_WRITER_HPP
#define EVENTSOURCING_ENGINES_SQLITE_WRITER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/shared/append_request.hpp>
#include <eventsourcing/engines/shared/group_writer.hpp>
#include <eventsourcing/engines/shared/write_request.hpp>
#include <eventsourcing/engines/sqlite/interned_names.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/query_cursor.hpp>
#include <eventsourcing/engines/sqlite/read_transaction.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/engines/sqlite/schema.hpp>
#include <eventsourcing/engines/sqlite/snapshots.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/store_files.hpp>
#include <eventsourcing/engines/sqlite/stored_batch.hpp>
#include <eventsourcing/engines/sqlite/sync.hpp>
#include <eventsourcing/engines/sqlite/write_progress.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// The requests of one transaction: it is begun, takes any number of them, does each whole or not
/// at all, and is committed or rolled back. Its user holds the connection.
class Writer final : public shared::GroupWriter {
public:
    explicit Writer(Connection& connection, SqliteDurability durability = SqliteDurability::full,
                    Environment environment = {})
        : connection_(connection),
          durability_(durability),
          environment_(std::move(environment)),
          names_(connection),
          files_(connection, environment_) {}

    /// Takes the write lock of the file.
    [[nodiscard]] Result<void> begin() override {
        written_ = false;
        can_go_on_ = false;
        if (auto whole = check_files(files_.look_now_and_then()); !whole)
            return whole;
        if (auto begun = run(connection_, Sql::begin_write); !begun)
            return begun;
        // again, if it had to wait for the lock
        if (auto whole = check_files(files_.look_now_and_then()); !whole)
            return whole;
        if (auto whole = check_files(files_.look_at_log_size()); !whole)
            return whole;
        if (const auto version = connection_.data_version(); version != known_version_) {
            if (auto read = read_what_others_did(); !read)
                return read;
            known_version_ = version;
        }
        head_ = committed_head_;
        return {};
    }

    /// After an error the transaction is no longer open if SQLite rolled it back itself, or if the
    /// request was the first that wrote.
    [[nodiscard]] Result<shared::Written> write(const shared::WriteRequest& request) override {
        return std::visit([this](const auto* one) { return write_one(*one); }, request);
    }

    /// The order of the checks is that of `EventStore`.
    [[nodiscard]] Result<Receipt> append(const shared::AppendRequest& request) {
        auto stored =
            find_stored_batch(connection_, request.stream, request.expected, request.events);
        if (!stored)
            return std::move(stored).error();
        if (*stored) {
            if (auto kept = keep_what_is_stored(); !kept)
                return std::move(kept).error();
            return **stored;
        }

        auto stream = find_stream(connection_, request.stream);
        if (!stream)
            return std::move(stream).error();
        if (auto met = check_expected(request, *stream); !met)
            return std::move(met).error();
        if (auto met = check_condition(request); !met)
            return std::move(met).error();
        return insert(request, *stream);
    }

    /// The same for several streams, each at its expectation.
    [[nodiscard]] Result<std::vector<std::optional<Receipt>>>
    append_all(std::span<const shared::AppendRequest> parts) {
        auto stored = find_stored_batches(connection_, parts);
        if (!stored)
            return stored;
        if (stored->empty())
            for (const shared::AppendRequest& part : parts) {
                const auto stream = find_stream(connection_, part.stream);
                if (!stream)
                    return stream.error();
                if (auto met = check_expected(part, *stream); !met)
                    return std::move(met).error();
            }
        const bool adds_nothing =
            std::all_of(parts.begin(), parts.end(),
                        [](const shared::AppendRequest& part) { return part.events.empty(); });
        if (stored->empty() && !adds_nothing)
            return insert_all(parts);
        if (auto kept = keep_what_is_stored(); !kept)
            return std::move(kept).error();
        stored->resize(parts.size());
        return stored;
    }

    [[nodiscard]] bool has_written() const override { return written_; }
    [[nodiscard]] bool in_transaction() const override { return connection_.in_transaction(); }
    /// The last position, with what the open transaction has appended.
    [[nodiscard]] std::int64_t head() const { return head_; }

    [[nodiscard]] Result<void> commit() noexcept override {
        const int code = try_run(connection_, Sql::commit);
        if (code == SQLITE_OK) {
            written_ = false;
            committed_head_ = head_;
            known_version_ = connection_.data_version();
            const StoreFiles::State state = files_.look();
            return state == StoreFiles::State::whole ? Result<void>{} : lost(state);
        }
        // On a full disk the last frame, which makes a transaction valid, was not written, unless
        // further frames were to fill the sector after it. After any other failure it may have been
        // written: a failed fsync does not say what reached the disk, and recovery accepts every
        // transaction that it finds complete.
        const bool nothing_done = connection_.in_transaction() ||
                                  (primary_code(code) == SQLITE_FULL && overwrites_safely());
        EVENTSOURCING_TRY {
            auto error = connection_.error(code);
            if (nothing_done)
                return error;
            const std::string message = error.message();
            return std::move(error)
                .as(errc::unknown_outcome)
                .with_message(message + " at the commit: whether it was done is unknown; open the "
                                        "store again and retry with the same ids");
        }
        EVENTSOURCING_CATCH(...) { // no memory for the message
            return nothing_done ? errc::unavailable : errc::unknown_outcome;
        }
    }

    void roll_back() noexcept override {
        if (connection_.in_transaction())
            static_cast<void>(try_run(connection_, Sql::rollback));
        if (written_)
            names_.forget();
    }

    /// Opens the log and its shared memory, and remembers which files they are. An error if they do
    /// not belong together.
    [[nodiscard]] Result<void> remember_files() {
        // A damaged file can be opened, so that `verify` can say what is wrong.
        if (auto read = read_head(connection_); !read && read.error() != errc::corrupt)
            return std::move(read).error();
        if (auto whole = check_files(files_.remember()); !whole)
            return whole;
        if (!files_.log_is_of_memory())
            return files_.error(StoreFiles::State::log_replaced, errc::failed, "nothing was done");
        return check_files(files_.look());
    }

    /// The state of the files now.
    [[nodiscard]] StoreFiles::State look_at_files() noexcept { return files_.look(); }
    /// Whether the files are at their names. May be used from several threads at once.
    [[nodiscard]] Result<void> check_names() const {
        const StoreFiles::State state = files_.look_at_names();
        if (state == StoreFiles::State::whole)
            return {};
        const bool can_be_undone = StoreFiles::can_be_undone(state);
        return files_.error(state, can_be_undone ? errc::unavailable : errc::failed,
                            "nothing was done");
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
        return state == StoreFiles::State::whole || state == StoreFiles::State::linked ||
               state == StoreFiles::State::log_deleted;
    }

    /// Whether the writer can be used after a commit of unknown outcome: the commit is done, and
    /// what was done to the files can be undone.
    [[nodiscard]] bool can_go_on() const { return can_go_on_; }

    /// The change to the files for which the store must be stopped; `whole` for none.
    [[nodiscard]] StoreFiles::State fault() const { return fault_; }

private:
    /// What one request writes, all or nothing. A savepoint guards those before it; the first needs
    /// none, since the whole transaction is its own.
    class WriteScope {
    public:
        explicit WriteScope(Writer& writer) : writer_(writer) {}
        ~WriteScope() {
            if (kept_)
                return;
            Connection& connection = writer_.connection_;
            writer_.names_.forget();
            // A savepoint that can't be undone ends the whole transaction.
            if (connection.in_transaction() &&
                (!writer_.written_ || try_run(connection, Sql::rollback_to) != SQLITE_OK ||
                 try_run(connection, Sql::release) != SQLITE_OK) &&
                connection.in_transaction())
                static_cast<void>(try_run(connection, Sql::rollback));
        }
        WriteScope(const WriteScope&) = delete;
        WriteScope& operator=(const WriteScope&) = delete;

        [[nodiscard]] Result<void> begin() {
            return writer_.written_ ? run(writer_.connection_, Sql::savepoint) : Result<void>{};
        }
        [[nodiscard]] Result<void> keep() {
            auto done = writer_.written_ ? run(writer_.connection_, Sql::release) : Result<void>{};
            kept_ = done.has_value();
            return done;
        }

    private:
        Writer& writer_;
        bool kept_ = false;
    };

    Result<shared::Written> write_one(const shared::AppendRequest& request) {
        auto receipt = append(request);
        if (!receipt)
            return std::move(receipt).error();
        return shared::Written{.receipt = *receipt};
    }
    Result<shared::Written> write_one(const shared::AppendAllRequest& request) {
        auto receipts = append_all(request.parts);
        if (!receipts)
            return std::move(receipts).error();
        return shared::Written{.receipts = *std::move(receipts)};
    }
    Result<shared::Written> write_one(const shared::ProgressCommitRequest& request) {
        std::optional<StoredProgress> live;
        auto is_new = should_commit(connection_, request.commit, live);
        if (!is_new)
            return std::move(is_new).error();
        if (!*is_new) {
            if (auto kept = keep_what_is_stored(); !kept)
                return std::move(kept).error();
            return shared::Written{};
        }
        return in_scope([&]() -> Result<shared::Written> {
            if (auto done = write_progress(connection_, request, live, environment_); !done)
                return std::move(done).error();
            return shared::Written{};
        });
    }
    Result<shared::Written> write_one(const shared::ProgressDropRequest& request) {
        auto stored = find_progress(connection_, request.key);
        if (!stored)
            return std::move(stored).error();
        if (!*stored)
            return shared::Written{};
        return in_scope([&]() -> Result<shared::Written> {
            if (auto done = drop_progress(connection_, (*stored)->id); !done)
                return std::move(done).error();
            return shared::Written{.removed = 1};
        });
    }
    Result<shared::Written> write_one(const shared::SnapshotSaveRequest& request) {
        return in_scope([&]() -> Result<shared::Written> {
            if (auto done = save_snapshot(connection_, request); !done)
                return std::move(done).error();
            return shared::Written{};
        });
    }
    Result<shared::Written> write_one(const shared::SnapshotPruneRequest& request) {
        return in_scope([&]() -> Result<shared::Written> {
            auto removed = prune_snapshots(connection_, request);
            if (!removed)
                return std::move(removed).error();
            return shared::Written{.removed = *removed};
        });
    }

    /// Does what one request writes, all or nothing.
    template <class Work>
    Result<shared::Written> in_scope(Work work) {
        WriteScope scope(*this);
        if (auto begun = scope.begin(); !begun)
            return std::move(begun).error();
        Result<shared::Written> done = work();
        if (!done)
            return done;
        if (auto kept = scope.keep(); !kept)
            return std::move(kept).error();
        written_ = true;
        return done;
    }

    /// Before what was committed already is acknowledged, without a commit of its own, which would
    /// look at the files and make it durable.
    Result<void> keep_what_is_stored() {
        if (auto whole = check_files(files_.look()); !whole)
            return whole;
        // A store with less durability may have committed it.
        if (durability_ == SqliteDurability::full)
            return sync_write_ahead_log(connection_);
        return {};
    }

    /// Whether SQLite assumes that a loss of power during a write leaves the bytes next to it
    /// intact. If not, a commit fills the rest of its last sector in the log.
    [[nodiscard]] bool overwrites_safely() const noexcept {
        int safely = -1; // asks
        sqlite3_file_control(connection_.handle(), "main", SQLITE_FCNTL_POWERSAFE_OVERWRITE,
                             &safely);
        return safely > 0;
    }

    Result<void> check_files(StoreFiles::State state) {
        if (state == StoreFiles::State::whole)
            return {};
        if (StoreFiles::can_be_undone(state))
            return files_.error(state, errc::unavailable, "nothing was done");
        fault_ = state;
        return files_.error(state, errc::failed, "nothing was done");
    }

    /// For a commit that is done, but in files that may never be found again.
    Error lost(StoreFiles::State state) noexcept {
        can_go_on_ = StoreFiles::can_be_undone(state);
        if (!can_go_on_)
            fault_ = state;
        EVENTSOURCING_TRY {
            return files_.error(state, errc::unknown_outcome,
                                "whether the append can be found again is unknown");
        }
        EVENTSOURCING_CATCH(...) { // no memory for the message
        }
        return errc::unknown_outcome;
    }

    /// Another connection, of this or another process, has changed the file: appended, or migrated
    /// it (a later library).
    Result<void> read_what_others_did() {
        {
            Statement row(connection_, Sql::file_schema);
            if (auto found = row.step(); !found)
                return std::move(found).error();
            if (auto same = check_schema_version(row.integer(0), connection_.store()); !same)
                return same;
        }
        auto head = read_head(connection_);
        if (!head)
            return std::move(head).error();
        committed_head_ = *head;
        return {};
    }

    Result<void> check_condition(const shared::AppendRequest& request) {
        if (request.condition.none())
            return {};
        if (auto known = check_position(request.condition.after, to_position(head_),
                                        "AppendCondition::after");
            !known)
            return known;
        const auto after = request.condition.after.value_or(Position{}).value();
        if (to_sqlite(after) >= head_)
            return {};
        auto cursor = QueryCursor::open(connection_, request.condition.fail_if_exists);
        if (!cursor)
            return std::move(cursor).error();
        for (std::int64_t from = to_sqlite(after) + 1;;) {
            constexpr std::size_t leaps_between_looks_at_the_clock = 1'024;
            const auto found = cursor->next(from, leaps_between_looks_at_the_clock);
            if (!found)
                return found.error();
            if (found->matches)
                return condition_error(found->position);
            if (found->position == no_position)
                return {};
            from = found->position;
            if (auto go_on = check_call(request.call, environment_); !go_on)
                return go_on;
        }
    }

    Error condition_error(std::int64_t position) {
        const auto page = read_one(connection_, position);
        if (!page)
            return page.error();
        if (page->empty())
            return indexed_but_missing(connection_, position);
        const EventRecord& match = page->records().front();
        return detail::condition_error(match.type, Position{static_cast<std::uint64_t>(position)},
                                       match.stream);
    }

    static Result<void> check_expected(const shared::AppendRequest& request,
                                       const StreamPlace& stream) {
        const auto last = stream.last < 0
                              ? std::nullopt
                              : std::optional(Revision(static_cast<std::uint64_t>(stream.last)));
        if (request.expected && !meets(last, *request.expected))
            return conflict_error(request.stream, *request.expected, last);
        return {};
    }

    Result<Receipt> insert(const shared::AppendRequest& request, const StreamPlace& stream) {
        WriteScope scope(*this);
        if (auto begun = scope.begin(); !begun)
            return std::move(begun).error();
        auto receipt = insert_events(request, stream, head_);
        if (!receipt)
            return receipt;
        if (auto kept = scope.keep(); !kept)
            return std::move(kept).error();
        written_ = true;
        head_ = to_sqlite(receipt->position->value());
        return receipt;
    }

    Result<std::vector<std::optional<Receipt>>>
    insert_all(std::span<const shared::AppendRequest> parts) {
        std::vector<std::optional<Receipt>> receipts(parts.size());
        WriteScope scope(*this);
        if (auto begun = scope.begin(); !begun)
            return std::move(begun).error();
        std::int64_t head = head_;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].events.empty())
                continue;
            // Not before: a new stream of this append may have taken its place.
            const auto stream = find_stream(connection_, parts[i].stream);
            if (!stream)
                return stream.error();
            auto receipt = insert_events(parts[i], *stream, head);
            if (!receipt)
                return std::move(receipt).error();
            head = to_sqlite(receipt->position->value());
            receipts[i] = *receipt;
        }
        if (auto kept = scope.keep(); !kept)
            return std::move(kept).error();
        written_ = true;
        head_ = head;
        return receipts;
    }

    /// Inserts the rows of the events at the end of the stream, after the position `head`.
    Result<Receipt> insert_events(const shared::AppendRequest& request, const StreamPlace& stream,
                                  std::int64_t head) {
        const auto count = static_cast<std::int64_t>(request.events.size());
        const std::int64_t first = stream.last + 1;
        if (head >= no_position - count || first > StreamKeys::revisions_end - count)
            return Error(errc::overflow, connection_.store() +
                                             ": its positions or the revisions of stream " +
                                             request.stream.str() + " are at their end");
        for (std::int64_t i = 0; i < count; ++i)
            if (auto done = insert_event(request, static_cast<std::size_t>(i), head + 1 + i,
                                         stream.keys, first + i);
                !done)
                return std::move(done).error();
        return Receipt{.first = Revision(static_cast<std::uint64_t>(first)),
                       .last = Revision(static_cast<std::uint64_t>(first + count - 1)),
                       .position = Position(static_cast<std::uint64_t>(head + count))};
    }

    Result<void> insert_event(const shared::AppendRequest& request, std::size_t i,
                              std::int64_t position, const StreamKeys& stream,
                              std::int64_t revision) {
        const NewEvent& event = request.events[i];
        auto type = names_.type(event);
        if (!type)
            return std::move(type).error();
        const bool small = event.data.size() + event.metadata.size() <= small_event;
        for (const Sql insert : {Sql::add_event, Sql::add_stream_event}) {
            const bool in_stream = insert == Sql::add_stream_event;
            Statement row(connection_, insert);
            row.bind(position).bind(request.stream.view()).bind_blob(id_bytes(event.id));
            row.bind(*type).bind(request.recorded_at[i]).bind(to_sqlite(event.tags.size()));
            row.bind(in_stream ? stream.at(revision) : revision);
            if (small || !in_stream) // what is not bound is NULL
                row.bind_blob(event.data).bind_blob(event.metadata);
            if (auto done = row.run(); !done)
                return done;
        }
        for (const std::string_view tag : event.tags) {
            auto number = names_.tag(tag);
            if (!number)
                return std::move(number).error();
            Statement row(connection_, Sql::add_event_tag);
            if (auto done = row.bind(*number).bind(position).run(); !done)
                return done;
        }
        return {};
    }

    Connection& connection_;
    const SqliteDurability durability_;
    const Environment environment_;
    InternedNames names_;
    std::int64_t head_ = 0;
    std::int64_t committed_head_ = 0; // in the file as it was at:
    std::optional<std::uint32_t> known_version_{};
    StoreFiles files_;
    StoreFiles::State fault_ = StoreFiles::State::whole;
    bool written_ = false;
    bool can_go_on_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
