// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EVENT_STORE_HPP
#define EVENTSOURCING_STORE_EVENT_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/sink.hpp>

#include <concepts>
#include <optional>
#include <variant>

namespace eventsourcing {

namespace detail {

template <class S>
concept AnswersReceipts =
    requires(S& store, StreamNameView stream, const Batch<std::variant<ArchetypeEvent>>& batch,
             const CallOptions& call) {
        { store.append_unchecked(stream, batch) } -> std::same_as<Result<Receipt>>;
        { store.append_unchecked(stream, batch, call) } -> std::same_as<Result<Receipt>>;
    };

template <class S>
concept ReadsStreams = requires(const S& store, StreamNameView stream, const StreamRead& which,
                                const CallOptions& call) {
    { store.read_stream(stream, which, call) } -> std::same_as<Result<Page>>;
    { store.read_stream(stream) } -> std::same_as<Result<Page>>;
};

template <class S>
concept ReadsAll = requires(const S& store, const AllRead& which, const CallOptions& call) {
    { store.read_all(which, call) } -> std::same_as<Result<Page>>;
    { store.read_all() } -> std::same_as<Result<Page>>;
};

template <class S>
concept WakesReaders =
    requires(const S& store, std::optional<Position> after, const CallOptions& call) {
        { store.wait_for_append(after, call) } -> std::same_as<Result<bool>>;
    };

template <class S>
concept HasStoreId = requires(const S& store) {
    { store.store_id() } -> std::same_as<Result<Uuid>>;
};

} // namespace detail

/// A sink that can be read in pages: by stream and, with `global_order`, as a whole.
///
/// * `append(stream, expected, batch, condition = {}, call = {}) -> Result<Receipt>`: all or none.
///   For a batch that is stored already, exactly where the expectation puts it, it returns the
///   first receipt: so an append whose outcome is unknown can be sent again. Any other id that is
///   stored already is `duplicate_id`, if the store says `remembers_ids`. Then it checks the
///   expectation (`conflict`) and the condition (`condition_failed`).
/// * `append_unchecked(stream, batch, call = {}) -> Result<Receipt>`: the same without expectation
///   and condition. It can be sent again if the store says `remembers_ids`.
/// * `read_stream(stream, StreamRead = {}, call = {}) -> Result<Page>`: a stream without events is
///   an empty page, one that was deleted permanently is `errc::gone`.
/// * `read_all(AllRead = {}, call = {}) -> Result<Page>`: in commit order; a reader that has seen a
///   position never later finds a new event before it.
/// * `wait_for_append(after, call = {}) -> Result<bool>`: true as soon as there is an event after
///   the position `after`, false at the deadline, `errc::cancelled` after a stop.
/// * A position after the last one of the store, in a read, a condition or a wait, is `beyond_head`
///   if the store says `checks_positions`.
/// * `store_id() -> Result<Uuid>`, if it has one: an id that no other store has. A store that was
///   restored from a backup has the id of the backup until its operator renews it, so keep the id
///   with a position that is kept elsewhere, and compare both.
/// * `environment() -> Environment`, if it has one: that by whose clock it waits; a deadline is an
///   instant of `environment().steady_now()`. Without one the store waits by the system's clock.
/// * `close()`, if it has one: every later call, and every waiting call, returns `closed`.
///
/// No code of the application runs inside an engine's read transaction. Copies of a store are
/// handles to one engine and may be used from several threads at once, as may one handle.
/// `testing/store_laws.hpp` checks all of this.
template <class S>
concept EventStore =
    Sink<S> && CheckedSinkFor<S, std::variant<detail::ArchetypeEvent>> &&
    (detail::AnswersReceipts<S> ||
     unmet<"es: the append_unchecked of an event store also takes const es::CallOptions& = {}, and "
           "returns es::Result<es::Receipt>">) &&
    (detail::ReadsStreams<S> ||
     unmet<"es: an event store has read_stream(es::StreamNameView, const "
           "es::StreamRead& = {}, const es::CallOptions& = {}) const">) &&
    (!S::capabilities.global_order || detail::ReadsAll<S> ||
     unmet<"es: a store that says global_order has read_all(const es::AllRead& = {}, const "
           "es::CallOptions& = {}) const">) &&
    (!S::capabilities.wakes_readers || detail::WakesReaders<S> ||
     unmet<"es: a store that says wakes_readers has "
           "wait_for_append(std::optional<es::Position>, const es::CallOptions& = {}) const">);

/// A store with `store_id() const -> Result<Uuid>`: the id tells whether a position that was kept
/// elsewhere is one of this store.
template <class S>
concept IdentifiedStore = EventStore<S> && detail::HasStoreId<S>;

} // namespace eventsourcing

#endif
