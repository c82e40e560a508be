// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_BASIC_STORE_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_BASIC_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/engine.hpp>
#include <eventsourcing/engines/eventstoredb/info.hpp>
#include <eventsourcing/engines/eventstoredb/options.hpp>
#include <eventsourcing/engines/eventstoredb/stream_metadata.hpp>
#include <eventsourcing/engines/http/client.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/validate.hpp>

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace eventsourcing {

/// An event store in an EventStoreDB or KurrentDB, 3.x to 26.x, over HTTP, by any `HttpClient`.
/// `EventStoreDb` is the one with the client that ships.
///
/// An acknowledged append is on the disks of a majority of the nodes. An append with an expected
/// revision is sent again, the same bytes to the same place, until its outcome is known or the
/// deadline passes; then it is `unknown_outcome`, and can be sent again later. An append without
/// one finds the end itself, and is as safe within the call. Sent again later it may be stored
/// twice, since `remembers_ids` is false.
///
/// Data and metadata are JSON, and come back as equal values, not as equal bytes. A call without a
/// deadline ends after `EventStoreDbOptions::default_deadline`, except for `wait_for_append`.
///
/// A handle: copies share one engine. All functions may be called from several threads at once.
template <HttpClient Client>
class BasicEventStoreDb {
public:
    static constexpr Capabilities capabilities{.expected_revision = true,
                                               .global_order = true,
                                               .wakes_readers = true,
                                               .durable = true,
                                               // a server answers a position after its end as it
                                               // answers its end
                                               .checks_positions = false,
                                               .keeps_bytes = false};

    /// Asks the server for its version: `unsupported` if it does not offer streams over HTTP (since
    /// 20.6 that has to be switched on), `not_sent` if it can't be reached. Without a deadline each
    /// host is asked twice at most; with one it is asked until then, for a server that is still
    /// starting.
    [[nodiscard]] static Result<BasicEventStoreDb>
    open(const EventStoreDbOptions& options, Client client, const CallOptions& call = {}) {
        return guarded([&]() -> Result<BasicEventStoreDb> {
            if (options.hosts.empty())
                return Error(errc::invalid, "EventStoreDB: expected at least one host");
            BasicEventStoreDb store(std::make_shared<Engine>(std::move(client), options));
            if (auto good = store.engine_->check_streams(call.begun(options.environment)); !good)
                return std::move(good).error();
            return store;
        });
    }

    // A copy instead of a move: every handle has an engine.
    BasicEventStoreDb(const BasicEventStoreDb&) = default;
    BasicEventStoreDb& operator=(const BasicEventStoreDb&) = default;
    ~BasicEventStoreDb() = default;

    /// The server's version and state now.
    [[nodiscard]] Result<EventStoreDbInfo> info(const CallOptions& call = {}) const {
        return asked(call, [&](auto& begun) { return engine_->info(begun); });
    }

    /// Appends the whole batch or nothing; see `EventStore` for the order of the checks. Append
    /// conditions can't be checked: `unsupported`.
    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        if (!condition.none())
            return Error(errc::unsupported, "EventStoreDB can't check append conditions; expect a "
                                            "revision");
        return add(stream, expected, batch, call);
    }
    /// Appends at the end of the stream, whatever its revision is.
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) const {
        return add(stream, std::nullopt, batch, call);
    }

    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const {
        return read(which.limit, call, [&](auto& begun) {
            return engine_->reader().read_stream(stream, which, begun);
        });
    }
    /// Without the server's own streams, whose names start with `$`, and without links, whose
    /// events are read themselves. `denied` if the user may not read `$all`. Records have no
    /// position; pages have. `Page::left_out` counts the events that were deleted since and can't
    /// be read.
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const {
        return read(which.limit, call,
                    [&](auto& begun) { return engine_->reader().read_all(which, begun); });
    }

    /// True as soon as there is an event after `after`, by a long poll; false at the deadline,
    /// `cancelled` after a stop, `closed` as soon as the store is closed. A server that can't be
    /// reached is tried until the deadline; without one, twelve times.
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const {
        return guarded([&] { return engine_->watch().wait(after, call.begun(environment())); });
    }

    /// Deletes a stream, until something is appended to it: revisions then go on where they were.
    /// `expected` may name the last revision. A stream that never had an event is deleted, too.
    Result<void> delete_stream(StreamNameView stream, std::optional<ExpectedRevision> expected = {},
                               const CallOptions& call = {}) const {
        return asked(call,
                     [&](auto& begun) { return engine_->remove(stream, expected, false, begun); });
    }
    /// Deletes a stream permanently: from then on it is `gone`, for readers and for writers.
    /// `not_found` if the server refuses to delete a stream that never had an event.
    Result<void> tombstone_stream(StreamNameView stream,
                                  std::optional<ExpectedRevision> expected = {},
                                  const CallOptions& call = {}) const {
        return asked(call,
                     [&](auto& begun) { return engine_->remove(stream, expected, true, begun); });
    }

    /// Empty if none was ever set, or there never was such a stream.
    [[nodiscard]] Result<EventStoreDbStreamMetadata>
    read_stream_metadata(StreamNameView stream, const CallOptions& call = {}) const {
        return asked(call, [&](auto& begun) { return engine_->reader().metadata(stream, begun); });
    }
    /// Replaces all of it; the last write wins.
    Result<void> set_stream_metadata(StreamNameView stream,
                                     const EventStoreDbStreamMetadata& metadata,
                                     const CallOptions& call = {}) const {
        return asked(call,
                     [&](auto& begun) { return engine_->set_metadata(stream, metadata, begun); });
    }

    /// Whose clock deadlines are instants of.
    [[nodiscard]] const Environment& environment() const { return engine_->calls().environment(); }

    /// Ends the store for all handles: calls that wait, and all later calls, return `closed`.
    void close() const { engine_->close(); }

