// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_ROWS_MODEL_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_ROWS_MODEL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/following/row_partitions.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The rows of a projection with a key: those that were touched lately.
template <class P, class Keeper>
class RowsModel {
public:
    static constexpr bool can_undo = true;
    static constexpr bool can_partition = true;
    using State = typename P::State;

    static Result<std::optional<State>> read(const Keeper& keeper, const ProgressKey& key,
                                             std::string_view row, const CallOptions& call) {
        auto data = keeper.load_row(key, row, call);
        if (!data)
            return std::move(data).error();
        if (!*data)
            return std::optional<State>();
        auto state = decode_json<State>(**data);
        if (!state)
            return std::move(state)
                .error()
                .as(errc::corrupt)
                .within(joined(
                    {"row ", in_quotes(row), " of ", key.name, " (a rebuild makes it again)"}));
        return std::optional<State>(*std::move(state));
    }

    Result<void> load(const Keeper& keeper, const ProgressKey& key, const CallOptions& /*call*/) {
        keeper_ = &keeper;
        key_ = &key;
        rows_.clear();
        touched_.clear();
        return {};
    }

    /// Adds to the commit that stores the start.
    void begin(ProgressCommit& /*commit*/) {}

    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& call, std::size_t& i) {
        call_ = call;
        if (partitions_ && records.size() > 1)
            return handle_in_parallel(records, parking, now, i);
        for (const EventRecord& record : records) {
            if (auto done = handle(record, parking, now); !done)
                return done;
            ++i;
        }
        return {};
    }
    Result<void> handle(const EventRecord& record, Parking& parking, Timestamp now) {
        keeper_failed_ = false;
        if (parking.passes_stream(record, now)) // its keys are not known
            return {};
        return reader_.read(record, [&]<class E>(const Recorded<E>& event) {
            return for_each_key<P>(event, [&](std::string_view key) -> Result<void> {
                if (auto good = check_row_key(key); !good) {
                    parking.ask(line_of_stream(record.stream)); // it can't be parked under that
                    return good;
                }
                if (parking.passes(key, record, now))
                    return {};
                return this->project_row(key, event);
            });
        });
    }
    /// Handles an event that was parked, for one of its keys or, if they were not known, for all.
    Result<void> handle_parked(const EventRecord& record, const std::string& key,
                               const CallOptions& call, const Parking& parking) {
        call_ = call;
        keeper_failed_ = false;
        const bool for_all = key == line_of_stream(record.stream);
        return reader_.read(record, [&]<class E>(const Recorded<E>& event) -> Result<void> {
            if (!for_all)
                return project_row(key, event);
            return for_each_key<P>(event, [&](std::string_view each) -> Result<void> {
                if (auto good = check_row_key(each); !good)
                    return good;
                if (parking.holds(each))
                    return Error(errc::cannot_apply,
                                 joined({"events of key ", in_quotes(each),
                                         " are parked, too: replay them first"}));
                return this->project_row(each, event);
            });
        });
    }
    /// Handles events of so many keys at once.
    void partition(unsigned partitions) { partitions_.emplace(partitions); }
    [[nodiscard]] std::optional<OpenEvent> oldest_open() const {
        return partitions_ ? partitions_->oldest_open() : std::nullopt;
    }
    /// Whether the last failure was of the store that keeps the rows, and not of the event.
    [[nodiscard]] bool keeper_failed() const { return keeper_failed_; }

    /// The row that the last commit could not be made of, if there was one.
    [[nodiscard]] const std::optional<std::string>& failed_row() const { return failed_row_; }
    /// How many rows the next commit will have.
    [[nodiscard]] std::size_t parts() const { return touched_.size(); }

    Result<void> collect(ProgressCommit& commit) {
        failed_row_.reset();
        commit.rows.reserve(touched_.size());
        for (const auto* const touched : touched_) {
            const auto& [key, row] = *touched;
            if (!row.state) {
                commit.rows.push_back({key, std::nullopt});
                continue;
            }
            auto data = encode_json(*row.state);
            if (data && data->size() > max_state_size)
                data = check_stored_size("its JSON", data->size(), max_state_size).error();
            if (!data) {
                failed_row_ = key;
                return std::move(data).error().within(
                    joined({"storing row ", in_quotes(key), " of ", key_->name}));
            }
            commit.rows.push_back({key, *std::move(data)});
        }
        return {};
    }
    Result<void> committed() {
        for (auto* const touched : touched_)
            touched->second.touched = false;
        touched_.clear();
        if (rows_.size() > most_kept)
            rows_.clear();
        return {};
    }
    /// Rows that were touched are read again.
    Result<void> roll_back() {
        for (const auto* const touched : touched_)
            rows_.erase(rows_.find(touched->first));
        touched_.clear();
        return {};
    }

