// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SUBSCRIPTION_HPP
#define EVENTSOURCING_RUNTIME_SUBSCRIPTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/explain_projection.hpp>
#include <eventsourcing/runtime/explain_subscription.hpp>
#include <eventsourcing/runtime/following/follower.hpp>
#include <eventsourcing/runtime/following/lag.hpp>
#include <eventsourcing/runtime/following/model.hpp>
#include <eventsourcing/runtime/following/place.hpp>
#include <eventsourcing/runtime/following/rebuild.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/projection_fingerprint.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/runtime/start.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/types_of.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

/// Feeds a projection with the events of a store, in the order of their positions, and keeps what
/// becomes of them together with the checkpoint, in one commit for each page: in the store itself
/// or, for one that keeps no progress, in a store `Beside` it.
///
/// A step machine: `step()` handles one page, and `es::run` or `es::follow` make steps until they
/// are stopped. Catching up and being live are the same reading. If two run under one name, in one
/// process or two, what one of them has stored makes the other read it and go on from there, so
/// that no event is folded twice.
///
/// All functions may be called from several threads at once; those of the projection are called by
/// one at a time or, with `SubscriptionOptions::partitions`, by so many. Their threads are this
/// object's, and end with it.
template <class P, class Store, class Beside = detail::NothingBeside>
class Subscription {
    static_assert(detail::explain_projection<P>());
    static_assert(Projection<P>);
    static_assert(detail::explain_subscription<P, Store, Beside>());

public:
    using State = typename P::State;

    explicit Subscription(Store store, const SubscriptionOptions& options = {})
        requires std::same_as<Beside, detail::NothingBeside>
        : options_(options),
          follower_(store, store, key_of(options), query(), options) {}
    Subscription(Store store, SubscriptionOptions options, Environment environment)
        requires std::same_as<Beside, detail::NothingBeside>
        : Subscription(std::move(store), with(std::move(options), std::move(environment))) {}
    Subscription(Store store, Beside beside, const SubscriptionOptions& options = {})
        requires(!std::same_as<Beside, detail::NothingBeside>)
        : options_(options),
          follower_(std::move(store), std::move(beside), key_of(options), query(), options) {}
    /// Does not compile: says that a `Result` has to be checked first.
    template <detail::ResultAsStore R>
    explicit Subscription(R&& store, const SubscriptionOptions& options = {})
        : Subscription(detail::store_of_result(store), options) {}
    template <detail::ResultAsStore R>
    Subscription(R&& store, Beside beside, const SubscriptionOptions& options = {})
        : Subscription(detail::store_of_result(store), std::move(beside), options) {}
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    /// Handles at most one page. Never waits for events. What fails is in the answer and in
    /// `status()`, not an error. A stop ends it before the page or after its commit.
    Step step(const std::stop_token& stop = {}) { return follower_.step(stop); }

    /// After it has stopped: the next step tries again from the checkpoint.
    void resume() { follower_.resume(); }

    /// The events that are parked, in the order of key and sequence.
    [[nodiscard]] Result<std::vector<ParkedEvent>> parked(const CallOptions& call = {}) const {
        return follower_.parked(call);
    }
    /// Handles the parked events of a key once more, in order, page by page. Those that succeed
    /// leave, the first one that fails stays, and so do all after it. Returns how many are left;
    /// `not_found` if there are none.
    Result<std::size_t> replay(const std::string& key, const CallOptions& call = {}) {
        return follower_.replay(key, call);
    }

    /// What is known now: the last step's outcome, and from the store the head and the age of the
    /// oldest event that was not handled, as far as it can say.
    [[nodiscard]] SubscriptionStatus status(const CallOptions& call = {}) const {
        auto status = follower_.status().now();
        if constexpr (requires { follower_.handler().oldest_open(); })
            status.oldest_open = follower_.handler().oldest_open();
        detail::add_lag(status, follower_.store(), query(), follower_.environment(), call);
        return status;
    }

    /// Calls `f` with the State as it was stored last by this object (`State{}` before its first
    /// step), and returns what `f` returns. The state does not change during the call. Reads
    /// nothing from the store; `load` does.
    template <class F>
        requires(detail::HasOneState<P> && std::invocable<F, const State&>)
    decltype(auto) view(F&& f) const {
        const auto shown = follower_.handler().shown();
        return std::forward<F>(f)(*shown);
    }
    /// The State that is stored, by whichever process.
    [[nodiscard]] Result<State> load(const CallOptions& call = {}) const
        requires detail::HasOneState<P>
    {
        return detail::StateModel<P>::read(follower_.keeper(), follower_.key(), call);
    }
    /// The row of a key that is stored, or nothing.
    [[nodiscard]] Result<std::optional<State>> get(std::string_view key,
                                                   const CallOptions& call = {}) const
        requires(detail::HasKey<P>)
    {
        return detail::RowsModel<P, Keeper>::read(follower_.keeper(), follower_.key(), key, call);
    }

