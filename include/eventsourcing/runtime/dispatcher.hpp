// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DISPATCHER_HPP
#define EVENTSOURCING_RUNTIME_DISPATCHER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/decide.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/fold_named.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/batch_ids.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/runtime/keep_pending.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/pending_append.hpp>
#include <eventsourcing/store/explain_sink.hpp>
#include <eventsourcing/store/sink.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

template <class A, class From>
constexpr decltype(auto) state_of(From&& from) {
    if constexpr (std::same_as<std::remove_cvref_t<From>, typename A::State>)
        return std::forward<From>(from);
    else
        return (std::forward<From>(from).state);
}

template <class A, class From>
constexpr std::optional<Revision> revision_of(const From& from) {
    if constexpr (std::same_as<From, typename A::State>)
        return {};
    else
        return from.revision;
}

} // namespace detail

/// What a dispatch has done: the new state with its last revision (it is a `Loaded`, and can be
/// dispatched again), the events emitted, and the sink's receipt.
template <Aggregate A>
class Dispatched : public Loaded<A> {
public:
    Dispatched() = default;

    /// For `Dispatcher`: decides, and keeps the result of `handle_command` where it was made.
    /// (Moving events takes time, and for each event the functions that move a variant cost the
    /// compiler more than all others together.)
    template <class C>
    Dispatched(const typename A::State& before, C&& command)
        : decision_(decide<A>(before, std::forward<C>(command))) {}

    /// The events emitted, in order; none if the decision was empty.
    [[nodiscard]] const Events<typename A::Event>& events() const& EVENTSOURCING_LIFETIMEBOUND {
        return *decision_;
    }
    [[nodiscard]] Events<typename A::Event>&& events() && EVENTSOURCING_LIFETIMEBOUND {
        return *std::move(decision_);
    }

    /// Absent if the decision was empty, or if the sink has no revisions.
    std::optional<Receipt> receipt{};

private:
    template <class, class>
    friend class Dispatcher;

    Result<Events<typename A::Event>> decision_{};
};

struct DispatchOptions {
    /// Recorded with every event of the decision.
    Metadata metadata{};
    /// Recorded with every event, in addition to its own tags.
    std::vector<std::string> tags{};
    /// If an event that matches it was appended meanwhile, to any stream, the dispatch fails with
    /// `condition_failed`. None by default. A sink that checks no conditions refuses one with
    /// `unsupported`.
    AppendCondition condition{};
    CallOptions call{};
};

namespace detail {

/// A condition of a dispatch that would silently not be checked.
inline Error condition_unsupported(std::string_view sink) {
    return {errc::unsupported, std::string(sink) +
                                   " checks no append conditions (conditions); nothing was done: "
                                   "dispatch without DispatchOptions::condition, or to a store "
                                   "that checks it, such as MemoryStore"};
}

} // namespace detail

/// Takes commands to an aggregate and its events to a sink:
/// decide, fold, stamp, append. The fold comes first: events that can't be applied never leave the
/// process. A rejected command and an empty decision send nothing.
///
/// A dispatcher holds copies of its sink and environment. Use one from one thread at a time; copies
/// are cheap, and as independent as the sink's are.
template <class A, class S = detail::NoStoreNamed>
class Dispatcher {
    static_assert(detail::explain_store<A, S>());
    static_assert(detail::explain_aggregate<A>());
    static_assert(Aggregate<A>);
    static_assert(detail::explain_sink<S, typename A::Event>());
    static_assert(SinkFor<S, typename A::Event>);

public:
    using State = typename A::State;
    using Event = typename A::Event;

    /// With the environment of the sink, `sink.environment()`, or the system if it has none.
    explicit Dispatcher(S sink)
        : sink_(std::move(sink)),
          environment_(detail::environment_of(sink_)) {}
    Dispatcher(S sink, Environment environment)
        : sink_(std::move(sink)),
          environment_(std::move(environment)) {}

    /// Does not compile: says that a `Result` has to be checked first, and no pointer is taken.
    template <class R, class... Rest>
        requires(detail::is_result<std::remove_cvref_t<R>> ||
                 (detail::PointsToStore<std::remove_cvref_t<R>> && !std::convertible_to<R, S>))
    explicit Dispatcher(R&& store, const Rest&... /*rest*/)
        : Dispatcher(detail::unchecked<A>(store)) {}

