// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_WRITER_HPP
#define EVENTSOURCING_ENGINES_SQLITE_WRITER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/append_request.hpp>
#include <eventsourcing/engines/shared/group_writer.hpp>
#include <eventsourcing/engines/shared/write_request.hpp>
#include <eventsourcing/engines/sqlite/append_checks.hpp>
#include <eventsourcing/engines/sqlite/insert_events.hpp>
#include <eventsourcing/engines/sqlite/interned_names.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/engines/sqlite/read_transaction.hpp>
#include <eventsourcing/engines/sqlite/reader.hpp>
#include <eventsourcing/engines/sqlite/snapshots.hpp>
#include <eventsourcing/engines/sqlite/statement.hpp>
#include <eventsourcing/engines/sqlite/stored_batch.hpp>
#include <eventsourcing/engines/sqlite/sync.hpp>
#include <eventsourcing/engines/sqlite/watched_files.hpp>
#include <eventsourcing/engines/sqlite/write_progress.hpp>
#include <eventsourcing/engines/sqlite/write_scope.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
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
        files_.begin();
        if (auto whole = files_.check_before_append(); !whole)
            return whole;
        if (auto begun = run(connection_, Sql::begin_write); !begun)
            return begun;
        // again, if it had to wait for the lock
        if (auto whole = files_.check_before_append(); !whole)
            return whole;
        if (auto whole = files_.check_log_size(); !whole)
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
        if (auto met = check_condition(connection_, environment_, request, head_); !met)
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
        if (auto whole = files_.check_log_size(); !whole)
            return whole;
        const int code = with_quota(try_run(connection_, Sql::commit), connection_.log_file());
        if (code == SQLITE_OK) {
            written_ = false;
            committed_head_ = head_;
            known_version_ = connection_.data_version();
            return files_.check_after_commit();
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

    [[nodiscard]] WatchedFiles& files() { return files_; }
    [[nodiscard]] const WatchedFiles& files() const { return files_; }

private:
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
        WriteScope scope(connection_, names_, written_);
        if (auto begun = scope.begin(); !begun)
            return std::move(begun).error();
        Result<shared::Written> done = work();
        if (!done)
            return done;
        if (auto kept = scope.keep(); !kept)
            return std::move(kept).error();
        return done;
    }

    /// Before what was committed already is acknowledged, without a commit of its own, which would
    /// look at the files and make it durable.
    Result<void> keep_what_is_stored() {
        if (auto whole = files_.check_now(); !whole)
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

    Result<Receipt> insert(const shared::AppendRequest& request, const StreamPlace& stream) {
        WriteScope scope(connection_, names_, written_);
        if (auto begun = scope.begin(); !begun)
            return std::move(begun).error();
        auto receipt = insert_events(connection_, names_, request, stream, head_);
        if (!receipt)
            return receipt;
        if (auto kept = scope.keep(); !kept)
            return std::move(kept).error();
        head_ = to_sqlite(receipt->position->value());
        return receipt;
    }

    Result<std::vector<std::optional<Receipt>>>
    insert_all(std::span<const shared::AppendRequest> parts) {
        std::vector<std::optional<Receipt>> receipts(parts.size());
        WriteScope scope(connection_, names_, written_);
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
            auto receipt = insert_events(connection_, names_, parts[i], *stream, head);
            if (!receipt)
                return std::move(receipt).error();
            head = to_sqlite(receipt->position->value());
            receipts[i] = *receipt;
        }
        if (auto kept = scope.keep(); !kept)
            return std::move(kept).error();
        head_ = head;
        return receipts;
    }

    Connection& connection_;
    const SqliteDurability durability_;
    const Environment environment_;
    InternedNames names_;
    std::int64_t head_ = 0;
    std::int64_t committed_head_ = 0; // in the file as it was at:
    std::optional<std::uint32_t> known_version_{};
    WatchedFiles files_;
    bool written_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
