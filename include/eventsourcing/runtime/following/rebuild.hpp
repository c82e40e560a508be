// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_REBUILD_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_REBUILD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/runtime/following/follower.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// How far a rebuild has come.
struct RebuildProgress {
    std::string name;
    /// How many events were handled so far.
    std::uint64_t events = 0;
    std::optional<Position> position{};
    /// Of the last event of the store when it began, if it tells.
    std::optional<Position> head{};
    /// Since it began.
    std::chrono::nanoseconds time{};
    bool done = false;
    /// Why it waits now, if it does.
    std::optional<std::string> waits_for{};
};

namespace detail {

/// Rebuilds a read model beside the one that readers see, and puts it in its place once it has
/// come as far.
template <class Follower, class Tell>
class Rebuild {
public:
    /// `live` is what is to be replaced, `shadow` follows from its start under the same key with
    /// `rebuild`.
    Rebuild(Follower& live, Follower& shadow, Tell& tell)
        : live_(live),
          shadow_(shadow),
          tell_(tell),
          begin_(shadow.environment().steady_now()) {
        so_far_.name = live.key().name;
    }

    Result<void> run(const CallOptions& call) {
        // what is there is of a rebuild that did not end
        if (auto dropped = shadow_.keeper().drop_progress(shadow_.key(), call); !dropped)
            return std::move(dropped).error();
        auto head = last_position(shadow_.store(), call);
        if (!head)
            return std::move(head).error();
        so_far_.head = *head;
        if (auto done = catch_up(call); !done)
            return done;
        // the live one makes no step meanwhile, so that the new one can come as far
        return live_.paused([&]() -> Result<void> {
            if (auto done = catch_up(call); !done)
                return done;
            return swap(call);
        });
    }

private:
    Result<void> catch_up(const CallOptions& call) {
        for (;;) {
            if (auto done = check_call(call, shadow_.environment()); !done)
                return std::move(done).error().within(still_waiting());
            const Step step = shadow_.step(call.stop);
            so_far_.events += step.events;
            if (step.kind == Step::Kind::stopped)
                return shadow_.status()
                    .error()
                    .value_or(Error(errc::internal))
                    .within(joined({"rebuilding ", live_.key().name}));
            if (step.kind == Step::Kind::waiting)
                shadow_.environment().sleep(
                    std::max(
                        std::chrono::nanoseconds(0),
                        std::chrono::nanoseconds(*step.next - shadow_.environment().steady_now())),
                    call.stop);
            else if (step.kind == Step::Kind::idle && !call.stop.stop_requested())
                return {};
            tell(false);
        }
    }

    /// What was being done, for an error that ends it.
    [[nodiscard]] std::string still_waiting() const {
        std::string text = joined({"rebuilding ", live_.key().name});
        if (const auto failure = shadow_.status().now().failure)
            text +=
                joined({", which waits for what failed ", std::to_string(failure->attempts),
                        failure->attempts == 1 ? " time (" : " times (", failure->message, ")"});
        return text;
    }

    Result<void> swap(const CallOptions& call) {
        for (;;) {
            auto live = live_.keeper().load_progress(live_.key(), call);
            if (!live)
                return std::move(live).error();
            auto stored = shadow_.keeper().load_progress(shadow_.key(), call);
            if (!stored)
                return std::move(stored).error();
            if (!*stored)
                return Error(errc::conflict, joined({"the rebuild of ", live_.key().name,
                                                     " was taken away by another one"}));
            if (*live && (*live)->checkpoint.position > (*stored)->checkpoint.position) {
                if (auto done = catch_up(call); !done) // another process was faster
                    return done;
                continue;
            }
            ProgressCommit commit{.key = shadow_.key(), .loaded = **stored, .next = **stored};
            commit.next.fence = std::max(commit.next.fence, *live ? (*live)->fence : 0) + 1;
            commit.next.owner = *live ? (*live)->owner : std::string();
            commit.replaces_live = true;
            commit.replaced = *live; // another process may go on meanwhile
            auto done = shadow_.keeper().commit_progress(commit, call);
            if (done)
                tell(true);
            if (done || done.error() != errc::conflict)
                return done;
        }
    }

    void tell(bool done) {
        const SubscriptionStatus now = shadow_.status().now();
        so_far_.position = now.position;
        so_far_.waits_for.reset();
        if (now.failure)
            so_far_.waits_for = now.failure->message;
        so_far_.time = shadow_.environment().steady_now() - begin_;
        so_far_.done = done;
        if (done)
            live_.tells().rebuilt(so_far_.events, so_far_.position, so_far_.time);
        tell_(std::as_const(so_far_));
    }

    Follower& live_;
    Follower& shadow_;
    Tell& tell_;
    const std::chrono::steady_clock::time_point begin_;
    RebuildProgress so_far_{};
};

[[gnu::cold]] inline Error began_now(std::string_view name) {
    return {errc::invalid,
            joined({"rebuilding ", name,
                    ": it began with es::from_now, and where that was is not stored; rebuild one "
                    "with another start: es::from(time), es::after(position), or "
                    "es::from_beginning for all events"})};
}

/// Tells nobody.
struct NoProgress {
    void operator()(const RebuildProgress& /*so_far*/) const {}
};

} // namespace detail

} // namespace eventsourcing

#endif
