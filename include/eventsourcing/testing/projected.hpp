// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_PROJECTED_HPP
#define EVENTSOURCING_TESTING_PROJECTED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/row_change.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <map>
#include <set>
#include <string>
#include <type_traits>

namespace eventsourcing::detail {

/// What a projection makes of records, with no subscription: its State, or a row for each key.
template <class P>
class Projected {
public:
    using State = typename P::State;
    using Rows = std::map<std::string, State>;

    Result<void> project_record(FollowedReader<P>& reader, const EventRecord& record) {
        if (!FollowedReader<P>::knows(record.type))
            return {};
        if constexpr (HasKey<P>) {
            return reader.read(record, [this]<class E>(const Recorded<E>& event) -> Result<void> {
                for (const std::string& key : keys_of<P>(event))
                    if (auto done = this->project_row(key, event); !done)
                        return done;
                return {};
            });
        } else {
            auto done = reader.read(record, ProjectOnto<P>{state_});
            return done ? Result<void>() : std::move(done).error();
        }
    }

    [[nodiscard]] const State& state() const { return state_; }
    [[nodiscard]] const Rows& rows() const { return rows_; }
    /// Of rows that there are, or were.
    [[nodiscard]] const std::set<std::string>& keys() const { return keys_; }

private:
    template <class E>
    Result<void> project_row(const std::string& key, const Recorded<E>& event) {
        keys_.insert(key);
        State& row = rows_[key];
        auto change = [&] {
            if constexpr (FollowsPlain<P, E>)
                return project<P>(row, event.event);
            else
                return project<P>(row, event);
        }();
        if (!change)
            return std::move(change).error();
        if (*change == RowChange::drop)
            rows_.erase(key);
        return {};
    }

    State state_{};
    Rows rows_;
    std::set<std::string> keys_;
};

} // namespace eventsourcing::detail

#endif
