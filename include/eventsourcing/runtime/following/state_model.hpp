// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_STATE_MODEL_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_STATE_MODEL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The one state of a projection: what is stored, what the events since then made of it, and what
/// readers see.
template <class P>
class StateModel {
public:
    static constexpr bool can_undo = true;
    using State = typename P::State;
    using Shown = std::shared_ptr<const State>;

    /// Reads what is stored, `State{}` if that is nothing.
    template <class Keeper>
    static Result<State> read(const Keeper& keeper, const ProgressKey& key,
                              const CallOptions& call) {
        auto row = keeper.load_row(key, "", call);
        if (!row)
            return std::move(row).error();
        if (!*row)
            return Result<State>(std::in_place);
        auto state = decode_json<State>(**row);
        if (!state)
            return std::move(state)
                .error()
                .as(errc::corrupt)
                .within(joined({"the stored State of ", key.name, " (a rebuild makes it again)"}));
        return state;
    }

    template <class Keeper>
    Result<void> load(const Keeper& keeper, const ProgressKey& key, const CallOptions& call) {
        auto state = read(keeper, key, call);
        if (!state)
            return std::move(state).error();
        state_ = *std::move(state);
        changed_ = false;
        return publish();
    }

    /// Adds to the commit that stores the start.
    void begin(ProgressCommit& /*commit*/) {}

    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& /*call*/, std::size_t& i) {
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
        changed_ = true;
        auto done = reader_.read(record, ProjectOnto<P>{state_});
        if (!done)
            return std::move(done).error();
        return {};
    }

    Result<void> collect(ProgressCommit& commit) {
        if (!changed_)
            return {};
        auto data = encode_json(state_);
        if (!data)
            return std::move(data).error().within("storing the State of " + commit.key.name);
        commit.rows.push_back({"", *std::move(data)});
        return {};
    }
    Result<void> committed() {
        if (!std::exchange(changed_, false))
            return {};
        return publish();
    }
    /// Back to what is stored.
    Result<void> roll_back() {
        if (!std::exchange(changed_, false))
            return {};
        return guarded("copying the State", [&]() -> Result<void> {
            state_ = *shown();
            return {};
        });
    }

    /// What was stored last. Any thread.
    [[nodiscard]] Shown shown() const {
        const std::lock_guard lock(mutex_);
        return shown_;
    }

private:
    Result<void> publish() {
        return guarded("copying the State", [&]() -> Result<void> {
            auto made = std::make_shared<const State>(state_);
            const std::lock_guard lock(mutex_);
            shown_ = std::move(made);
            return {};
        });
    }

    FollowedReader<P> reader_;
    State state_{};
    bool changed_ = false;
    mutable std::mutex mutex_;
    Shown shown_ = std::make_shared<const State>();
};

} // namespace eventsourcing::detail

#endif
