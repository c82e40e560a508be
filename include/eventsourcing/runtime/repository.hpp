// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_REPOSITORY_HPP
#define EVENTSOURCING_RUNTIME_REPOSITORY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/decide.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/execute_options.hpp>
#include <eventsourcing/runtime/executed.hpp>
#include <eventsourcing/runtime/execution.hpp>
#include <eventsourcing/runtime/explain_repository.hpp>
#include <eventsourcing/runtime/load_options.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/repository_options.hpp>
#include <eventsourcing/runtime/stream_states.hpp>

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// The aggregates of one kind in a store: loads them and executes commands on them, each in its
/// stream `category-id`.
///
/// A handle: copies share the cache. All functions may be called from several threads at once, so
/// the functions of the aggregate and the observer may be, too.
///
/// `Beside` keeps the snapshots of a store that keeps none.
template <class A, class Store = detail::NoStoreNamed, class Beside = detail::NothingBeside>
class Repository {
    static_assert(detail::explain_repository<A, Store>());
    static_assert(detail::explain_aggregate<A>());
    static_assert(Aggregate<A>);
    static_assert(EventStore<Store>);
    static_assert(detail::explain_category<A>());

public:
    using State = typename A::State;
    using Event = typename A::Event;
    using Options = RepositoryOptions<A, Store, Beside>;

    // Templates: a store made of any type (AnyStore) is not asked whether it can be made of this.
    template <class S>
        requires(!std::same_as<std::remove_cvref_t<S>, Repository> &&
                 std::same_as<Beside, detail::NothingBeside> && std::convertible_to<S, Store>)
    explicit Repository(S&& store, Options options = {})
        : states_(std::forward<S>(store), {}, std::move(options)) {}
    template <class S>
        requires(!std::same_as<std::remove_cvref_t<S>, Repository> &&
                 !std::same_as<Beside, detail::NothingBeside> && std::convertible_to<S, Store>)
    Repository(S&& store, Beside beside, Options options = {})
        : states_(std::forward<S>(store), std::move(beside), std::move(options)) {}

    /// Does not compile: says that a `Result` has to be checked first, and no pointer is taken.
    template <class R>
        requires(detail::is_result<std::remove_cvref_t<R>> ||
                 (detail::PointsToStore<std::remove_cvref_t<R>> && !std::convertible_to<R, Store>))
    explicit Repository(R&& store, Options options = {})
        : Repository(detail::unchecked<A>(store), std::move(options)) {}

    /// The name of the stream of a thing; `invalid` if the id holds what no stream name may.
    [[nodiscard]] static Result<StreamName> stream(std::string_view id) {
        auto name = StreamName::of(category_of<A>(), id);
        if (!name)
            return std::move(name).error().within("the id " + detail::in_quotes(id));
        return name;
    }

    /// Loads the state of a thing, decides the command on it, and appends the events, all or none.
    /// If others have appended meanwhile, it reads what is new and decides again, up to `attempts`
    /// times. If the outcome of the append is unknown, it sends it again until it is known or the
    /// deadline passes; then the error carries a `PendingAppend`.
    ///
    /// What is stored was decided on exactly the events before it in its stream. A refusal, and a
    /// decision without events, is one of the state as it was during the call, also with a cache.
    ///
    /// With a `command_id` the events are stored at most once. A repeated call returns what is
    /// stored, `repeated`: the events, the state right after them and the receipt. The command is
    /// not compared: another one with this id gets the first one's outcome. A refusal stores
    /// nothing, and is decided again. A store that does not remember ids is looked through for the
    /// last 1000 events of the stream.
    ///
    /// Errors: `rejected` (or the application's own), `conflict` after the last attempt, those of
    /// `load`, and those of the store. `invalid` for an id that can't be part of a stream's name.
    template <class C>
        requires detail::CommandOf<C, A>
    Result<Executed<A>> execute(std::string_view id, const C& command,
                                const ExecuteOptions& options = {}) const {
        auto found = states_.cached(id);
        if (found.slot)
            return run(found, found.slot->stream, command, options);
        const auto name = stream(id);
        if (!name)
            return name.error();
        return run(found, *name, command, options);
    }
    /// Does not compile: says which of the arguments is wrong.
    template <class... Args>
        requires(!detail::begins_an_execution<A, Args...>)
    Result<Executed<A>> execute(const Args&... /*args*/) const {
        static_assert(detail::explain_execution<A, Args...>());
        static_assert(detail::begins_an_execution<A, Args...>);
        return errc::internal;
    }

