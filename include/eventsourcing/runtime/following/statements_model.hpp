// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_STATEMENTS_MODEL_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_STATEMENTS_MODEL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/following/statement_partitions.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The statements that the events since the last commit made.
template <class P>
class StatementsModel {
public:
    static constexpr bool can_undo = true;
    static constexpr bool can_partition = true;
    static constexpr bool fails_in_commit = true; // a statement is run then
    template <class Keeper>
    Result<void> load(const Keeper& /*keeper*/, const ProgressKey& /*key*/,
                      const CallOptions& /*call*/) {
        return roll_back();
    }

    /// Adds to the commit that stores the start.
    void begin(ProgressCommit& commit) {
        if constexpr (NamesText_create<P>)
            commit.statements.push_back({std::string(std::string_view(P::create))});
    }

    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& /*call*/, std::size_t& i) {
        if (partitions_)
            return partitions_->handle(records, parking, now, made_, i);
        for (const EventRecord& record : records) {
            if (auto done = handle(record, parking, now); !done)
                return done;
            ++i;
        }
        return {};
    }
    Result<void> handle(const EventRecord& record, Parking& parking, Timestamp now) {
        if (parking.passes(record.stream, record, now))
            return {};
        return handle_parked(record, {}, {});
    }
    /// Handles an event that was parked.
    Result<void> handle_parked(const EventRecord& record, const std::string& /*key*/,
                               const CallOptions& /*call*/) {
        return add_statements<P>(reader_, state_, record);
    }

    /// Handles events of so many streams at once.
    void partition(unsigned partitions) { partitions_.emplace(partitions); }
    [[nodiscard]] std::optional<OpenEvent> oldest_open() const {
        return partitions_ ? partitions_->oldest_open() : std::nullopt;
    }

    /// How many statements the next commit will have.
    [[nodiscard]] std::size_t parts() const { return state_.list().size() + made_.size(); }

    Result<void> collect(ProgressCommit& commit) {
        commit.statements = state_.take();
        std::move(made_.begin(), made_.end(), std::back_inserter(commit.statements));
        made_.clear();
        return {};
    }
    Result<void> committed() { return {}; }
    Result<void> roll_back() {
        static_cast<void>(state_.take());
        made_.clear();
        return {};
    }

private:
    FollowedReader<P> reader_;
    typename P::State state_{};
    std::optional<StatementPartitions<P>> partitions_{};
    std::vector<SqlStatement> made_{}; // by them
};

} // namespace eventsourcing::detail

#endif
