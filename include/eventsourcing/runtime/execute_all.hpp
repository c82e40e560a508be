// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EXECUTE_ALL_HPP
#define EVENTSOURCING_RUNTIME_EXECUTE_ALL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/explain_command.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/runtime/execution_on_all.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/runtime/explain_execute_all.hpp>
#include <eventsourcing/runtime/explain_repository.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/pending_append_all.hpp>
#include <eventsourcing/runtime/stream_part.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// A command for one of several streams; `command` makes it.
template <Aggregate A, class C>
struct StreamCommand {
    using Part = detail::CommandPart<A, C>;

    Result<StreamName> stream;
    C command;
};

/// A stream that is named only to stay as it is; `unchanged` makes it.
template <Aggregate A>
struct UnchangedStream {
    using Part = detail::UnchangedPart<A>;

    Result<StreamName> stream;
};

/// A command for the aggregate in the stream `category-id`, for `execute_all`.
template <class A, class C>
[[nodiscard]] StreamCommand<A, std::remove_cvref_t<C>> command(std::string_view id, C&& command) {
    static_assert(detail::explain_aggregate<A>());
    static_assert(detail::explain_executed_command<A, std::remove_cvref_t<C>>());
    static_assert(detail::explain_kept_command<A, std::remove_cvref_t<C>>());
    return {detail::stream_of_part<A>(id), std::forward<C>(command)};
}
/// The same in a stream of any name.
template <class A, class C>
[[nodiscard]] StreamCommand<A, std::remove_cvref_t<C>> command_in(StreamNameView stream,
                                                                  C&& command) {
    static_assert(detail::explain_aggregate<A>());
    static_assert(detail::explain_executed_command<A, std::remove_cvref_t<C>>());
    static_assert(detail::explain_kept_command<A, std::remove_cvref_t<C>>());
    return {StreamName(stream), std::forward<C>(command)};
}

/// The stream `category-id`, which must not get an event between the reading of `execute_all` and
/// its append; its state is part of the result.
template <class A>
[[nodiscard]] UnchangedStream<A> unchanged(std::string_view id) {
    static_assert(detail::explain_aggregate<A>());
    return {detail::stream_of_part<A>(id)};
}
/// The same for a stream of any name.
template <class A>
[[nodiscard]] UnchangedStream<A> unchanged_in(StreamNameView stream) {
    static_assert(detail::explain_aggregate<A>());
    return {StreamName(stream)};
}

/// What the execution of several commands has done.
template <class... Parts>
struct ExecutedAll {
    /// In the order of the arguments: an `Executed` for a command, a `Loaded` for a stream that
    /// stayed unchanged. `std::get<0>(done->parts).state`
    std::tuple<typename Parts::Part::Outcome...> parts;
    /// How often all were decided.
    unsigned attempts = 1;
    /// Whether commands with this id were executed before, so that nothing was appended.
    bool repeated = false;
};

/// Executes commands on several streams in one commit, all or none: loads each stream, decides each
/// command on its own state, and appends each stream's events at the revision that was read of it.
/// If any of the streams has moved on, also one that is `unchanged`, it reads what is new and
/// decides all again.
///
/// A stream may be named once. If no command emits an event, nothing is appended and nothing
/// checked: each decision was made on a state that was current when it was read.
///
/// Errors: `rejected` (or the application's own) by the first command that is refused, `conflict`
/// after the last attempt, `invalid` for an id that can't be part of a stream's name and for a
/// stream named twice, those of `load` and of the store; the message names the stream. If the
/// outcome of the append stays unknown, the error carries a `PendingAppendAll` for `retry_all`.
template <class Store, class... Parts>
    requires(AppendsAll<Store> && detail::are_parts<Parts...>)