private:
    struct Row {
        std::optional<State> state;
        bool touched = false;
        bool is_read = true;
        bool keeper_failed = false;
    };
    using KeptRow = typename TextMap<Row>::value_type; // which stays where it is
    using Partitions = RowPartitions<P, Row>;
    static constexpr std::size_t most_kept = 10'000;

    template <class E>
    Result<void> project_row(std::string_view key, const Recorded<E>& event) {
        auto row = row_of(key);
        if (!row)
            return std::move(row).error();
        touch(**row);
        return change_row((*row)->second, event);
    }
    void touch(KeptRow& row) {
        if (!row.second.touched)
            touched_.push_back(&row);
        row.second.touched = true;
    }
    template <class E>
    static Result<void> change_row(Row& at, const Recorded<E>& event) {
        if (!at.state)
            at.state.emplace();
        auto change = [&] {
            if constexpr (FollowsPlain<P, E>)
                return project<P>(*at.state, event.event);
            else
                return project<P>(*at.state, event);
        }();
        if (!change)
            return std::move(change).error();
        if (*change == RowChange::drop)
            at.state.reset();
        return {};
    }

    Result<void> handle_in_parallel(std::span<const EventRecord> records, Parking& parking,
                                    Timestamp now, std::size_t& i) {
        const auto row = [&](const std::string& key) {
            const auto [found, is_new] = rows_.try_emplace(key);
            if (is_new)
                found->second.is_read = false;
            touch(*found);
            return &found->second;
        };
        const auto change = [&](FollowedReader<P>& reader, typename Partitions::Lane& lane,
                                const EventRecord& record) {
            return reader.read(record, [&]<class E>(const Recorded<E>& event) -> Result<void> {
                Row& at = *lane.of;
                if (auto done = this->read_once(at, lane.key); !done)
                    return done;
                return this->change_row(at, event);
            });
        };
        Row* failed = nullptr;
        auto done = partitions_->handle(records, parking, now, row, change, i, failed);
        keeper_failed_ = failed != nullptr && failed->keeper_failed;
        return done;
    }
    /// In whichever thread comes to the row first.
    Result<void> read_once(Row& row, std::string_view key) const {
        if (row.is_read)
            return {};
        auto state = read(*keeper_, *key_, key, call_);
        if (!state) {
            row.keeper_failed = state.error() != errc::corrupt;
            return std::move(state).error();
        }
        row.state = *std::move(state);
        row.is_read = true;
        return {};
    }

    Result<KeptRow*> row_of(std::string_view key) {
        if (const auto found = rows_.find(key); found != rows_.end())
            return &*found;
        auto state = read(*keeper_, *key_, key, call_);
        if (!state) {
            keeper_failed_ = state.error() != errc::corrupt;
            return std::move(state).error();
        }
        return &*rows_.try_emplace(std::string(key), Row{*std::move(state), false}).first;
    }

    const Keeper* keeper_ = nullptr;
    const ProgressKey* key_ = nullptr;
    CallOptions call_{}; // of the step that is made
    bool keeper_failed_ = false;
    std::optional<Partitions> partitions_{};
    FollowedReader<P> reader_;
    TextMap<Row> rows_;
    std::vector<KeptRow*> touched_;
    std::optional<std::string> failed_row_{};
};

} // namespace eventsourcing::detail

#endif