    /// Decides `command` on `state` and appends the events to `stream`, all or none.
    ///
    /// `state` is a bare state, which must be the fold of the whole stream, or a `Loaded`, whose
    /// revision must be the last one. It is not changed, unless you move it in and the command is
    /// accepted. `command` is one struct of `A::Command`, or the variant.
    ///
    /// Errors: `rejected` (or the application's own), `cannot_apply`, `overflow`, `threw`;
    /// `conflict` with stream, expected and actual; and those of the sink. If the outcome is
    /// unknown, the error carries a `PendingAppend` for `retry`. `dispatch` retries nothing by
    /// itself.
    template <class From, class C>
        requires(detail::StateOrLoaded<From, A> && detail::CommandOf<C, A>)
    Result<Dispatched<A>> dispatch(From&& state, C&& command, StreamNameView stream) {
        return run(std::forward<From>(state), std::forward<C>(command),
                   {.stream = stream, .expected = expected_of(state)});
    }

    /// As above, with metadata, tags, an append condition, a deadline or a stop token.
    template <class From, class C>
        requires(detail::StateOrLoaded<From, A> && detail::CommandOf<C, A>)
    Result<Dispatched<A>> dispatch(From&& state, C&& command, StreamNameView stream,
                                   const DispatchOptions& options) {
        const AppendCondition* const condition =
            options.condition.none() ? nullptr : &options.condition;
        if constexpr (!ConditionalSinkFor<S, Event>)
            if (condition)
                return detail::condition_unsupported(detail::type_name<S>());
        return run(std::forward<From>(state), std::forward<C>(command),
                   {.stream = stream,
                    .expected = expected_of(state),
                    .condition = condition,
                    .options = &options});
    }

    /// Does not compile: says which of the arguments is wrong.
    template <class... Args>
        requires(!detail::begins_a_dispatch<A, Args...>)
    Result<Dispatched<A>> dispatch(Args&&... /*args*/) {
        static_assert(detail::explain_condition<S, !detail::gives_condition<Args...> ||
                                                       ConditionalSinkFor<S, Event>>());
        static_assert(detail::explain_dispatch<A, std::remove_cvref_t<Args>...>());
        static_assert(detail::begins_a_dispatch<A, Args...>);
        return errc::internal;
    }

    /// Sends an append whose outcome was unknown once more: the same bytes, ids and expectation.
    /// A store that has the events returns the first receipt; a store that lacks them appends them.
    Result<Dispatched<A>> retry(const PendingAppend<A>& pending, const CallOptions& call = {}) {
        auto done = detail::guarded("copying the pending append",
                                    [&] { return send_again(pending, call); });
        if (!done && done.error() == errc::threw) // the outcome is still unknown
            done = std::move(done).error().with_outcome(Outcome::unknown);
        return done;
    }

    [[nodiscard]] const S& sink() const EVENTSOURCING_LIFETIMEBOUND { return sink_; }

private:
    /// The stream of a batch, and the conditions and options of its append.
    struct Target {
        StreamNameView stream;
        ExpectedRevision expected;
        /// Both are null for none.
        const AppendCondition* condition = nullptr;
        const DispatchOptions* options = nullptr;
    };

    template <class From>
    static constexpr ExpectedRevision expected_of(const From& from) {
        if constexpr (std::same_as<From, State>)
            return ExpectedRevision::after(from.generation);
        else
            return from.revision ? ExpectedRevision::exactly(*from.revision)
                                 : ExpectedRevision::no_stream();
    }

    template <class From, class C>
    Result<Dispatched<A>> run(From&& from, C&& command, const Target& target) {
        return detail::guarded("copying the state", [&] {
            return decide_fold_stamp_append(std::forward<From>(from), std::forward<C>(command),
                                            target);
        });
    }