private:
    using Engine = detail::eventstoredb::Engine<Client>;

    explicit BasicEventStoreDb(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}

    /// Exceptions of the application's functions, and memory that runs out, become errors.
    template <class F>
    static auto guarded(F&& f) -> decltype(f()) {
        return detail::guarded("encoding an event", [&]() -> decltype(f()) {
            EVENTSOURCING_TRY {
                return f();
            }
            EVENTSOURCING_CATCH(const std::bad_alloc&) {
                return Error(errc::unavailable).with_outcome(Outcome::unknown);
            }
        });
    }

    /// Calls `f(begun)` with the options of a call that begins now.
    template <class F>
    auto asked(const CallOptions& call, F&& f) const -> decltype(f(call)) {
        return guarded([&]() -> decltype(f(call)) {
            const CallOptions begun = call.begun(environment());
            if (auto go_on = engine_->calls().can_go_on(begun); !go_on)
                return std::move(go_on).error();
            return f(begun);
        });
    }

    template <class F>
    Result<Page> read(std::size_t limit, const CallOptions& call, F&& f) const {
        return asked(call, [&](const CallOptions& begun) -> Result<Page> {
            if (auto good = detail::check_page_size(limit); !good)
                return std::move(good).error();
            return f(begun);
        });
    }

    Result<Receipt> add(StreamNameView stream, std::optional<ExpectedRevision> expected,
                        const EventBatch& batch, const CallOptions& call) const {
        return asked(call, [&](const CallOptions& begun) -> Result<Receipt> {
            auto events = batch.encoded();
            if (!events)
                return detail::meant_for(std::move(events).error(), stream);
            if (auto good = detail::check_batch(*events); !good)
                return detail::meant_for(std::move(good).error(), stream);
            return detail::guarded_append("the HTTP client", [&] {
                return engine_->appender().append(stream, expected, *events, begun);
            });
        });
    }

    std::shared_ptr<Engine> engine_;
};

} // namespace eventsourcing

#endif
