// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVING_FOLLOWER_TELLS_HPP
#define EVENTSOURCING_RUNTIME_OBSERVING_FOLLOWER_TELLS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/lag.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// What a follower tells its observer. What becomes of events is told when it is stored: once, also
/// if they are handled several times before.
class FollowerTells {
public:
    FollowerTells(Observer observer, const ProgressKey& key)
        : observer_(std::move(observer)),
          name_(key.rebuild ? key.name + " (rebuild)" : key.name) {}

    /// An event is to be left out.
    void skips(const EventRecord& record, const Error& error) {
        if (observer_.hears<Skipped>())
            skipped_.push_back({std::string(record.stream), record.revision, error.message()});
    }
    /// What was decided since the last commit is not stored: it is decided again.
    void forget() { skipped_.clear(); }
    void committed(const std::vector<ParkedEvent>& parked) {
        for (const Left& left : skipped_)
            observer_.tell([&] {
                return Skipped{.stream = left.stream,
                               .revision = left.revision,
                               .subscription = name_,
                               .reason = left.reason};
            });
        skipped_.clear();
        for (const ParkedEvent& event : parked)
            observer_.tell([&] {
                return Parked{.subscription = name_,
                              .key = event.key,
                              .stream = event.stream.str(),
                              .revision = event.revision,
                              .reason = event.failure ? std::string_view(*event.failure)
                                                      : std::string_view()};
            });
    }

    /// A step has come to this position. Asks the store how far behind that is if somebody wants to
    /// know it.
    template <class Store>
    void stepped(std::optional<Position> position, bool at_end, const Store& store,
                 const Query& query, const Environment& environment, const CallOptions& call) {
        if (attempts_ != 0)
            observer_.tell([&] {
                return Recovered{.subscription = name_,
                                 .attempts = attempts_,
                                 .duration = environment.now() - since_};
            });
        attempts_ = 0;
        if (at_end && std::exchange(lagging_, false))
            observer_.tell([&] { return CaughtUp{.subscription = name_, .position = position}; });
        if (at_end)
            return;
        lagging_ = true;
        if (!observer_.hears<Lagging>())
            return;
        SubscriptionStatus status;
        status.position = position;
        add_lag(status, store, query, environment, call);
        observer_.tell([&] {
            return Lagging{.subscription = name_,
                           .position = position,
                           .behind = status.behind,
                           .lag = status.lag};
        });
    }

    void conflict() {
        observer_.tell([&] { return ProgressConflict{.subscription = name_}; });
    }
    /// `next` is when it is tried again, if it is.
    void failed(const Error& error, const ProgressFailure& failure,
                std::optional<std::chrono::steady_clock::time_point> next,
                const Environment& environment) {
        if (attempts_ == 0)
            since_ = failure.since;
        ++attempts_;
        const std::string_view stream = failure.stream ? failure.stream->str() : std::string_view();
        if (next)
            observer_.tell([&] {
                return Waiting{.subscription = name_,
                               .stream = stream,
                               .revision = failure.revision,
                               .attempts = failure.attempts,
                               .wait = *next - environment.steady_now(),
                               .error = error};
            });
        else
            observer_.tell([&] {
                return Stopped{.subscription = name_,
                               .stream = stream,
                               .revision = failure.revision,
                               .error = error};
            });
    }

    void released(std::string_view key, std::size_t events, std::size_t left) const {
        observer_.tell([&] {
            return Released{.subscription = name_, .key = key, .events = events, .left = left};
        });
    }
    void rebuilt(std::uint64_t events, std::optional<Position> position,
                 std::chrono::nanoseconds duration) const {
        observer_.tell([&] {
            return Rebuilt{.subscription = name_,
                           .events = events,
                           .position = position,
                           .duration = duration};
        });
    }

private:
    /// An event that is left out.
    struct Left {
        std::string stream;
        Revision revision;
        std::string reason;
    };

    const Observer observer_;
    const std::string name_;
    std::vector<Left> skipped_;
    bool lagging_ = false;
    std::uint64_t attempts_ = 0; // that failed, since the last success
    Timestamp since_{};
};

} // namespace eventsourcing::detail

#endif
