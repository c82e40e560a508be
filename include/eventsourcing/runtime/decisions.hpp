// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DECISIONS_HPP
#define EVENTSOURCING_RUNTIME_DECISIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/decided.hpp>
#include <eventsourcing/runtime/decision_model.hpp>
#include <eventsourcing/runtime/decision_run.hpp>
#include <eventsourcing/runtime/explain_decisions.hpp>
#include <eventsourcing/runtime/keep_pending.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/send_until_known.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// An option that is out of its range makes each call answer `errc::invalid`.
struct DecisionsOptions {
    /// How often a command is decided at most; 1 is never again, and 0 is refused.
    unsigned attempts = 3;
    Backoff backoff{};
    /// How long an append whose outcome is unknown is sent again if the call has no deadline; 0 or
    /// more.
    std::chrono::nanoseconds patience = std::chrono::seconds(10);
    Observer observer{};
    /// The clock, ids, sleep and jitter; the store's own unless given.
    std::optional<Environment> environment{};
};

/// Decides commands on what the events of many streams say, and appends under the condition that
/// nothing of it has changed (a dynamic consistency boundary): reads what the views of `boundary`
/// find by their tags, decides, appends; if an event that a view finds has come between, reads only
/// what is new and decides again.
///
/// A handle with copies of its store and options. All functions may be called from several
/// threads at once, as far as the store allows it.
template <class D, class S = detail::NoStoreNamed>
class Decisions {
    static_assert(detail::explain_decisions<D, S>());
    static_assert(EventStore<S> && AppendsIf<S> && S::capabilities.global_order);

public:
    using Event = typename D::Event;

    explicit Decisions(S store, DecisionsOptions options = {})
        : store_(std::move(store)),
          options_(std::move(options)) {}

    /// Does not compile: says that a `Result` has to be checked first, and no pointer is taken.
    template <class R, class... More>
        requires(detail::is_result<std::remove_cvref_t<R>> ||
                 (detail::PointsToStore<std::remove_cvref_t<R>> && !std::convertible_to<R, S>))
    explicit Decisions(R&& /*store*/, const More&... /*more*/)
        : Decisions((static_cast<void>(detail::explain_decisions<D, std::remove_cvref_t<R>>()),
                     std::declval<S>())) {}

    /// Decides `command` and appends its events, all or none, to `<decision>-<first tag>` or the
    /// stream that `D::stream(command)` names.
    ///
    /// Errors: `rejected` (or the application's own), decided on a fresh read; `condition_failed`
    /// after the last attempt; `invalid` for an event that lacks the tag by which a view finds it,
    /// and for tags and stream names that are none; `threw`; those of reading and appending. If the
    /// outcome is unknown, the append is sent again until the deadline; then the error carries a
    /// `PendingDecision` for `retry`.
    template <class C>
        requires DecisionModel<D, C>
    Result<Decided<D>> execute(const C& command, const DecideOptions& options = {}) const {
        return run(command, options, [](auto& once) { return once.execute(); });
    }

    /// The events that `execute` would append now, or why it would refuse. Appends nothing.
    template <class C>
        requires DecisionModel<D, C>
    [[nodiscard]] Result<Events<Event>> decide(const C& command,
                                               const DecideOptions& options = {}) const {
        return run(command, options, [](auto& once) { return once.try_once(); });
    }

    /// Does not compile: says what the decision lacks for this command.
    template <class C>
        requires(!DecisionModel<D, C>)
    Result<Decided<D>> execute(const C& /*command*/, const DecideOptions& /*options*/ = {}) const {
        static_assert(detail::explain_decision_model<D, C>());
        static_assert(DecisionModel<D, C>);
        return errc::internal;
    }
    template <class C>
        requires(!DecisionModel<D, C>)
    [[nodiscard]] Result<Events<Event>> decide(const C& /*command*/,
                                               const DecideOptions& /*options*/ = {}) const {
        static_assert(detail::explain_decision_model<D, C>());
        static_assert(DecisionModel<D, C>);
        return errc::internal;
    }

    /// Sends an append whose outcome was unknown once more: the same bytes, ids and condition. A
    /// store that has the events returns the first receipt; a store that lacks them appends them,
    /// unless the condition has failed since.
    Result<Receipt> retry(const PendingDecision<D>& pending, const CallOptions& call = {}) const {
        auto sent = detail::guarded("copying the pending append", [&] {
            const auto events = pending.events();
            const Batch<Event> batch({events.data(), events.size()}, pending.ids,
                                     pending.recorded_at, &pending.metadata, pending.tags);
            return detail::guarded_append("the store", [&] {
                return store_.append_if(pending.stream, batch, pending.condition, call);
            });
        });
        // even if this attempt did nothing, the first one may be stored
        if (!sent && (sent.error().outcome() == Outcome::unknown || sent.error() == errc::threw))
            sent = detail::keep_pending(std::move(sent).error(), [&] { return pending; });
        return sent;
    }

    [[nodiscard]] const S& store() const EVENTSOURCING_LIFETIMEBOUND { return store_; }

private:
    /// Its type is not `auto`: clang would move the result out of it, which may throw.
    template <class C, class Go,
              class Done = std::invoke_result_t<const Go&, detail::DecisionRun<D, S, C>&>>
    Done run(const C& command, const DecideOptions& options, const Go& go) const {
        bool maybe_stored = false;
        Done done = detail::guarded("making the decision", [&]() -> Done {
            if (auto good = detail::check_retries("DecisionsOptions", options_); !good)
                return std::move(good).error();
            if (auto good = detail::check_attempts("DecideOptions", options.attempts.value_or(1));
                !good)
                return std::move(good).error();
            const CallOptions call = options.call.begun(environment_);
            const detail::RetryTerms terms{.environment = environment_,
                                           .observer = options_.observer,
                                           .backoff = options_.backoff,
                                           .patience = options_.patience,
                                           .call = call};
            detail::DecisionRun<D, S, C> once(store_, command, options, terms, options_.attempts,
                                              maybe_stored);
            return go(once);
        });
        if (!done && maybe_stored)
            done = std::move(done).error().with_outcome(Outcome::unknown);
        return done;
    }

    S store_;
    DecisionsOptions options_;
    Environment environment_ =
        options_.environment ? *options_.environment : detail::environment_of(store_);
};

/// Does not compile: says that the decision has to be named.
template <class S, class... More>
Decisions(S, More...) -> Decisions<detail::NoDecisionNamed, S>;

} // namespace eventsourcing

#endif
