// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWING_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_FOLLOWING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/out_of_range.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/following/commit_pace.hpp>
#include <eventsourcing/runtime/following/followed_status.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/place.hpp>
#include <eventsourcing/runtime/following/runner_progress.hpp>
#include <eventsourcing/runtime/observing/follower_tells.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/read.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// An event that could not be handled.
struct FailingEvent {
    std::optional<StreamName> stream{};
    Revision revision{};

    [[nodiscard]] bool is(const EventRecord& record) const {
        return revision == record.revision && stream && stream->view() == record.stream;
    }
};

/// How far a follower has come: what is stored, what is handled and not stored yet, and the commit
/// that makes one of the other. Used by one thread at a time.
template <class Store, class Keeper, class Handler>
struct Following {
    template <class... Of>
    Following(Store of_store, Keeper keeper, ProgressKey key, Query of_query,
              SubscriptionOptions given, Of&&... of_handler)
        : store(std::move(of_store)),
          options(std::move(given)),
          environment(options.environment ? *options.environment : environment_of(store)),
          query(std::move(of_query)),
          progress(std::move(keeper), std::move(key), environment.new_id().to_string()),
          status(progress.key().name, environment),
          tells(options.observer, progress.key()),
          handler(std::forward<Of>(of_handler)...),
          pace(options.commit_every, environment),
          page_size(options.page_size) {
        if constexpr (can_partition)
            if (options.partitions > 1)
                handler.partition(options.partitions);
    }

    /// Reads what is stored, or stores the start.
    Result<void> load(const CallOptions& call) {
        tells.forget();
        if (auto good = check_options(); !good)
            return good;
        if (auto done = progress.load(call); !done)
            return done;
        if (!progress.stored())
            if (auto done = begin(call); !done)
                return done;
        if (auto done = parking.load(progress.keeper(), progress.key(), call); !done)
            return done;
        parking.committed();
        if (auto done = handler.load(progress.keeper(), progress.key(), call); !done)
            return done;
        position = progress.checkpoint().position;
        loaded = true;
        pace.loaded();
        status.committed(position);
        status.parked(parking.keys());
        return {};
    }

    /// Stores what was handled, with this checkpoint.
    Result<void> commit(Checkpoint checkpoint, SubscriptionState state, const CallOptions& call) {
        ProgressCommit commit;
        if (auto done = handler.collect(commit); !done)
            return done;
        commit.park = parking.staged();
        commit.next.checkpoint = std::move(checkpoint);
        commit.next.status = status_word(state);
        if (auto done = progress.commit(std::move(commit), call); !done)
            return done;
        position = progress.checkpoint().position;
        tells.committed(parking.staged());
        parking.committed();
        status.parked(parking.keys());
        pace.committed();
        page_size = std::min(options.page_size, page_size + page_size / 8 + 1);
        auto done = handler.committed();
        status.committed(position); // after readers can see it
        return done;
    }

    /// Writes the status, and who runs it, if it is not what is stored: it changes rarely.
    Result<void> store_status(SubscriptionState state, const CallOptions& call) {
        const Progress& stored = *progress.stored();
        if (stored.status == status_word(state) && !stored.failure && progress.is_shown())
            return {};
        ProgressCommit commit;
        commit.next.checkpoint = progress.checkpoint();
        commit.next.status = status_word(state);
        return progress.commit(std::move(commit), call);
    }

    /// What was handled since the last commit is taken back.
    Result<void> roll_back() {
        parking.roll_back();
        return handler.roll_back();
    }
    /// What is not stored is forgotten, and the next step reads what is.
    void forget() {
        static_cast<void>(roll_back());
        parking.committed();
        loaded = false;
        pace.forget();
    }
    /// Pages that were not stored are handled once more, and each is stored up to this position.
    Result<void> again_from_checkpoint(const std::optional<Position>& up_to) {
        pace.store_each(up_to);
        position = progress.checkpoint().position;
        return roll_back();
    }

    /// Notes at which event it fails.
    void fail_at(const EventRecord& record) {
        auto stream = StreamName::parse(record.stream);
        failing.emplace();
        if (stream)
            failing->stream = *std::move(stream);
        failing->revision = record.revision;
    }

    const Store store;
    const SubscriptionOptions options;
    Environment environment;
    const Query query;
    RunnerProgress<Keeper> progress;
    FollowedStatus status;
    FollowerTells tells;
    Handler handler;
    Parking parking{};
    CommitPace pace;
    bool loaded = false;
    std::optional<Position> position{}; // the next page is after it
    std::size_t page_size;              // less than the option after a commit that was too large
    std::optional<FailingEvent> failing{};

private:
    static constexpr bool can_partition = requires { Handler::can_partition; };

    [[nodiscard]] Result<void> check_options() const {
        if (auto good = check_following_options(options_name(), options); !good)
            return good;
        if (can_partition || options.partitions == 1)
            return {};
        return out_of_range(joined({options_name(), "::partitions"}),
                            "1 for a projection with one State, which takes its events one after "
                            "the other (with a key it has rows, and takes several at once)",
                            std::to_string(options.partitions));
    }
    static constexpr std::string_view options_name() {
        if constexpr (requires { Handler::options_name; })
            return Handler::options_name;
        else
            return "SubscriptionOptions";
    }

    Result<void> begin(const CallOptions& call) {
        auto first = begin_of(store, options.start, call);
        if (!first)
            return std::move(first).error();
        auto checkpoint = checkpoint_at(store, *first, call);
        if (!checkpoint)
            return std::move(checkpoint).error();
        ProgressCommit commit;
        handler.begin(commit);
        commit.next.checkpoint = *std::move(checkpoint);
        commit.next.status = status_word(SubscriptionState::catching_up);
        return progress.commit(std::move(commit), call);
    }
};

} // namespace eventsourcing::detail

#endif
