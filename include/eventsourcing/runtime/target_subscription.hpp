// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_TARGET_SUBSCRIPTION_HPP
#define EVENTSOURCING_RUNTIME_TARGET_SUBSCRIPTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/explain_subscription.hpp>
#include <eventsourcing/runtime/following/followed_status.hpp>
#include <eventsourcing/runtime/following/lag.hpp>
#include <eventsourcing/runtime/following/place.hpp>
#include <eventsourcing/runtime/following/tried_again.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/observing/follower_tells.hpp>
#include <eventsourcing/runtime/start.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/read.hpp>

#include <concepts>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// A read model in a database of the application's own, which keeps the checkpoint together with
/// it:
///
/// * `checkpoint(name) -> Result<std::optional<Position>>`: what was committed last.
/// * `commit(name, expected, next, page) -> Result<void>`: applies the records of the page
///   and moves the checkpoint from `expected` to `next`, or neither; `conflict` if it is not
///   `expected`. The page may be empty.
template <class T>
concept SubscriptionTarget =
    requires(T& target, std::string_view name, std::optional<Position> expected, Position next,
             std::span<const EventRecord> page) {
        { target.checkpoint(name) } -> std::same_as<Result<std::optional<Position>>>;
        { target.commit(name, expected, next, page) } -> std::same_as<Result<void>>;
    } ||
    unmet<"es: a target has es::Result<std::optional<es::Position>> checkpoint(std::string_view "
          "name) and es::Result<void> commit(std::string_view name, std::optional<es::Position> "
          "expected, es::Position next, std::span<const es::EventRecord> page)">;

struct TargetOptions {
    /// What the target keeps the checkpoint under.
    std::string name{};
    /// The types that it is given, `es::types_of<combat::Combat>()`; empty for all.
    std::vector<std::string> types{};
    /// Where it begins if the target has no checkpoint. It is decided once, and committed with an
    /// empty page before the first event is handed over.
    Start start{};
    std::size_t page_size = default_page_size;
    Backoff backoff{.first = std::chrono::milliseconds(100), .most = std::chrono::seconds(10)};
    Observer observer{};
    std::optional<Environment> environment{};
};

/// Feeds a target with the events of a store, page by page. If the target's commit is one
/// transaction, each event is in it exactly once.
///
/// A step machine, as `Subscription`; what fails is tried again if it may pass, else it stops. All
/// functions may be called from several threads at once, those of the target are called by one at a
/// time.
template <SubscriptionTarget T, EventStore Store>
class TargetSubscription {
    static_assert(Store::capabilities.global_order,
                  "es: this store has no order of all its events, so it can't be followed");

public:
    TargetSubscription(Store store, T target, const TargetOptions& options)
        : store_(std::move(store)),
          target_(std::move(target)),
          options_(options),
          environment_(options.environment ? *options.environment : detail::environment_of(store_)),
          query_(options.types.empty() ? Query{} : Query{.items = {{.types = options.types}}}),
          status_(options.name, environment_),
          tells_(options.observer, {.name = options.name}) {}
    /// Does not compile: says that a `Result` has to be checked first.
    template <detail::ResultAsStore R>
    TargetSubscription(R&& store, T target, const TargetOptions& options)
        : TargetSubscription(detail::store_of_result(store), std::move(target), options) {}
    TargetSubscription(const TargetSubscription&) = delete;
    TargetSubscription& operator=(const TargetSubscription&) = delete;

    /// Hands over at most one page.
    Step step(const std::stop_token& stop = {}) {
        const std::lock_guard lock(stepping_);
        if (status_.stopped())
            return {.kind = Step::Kind::stopped};
        if (const auto at = status_.retry_at(); at && environment_.steady_now() < *at)
            return {.kind = Step::Kind::waiting, .next = at};
        auto done = make_step({.stop = stop});
        return done ? *done : failed(std::move(done).error(), stop);
    }
    void resume() { status_.resume(); }

    [[nodiscard]] SubscriptionStatus status(const CallOptions& call = {}) const {
        auto status = status_.now();
        detail::add_lag(status, store_, query_, environment_, call);
        return status;
    }
    [[nodiscard]] T& target() { return target_; }