    /// Waits until the read model that `view` or `get` shows holds the events of a receipt and
    /// everything before them, whether it follows them or not. Success means that `view` shows it.
    ///
    /// Another process, or another object, may run the subscription: then it looks at what is
    /// stored, a hundred times a second.
    ///
    /// Errors: that for which it has stopped, at once; `unavailable` at once if nobody runs it;
    /// `timed_out`, `cancelled`. For a receipt without a position it waits for the head of now.
    Result<void> wait_for(const Receipt& receipt, const CallOptions& given = {}) {
        if (receipt.position)
            return wait_for(*receipt.position, given);
        const CallOptions call = given.begun(follower_.environment());
        const auto from = follower_.known_position(call);
        if (!from)
            return from.error();
        const auto head = detail::last_position(follower_.store(), call, *from);
        if (!head)
            return head.error();
        return *head ? wait_for(**head, call) : Result<void>();
    }
    Result<void> wait_for(Position position, const CallOptions& call = {}) {
        return follower_.wait_for(position, call);
    }

    /// Rebuilds the read model from its first event on, beside the one that is there, and puts it
    /// in its place in one commit once it has come as far. It begins where `start` says;
    /// `invalid` for `from_now`, because the starting point was not stored. Until then readers see
    /// the old one, afterwards the new one. This call does the work, and may be made while the
    /// subscription runs; new events are in what it makes. Parked events are handled again as well.
    ///
    /// `tell(const RebuildProgress&)` is called after each page: `es::terminal_progress()` shows a
    /// bar. What it throws is ignored. A crash, an error or a stop leaves what is there; the next
    /// rebuild begins again.
    template <class Tell = detail::NoProgress>
    Result<void> rebuild(Tell tell = {}, const CallOptions& given = {})
        requires(!detail::MakesStatements<P>)
    {
        if (options_.start.kind == Start::Kind::now)
            return detail::began_now(name());
        const auto tells = [&tell](const RebuildProgress& so_far) {
            EVENTSOURCING_TRY {
                tell(so_far);
            }
            EVENTSOURCING_CATCH(...) {}
        };
        return detail::guarded("rebuild", [&]() -> Result<void> {
            auto key = follower_.key();
            key.rebuild = true;
            auto options = options_;
            options.environment = follower_.environment();
            Follower shadow(follower_.store(), follower_.keeper(), std::move(key), query(),
                            options);
            return detail::Rebuild(follower_, shadow, tells)
                .run(given.begun(follower_.environment()));
        });
    }

    // For `es::run`.
    [[nodiscard]] Result<bool> wait_for_append(const CallOptions& call) const {
        return follower_.wait_for_append(call);
    }
    [[nodiscard]] std::optional<Uuid> store_id() const { return follower_.store_id(); }
    void driven(int more) { follower_.driven(more); }

    [[nodiscard]] const Store& store() const { return follower_.store(); }
    [[nodiscard]] const std::string& name() const { return follower_.key().name; }
    [[nodiscard]] Environment environment() const { return follower_.environment(); }
    [[nodiscard]] const SubscriptionOptions& options() const { return options_; }

private:
    using Keeper = typename detail::SnapshotKeeper<Store, Beside>::Type;

    static Query query() { return {.items = {{.types = types_of<detail::FollowedVariant<P>>()}}}; }
    static ProgressKey key_of(const SubscriptionOptions& options) {
        return {.name =
                    options.name.empty() ? std::string(detail::SnakeName<P>::value) : options.name,
                .fingerprint = detail::joined(
                    {"projection ", detail::bare_name<P>(), " ", projection_fingerprint<P>()})};
    }
    static SubscriptionOptions with(SubscriptionOptions options, Environment environment) {
        options.environment = std::move(environment);
        return options;
    }

    using Follower = detail::Follower<Store, Keeper, detail::ModelOf<P, Keeper>>;

    const SubscriptionOptions options_;
    Follower follower_;
};

} // namespace eventsourcing

#endif