    /// The same in a stream of any name.
    template <class C>
        requires detail::CommandOf<C, A>
    Result<Executed<A>> execute_in(StreamNameView stream, const C& command,
                                   const ExecuteOptions& options = {}) const {
        auto found = states_.cached(stream);
        return run(found, stream, command, options);
    }

    /// The state of a thing, folded from its events page by page in constant memory, or from a
    /// snapshot or cached state and what came after; `State{}` and no revision if it has no events.
    ///
    /// Errors: as `es::load`. If an event can't be read or applied, `loaded_until<A>(error)` has
    /// the state before it.
    [[nodiscard]] Result<Loaded<A>> load(std::string_view id,
                                         const LoadOptions& options = {}) const {
        const auto name = stream(id);
        if (!name)
            return name.error();
        return load_stream(*name, options);
    }

    /// The events that a command would emit now. Nothing is appended.
    template <class C>
        requires detail::CommandOf<C, A>
    [[nodiscard]] Result<Events<Event>> decide(std::string_view id, const C& command,
                                               const CallOptions& call = {}) const {
        auto loaded = load(id, {.page_size = states_.options.page_size, .call = call});
        if (!loaded)
            return std::move(loaded).error();
        return detail::decide_kept<A>(loaded->state, command);
    }

    [[nodiscard]] const Store& store() const EVENTSOURCING_LIFETIMEBOUND { return states_.store; }

private:
    using States = detail::StreamStates<A, Store, Beside>;

    template <class C>
    Result<Executed<A>> run(typename States::Cached& found, StreamNameView stream, const C& command,
                            const ExecuteOptions& options) const {
        static_assert(detail::explain_kept_command<A, C>());
        const CallOptions call =
            options.wait_for ? options.call.begun(states_.environment) : CallOptions{};
        auto done = detail::guarded("copying the state", [&] {
            return detail::Execution<A, Store, Beside, C>(states_, found, stream, command, options)
                .run();
        });
        if (options.wait_for && done && done->receipt) [[unlikely]]
            done->waited = options.wait_for.wait(*done->receipt, call);
        return done;
    }

    Result<Loaded<A>> load_stream(StreamNameView stream, LoadOptions options) const {
        return detail::guarded("making the state", [&]() -> Result<Loaded<A>> {
            if (!states_.options_in_range)
                return states_.options_in_range.error();
            if (auto good = detail::check_page_option("LoadOptions", options.page_size); !good)
                return std::move(good).error();
            options.call = options.call.begun(states_.environment);
            if (options.page_size == LoadOptions{}.page_size)
                options.page_size = states_.options.page_size;
            const bool whole = !options.at && !options.as_of;
            const auto cached = whole ? states_.cached(stream) : typename States::Cached{};
            if (cached.state) {
                Result<Loaded<A>> loaded(std::in_place, *cached.state);
                states_.tell_skipped(stream, loaded->revision);
                if (auto done = states_.catch_up(*loaded, stream, options.call); !done)
                    loaded = std::move(done).error();
                else if (done->events > 0)
                    states_.keep(cached.slot.get(), stream, *loaded);
                return loaded;
            }
            detail::Folded folded;
            std::optional<Revision> begin;
            Result<Loaded<A>> loaded(std::in_place);
            if (auto done = states_.load(*loaded, stream, options, nullptr, folded, begin); !done)
                loaded = std::move(done).error();
            else if (whole)
                states_.keep(cached.slot.get(), stream, *loaded);
            return loaded;
        });
    }

    States states_;
};

/// Does not compile: says that the aggregate has to be named.
template <class Store, class... More>
Repository(Store, More...) -> Repository<detail::NoAggregateNamed, Store>;

} // namespace eventsourcing

#endif