    // For `es::run`.
    [[nodiscard]] Result<bool> wait_for_append(const CallOptions& call) const {
        if constexpr (Store::capabilities.wakes_readers)
            return store_.wait_for_append(status_.now().position, call);
        else
            return errc::unsupported;
    }
    [[nodiscard]] std::optional<Uuid> store_id() const {
        if constexpr (IdentifiedStore<Store>)
            if (auto id = store_.store_id())
                return *id;
        return std::nullopt;
    }
    [[nodiscard]] Environment environment() const { return environment_; }
    void driven(int more) { status_.driven(more); }

private:
    Result<Step> make_step(const CallOptions& call) {
        static const char* const asking = "checkpoint of the target";
        if (!loaded_) {
            if (auto good = detail::check_following_options("TargetOptions", options_); !good)
                return std::move(good).error();
            auto kept = detail::guarded(asking, [&] { return target_.checkpoint(options_.name); });
            if (!kept)
                return std::move(kept).error();
            if (*kept != stored_)
                conflicts_ = 0;
            stored_ = *kept;
            if (!stored_)
                if (auto done = begin(call); !done)
                    return std::move(done).error();
            position_ = stored_;
            loaded_ = true;
        }
        auto page = store_.read_all(
            {.after = position_, .query = query_, .limit = options_.page_size}, call);
        if (!page)
            return std::move(page).error();
        const auto next = page->last_position ? page->last_position : position_;
        if (next && next != stored_)
            if (auto done = commit(*next, page->records()); !done)
                return std::move(done).error();
        position_ = next;
        if (position_)
            status_.committed(position_);
        status_.stepped(position_, page->at_end);
        tells_.stepped(position_, page->at_end, store_, query_, environment_, call);
        return Step{.kind = page->at_end && page->empty() ? Step::Kind::idle : Step::Kind::worked,
                    .events = page->records().size()};
    }

    /// Has the target keep where it begins: otherwise `es::from_now` would be another place after a
    /// failure or a crash, and what was appended in between would be left out.
    Result<void> begin(const CallOptions& call) {
        if (options_.start.kind == Start::Kind::beginning)
            return {};
        if (!begin_) {
            auto begin = detail::begin_of(store_, options_.start, call);
            if (!begin)
                return std::move(begin).error();
            begin_ = begin->value_or(Position{}); // of an empty store: before its first event
        }
        return commit(*begin_, {});
    }
    Result<void> commit(Position next, std::span<const EventRecord> records) {
        static const char* const committing = "commit of the target";
        auto done = detail::guarded(
            committing, [&] { return target_.commit(options_.name, stored_, next, records); });
        if (!done)
            return done;
        stored_ = next;
        conflicts_ = 0;
        return done;
    }

    Step failed(Error error, const std::stop_token& stop) {
        loaded_ = false;
        const bool conflict = error == errc::conflict;
        if (conflict) {
            tells_.conflict();
            if (++conflicts_ < most_conflicts)
                return {.kind = Step::Kind::worked}; // another runner was faster
            error = std::move(error).within(
                "the target refuses each commit, though nobody else has moved its checkpoint");
        }
        if (error == errc::cancelled && stop.stop_requested())
            return {.kind = Step::Kind::idle};
        const bool passes =
            conflict || detail::is_tried_again(error) || error.outcome() == Outcome::unknown;
        const auto failure =
            status_.failed(error, std::nullopt, std::nullopt, passes, options_.backoff);
        tells_.failed(error, failure, status_.retry_at(), environment_);
        return passes ? Step{.kind = Step::Kind::waiting, .next = status_.retry_at()}
                      : Step{.kind = Step::Kind::stopped};
    }

    /// So many commits in a row are refused before there is a wait.
    static constexpr unsigned most_conflicts = 3;

    const Store store_;
    T target_;
    const TargetOptions options_;
    const Environment environment_;
    const Query query_;
    detail::FollowedStatus status_;
    detail::FollowerTells tells_;
    std::mutex stepping_;
    bool loaded_ = false;
    std::optional<Position> begin_{};  // once it was decided
    std::optional<Position> stored_{}; // by the target
    std::optional<Position> position_{};
    unsigned conflicts_ = 0; // in a row, with the same checkpoint
};

} // namespace eventsourcing

#endif