    /// The whole way of a command. All returns are of `out`, so that the compiler makes it in the
    /// caller's place.
    template <class From, class C>
    Result<Dispatched<A>> decide_fold_stamp_append(From&& from, C&& command, const Target& target) {
        Result<Dispatched<A>> out(std::in_place, detail::state_of<A>(std::as_const(from)),
                                  std::forward<C>(command));
        if (!out->decision_) {
            out = std::move(out->decision_).error();
            return out;
        }
        out->revision = detail::revision_of<A>(std::as_const(from));
        out->state = State(detail::state_of<A>(std::forward<From>(from)));
        const std::span<const Event> events = events_of(*out);
        if (events.empty())
            return out;

        if (auto folded = detail::fold_named<A>(out->state, events, "the decided event ");
            !folded) {
            out =
                std::move(folded).error().within(detail::joined({"stream ", target.stream.view()}));
            return out;
        }

        constexpr bool stamps = S::capabilities.stamps;
        const Timestamp now = stamps ? environment_.now() : Timestamp{};
        const detail::BatchIds ids(stamps ? events.size() : 0, environment_, now);
        const DispatchOptions* const options = stamps ? target.options : nullptr;
        const Batch<Event> batch(events, ids.view(), now, options ? &options->metadata : nullptr,
                                 options ? std::span<const std::string>(options->tags)
                                         : std::span<const std::string>());

        if (auto sent = append(*out, batch, target); !sent) {
            if constexpr (stamps)
                if (sent.error().outcome() == Outcome::unknown)
                    sent = detail::keep_pending(std::move(sent).error(), [&] {
                        return pending(std::move(*out), batch, target);
                    });
            out = std::move(sent).error();
        }
        return out;
    }

    Result<Dispatched<A>> send_again(const PendingAppend<A>& pending, const CallOptions& call) {
        Result<Dispatched<A>> out(std::in_place);
        out->state = pending.state;
        out->decision_ = pending.events();
        const Batch<Event> batch(events_of(*out), pending.ids, pending.recorded_at,
                                 &pending.metadata, pending.tags);
        const DispatchOptions options{.call = call};
        const Target target{.stream = pending.stream,
                            .expected = pending.expected,
                            .condition = pending.condition ? &*pending.condition : nullptr,
                            .options = &options};
        if (auto sent = append(*out, batch, target); !sent) {
            // even if this attempt did nothing, the first one may be stored
            if (sent.error().outcome() == Outcome::unknown || sent.error() == errc::threw)
                sent = detail::keep_pending(std::move(sent).error(), [&] { return pending; });
            out = std::move(sent).error();
        }
        return out;
    }

    static std::span<const Event> events_of(const Dispatched<A>& out) {
        return {out.events().data(), out.events().size()};
    }

    static PendingAppend<A> pending(Dispatched<A>&& out, const Batch<Event>& batch,
                                    const Target& target) {
        PendingAppend<A> made{.stream = StreamName(target.stream),
                              .expected = target.expected,
                              .condition = {},
                              .shared_events = *std::move(out.decision_),
                              .ids = {batch.ids().begin(), batch.ids().end()},
                              .recorded_at = batch.recorded_at(),
                              .metadata = batch.metadata() ? *batch.metadata() : Metadata{},
                              .tags = {batch.tags().begin(), batch.tags().end()},
                              .state = std::move(out.state)};
        if (target.condition)
            made.condition = *target.condition;
        return made;
    }

    /// Sends the batch and stores the sink's result in `out`. The outcome is unknown if the sink
    /// throws; if it returns an error, `threw` or another, the error says so.
    Result<void> append(Dispatched<A>& out, const Batch<Event>& batch, const Target& target) {
        auto sent = detail::guarded_append("the sink", [&] { return send(batch, target); });
        if (!sent)
            return std::move(sent).error();
        if constexpr (!std::same_as<decltype(sent), Result<void>>)
            out.receipt = *sent;
        if (out.receipt)
            out.revision = out.receipt->last;
        return {};
    }

    /// Calls the sink in the form that it has.
    auto send(const Batch<Event>& batch, const Target& target) {
        if constexpr (CheckedSinkFor<S, Event>) {
            if (!target.condition && !target.options)
                return sink_.append(target.stream, target.expected, batch);
            const AppendCondition none;
            const CallOptions unhurried;
            return sink_.append(target.stream, target.expected, batch,
                                target.condition ? *target.condition : none,
                                target.options ? target.options->call : unhurried);
        } else if constexpr (requires(const CallOptions& call) {
                                 sink_.append_unchecked(target.stream, batch, call);
                             }) {
            const CallOptions unhurried;
            return sink_.append_unchecked(target.stream, batch,
                                          target.options ? target.options->call : unhurried);
        } else {
            return sink_.append_unchecked(target.stream, batch);
        }
    }

    S sink_;
    Environment environment_;
};

/// Does not compile: says that the aggregate has to be named.
template <class S, class... More>
Dispatcher(S, More...) -> Dispatcher<detail::NoAggregateNamed, S>;

} // namespace eventsourcing

#endif