Result<ExecutedAll<Parts...>> execute_all(const Store& store, const ExecuteAllOptions& options,
                                          const Parts&... parts) {
    bool maybe_stored = false;
    auto executed = detail::guarded("copying a state", [&]() -> Result<ExecutedAll<Parts...>> {
        if (auto good = detail::check_streams_of(parts.stream...); !good)
            return std::move(good).error();
        detail::ExecutionOnAll<Store, typename Parts::Part...> run(store, options, maybe_stored,
                                                                   parts...);
        auto done = run.execute();
        if (!done)
            return run.template with_pending<PendingAppendAll<Parts...>>(std::move(done).error());
        return ExecutedAll<Parts...>{*std::move(done), run.attempts(), run.repeated()};
    });
    if (!executed && maybe_stored)
        executed = std::move(executed).error().with_outcome(Outcome::unknown);
    return executed;
}
template <class Store, class... Parts>
    requires(AppendsAll<Store> && detail::are_parts<Parts...>)
Result<ExecutedAll<Parts...>> execute_all(const Store& store, const Parts&... parts) {
    return execute_all(store, ExecuteAllOptions{}, parts...);
}

/// The pending append that a failed `execute_all` or `retry_all` carries, or null if its outcome is
/// known. Valid as long as `done`.
template <class... Parts>
[[nodiscard]] const PendingAppendAll<Parts...>*
pending_append_all(const Result<ExecutedAll<Parts...>>& done EVENTSOURCING_LIFETIMEBOUND) {
    return done ? nullptr : pending_append_all<Parts...>(done.error());
}

namespace detail {

template <class... Parts, class Store, std::size_t... I>
Result<ExecutedAll<Parts...>>
send_all_again(const Store& store, const PendingAppendAll<Parts...>& pending,
               const CallOptions& call, std::index_sequence<I...> /*indexes*/) {
    std::tuple<typename Parts::Part::Again...> again(std::get<I>(pending.parts)...);
    const std::array<StreamBatch, sizeof...(Parts)> batches{std::get<I>(again).batch()...};
    auto sent = guarded_append("the store", [&] { return store.append_all(batches, call); });
    if (sent)
        return ExecutedAll<Parts...>{{std::get<I>(again).outcome((*sent)[I])...}};
    Error error = std::move(sent).error();
    // even if this attempt did nothing, the first one may be stored
    if (error.outcome() == Outcome::unknown || error == errc::threw)
        return std::move(error).with_attached(pending).with_outcome(Outcome::unknown);
    return error;
}

} // namespace detail

/// Sends an append to several streams whose outcome was unknown once more: the same bytes, ids and
/// expectations. A store that has the events returns the first receipts; a store that lacks them
/// appends them, or returns `conflict` if one of the streams has moved on.
template <class Store, class... Parts>
    requires AppendsAll<Store>
Result<ExecutedAll<Parts...>> retry_all(const Store& store,
                                        const PendingAppendAll<Parts...>& pending,
                                        const CallOptions& call = {}) {
    auto done = detail::guarded("copying the pending append", [&] {
        return detail::send_all_again<Parts...>(store, pending, call,
                                                std::index_sequence_for<Parts...>{});
    });
    if (!done && done.error() == errc::threw) // the outcome is still unknown
        done = std::move(done).error().with_outcome(Outcome::unknown);
    return done;
}

/// Does not compile: says what is wrong with the store, or which of the arguments is wrong.
template <class Store, class... Parts>
    requires(!AppendsAll<Store> || !detail::are_parts<Parts...>)
void execute_all(const Store& /*store*/, const ExecuteAllOptions& /*options*/,
                 const Parts&... /*parts*/) {
    static_assert(detail::explain_execute_all<Store, Parts...>());
    static_assert(AppendsAll<Store> && detail::are_parts<Parts...>);
}
template <class Store, class... Parts>
    requires((!AppendsAll<Store> || !detail::are_parts<Parts...>) &&
             !detail::begins_with_options<Parts...>)
void execute_all(const Store& /*store*/, const Parts&... /*parts*/) {
    static_assert(detail::explain_execute_all<Store, Parts...>());
    static_assert(AppendsAll<Store> && detail::are_parts<Parts...>);
}

} // namespace eventsourcing

#endif
