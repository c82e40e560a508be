// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_STORE_HPP
#define EVENTSOURCING_STORE_MEMORY_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/check_batches.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/memory/engine.hpp>
#include <eventsourcing/store/memory/kinds.hpp>
#include <eventsourcing/store/memory/sources.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

/// An event store in memory: for tests, for programs that need no more, and to measure the cost of
/// a store without a disk. It has all capabilities except durability.
///
/// A handle: copies share one engine. All functions may be called from several threads at once.
///
/// A `Batch` is kept as the values of its variant and `read_events` shows them without a copy; JSON
/// is made when records are read. So an event that is too large or can't be encoded is found only
/// then. The copy constructor of an event runs while the store is locked: it must not use the
/// store.
///
/// Its functions are templates, so that a file compiles only those that it calls.
class MemoryStore {
public:
    static constexpr Capabilities capabilities{.expected_revision = true,
                                               .conditions = true,
                                               .global_order = true,
                                               .wakes_readers = true,
                                               .remembers_ids = true,
                                               .compares_content = true,
                                               .checks_positions = true};
    static constexpr std::string_view url_scheme = "memory";

    template <int = 0>
    MemoryStore() : engine_(std::make_shared<detail::MemoryEngine>()) {}
    /// Waits and deadlines are by the clock of `environment`, and it gives the store's id.
    template <int = 0>
    explicit MemoryStore(Environment environment)
        : engine_(std::make_shared<detail::MemoryEngine>(std::move(environment))) {}
    // A copy instead of a move: every handle has an engine.
    MemoryStore(const MemoryStore&) = default;
    MemoryStore& operator=(const MemoryStore&) = default;
    ~MemoryStore() = default;

    /// A new store, for `open_store("memory:")`.
    template <int = 0>
    [[nodiscard]] static Result<MemoryStore> open_url(std::string_view rest,
                                                      const Environment& environment = {}) {
        if (!rest.empty())
            return Error(errc::invalid, "memory:" + std::string(rest) +
                                            ": expected nothing after memory:, since such a store "
                                            "is always new");
        return MemoryStore{environment};
    }

    /// Appends the whole batch or nothing; see `EventStore` for the order of the checks.
    template <class Event>
    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const Batch<Event>& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        return add(stream, {&expected, &condition}, detail::TypedEvents<Event>(batch), call);
    }
    template <int = 0>
    Result<Receipt> append(StreamNameView stream, ExpectedRevision expected,
                           const EventBatch& batch, const AppendCondition& condition = {},
                           const CallOptions& call = {}) const {
        return add(stream, {&expected, &condition}, detail::ByteEvents(batch), call);
    }

    /// Appends at the end of the stream, whatever its revision is.
    template <class Event>
    Result<Receipt> append_unchecked(StreamNameView stream, const Batch<Event>& batch,
                                     const CallOptions& call = {}) const {
        return add(stream, {}, detail::TypedEvents<Event>(batch), call);
    }
    template <int = 0>
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) const {
        return add(stream, {}, detail::ByteEvents(batch), call);
    }

    /// Appends at the end of the stream, unless an event that matches the condition was appended
    /// after its position.
    template <class Event>
    Result<Receipt> append_if(StreamNameView stream, const Batch<Event>& batch,
                              const AppendCondition& condition,
                              const CallOptions& call = {}) const {
        return add(stream, {nullptr, &condition}, detail::TypedEvents<Event>(batch), call);
    }
    template <int = 0>
    Result<Receipt> append_if(StreamNameView stream, const EventBatch& batch,
                              const AppendCondition& condition,
                              const CallOptions& call = {}) const {
        return add(stream, {nullptr, &condition}, detail::ByteEvents(batch), call);
    }

    /// Appends to several streams, all or none; the events are kept as bytes.
    template <int = 0>
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const StreamBatch> batches,
                                                           const CallOptions& call = {}) const;

    template <int = 0>
    [[nodiscard]] Result<Page> read_stream(StreamNameView stream, const StreamRead& which = {},
                                           const CallOptions& call = {}) const;
    template <int = 0>
    [[nodiscard]] Result<Page> read_all(const AllRead& which = {},
                                        const CallOptions& call = {}) const;

    /// A page with the event of this id, or an empty one; one look into a hash table.
    template <int = 0>
    [[nodiscard]] Result<Page> find_event(const Uuid& id, const CallOptions& call = {}) const;
    /// The position of the last event; nothing before the first.
    template <int = 0>
    [[nodiscard]] Result<std::optional<Position>> head(const CallOptions& call = {}) const;

    /// True as soon as there is an event after the position `after`, false at the deadline;
    /// `cancelled` after a stop, `closed` as soon as the store is closed.
    template <int = 0>
    [[nodiscard]] Result<bool> wait_for_append(std::optional<Position> after,
                                               const CallOptions& call = {}) const {
        return with_engine(
            [&](auto& engine) { return engine.wait(after, call.begun(engine.environment())); });
    }

    /// Calls `visitor(const Event&, Revision)`, which returns `Result<void>` or nothing, with the
    /// events from `from` up to and with `last`, or to the end, until it returns an error. A
    /// `visitor(std::span<const Event>, Revision)` gets them in runs, with the revision of the
    /// first.
    ///
    /// Events that were appended as this variant are passed by reference, without a copy and
    /// without a lock; others are decoded, or passed as records to a visitor that also takes a
    /// `const EventRecord&`. An event that can't be decoded ends the reading with an error.
    template <class Event, class Visitor>
    Result<void> read_events(StreamNameView stream, Revision from, std::optional<Revision> last,
                             Visitor&& visitor) const;
    /// From the first event on.
    template <class Event, class Visitor>
    Result<void> read_events(StreamNameView stream, std::optional<Revision> last,
                             Visitor&& visitor) const {
        return read_events<Event>(stream, Revision{}, last, std::forward<Visitor>(visitor));
    }

    // Progress and snapshots; see `ProgressStore` and `SnapshotStore`.

    template <int = 0>
    [[nodiscard]] Result<std::optional<Progress>>
    load_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_progress_key(key); },
            [&](auto& engine) { return engine.progress.load(key); });
    }
    template <int = 0>
    [[nodiscard]] Result<std::vector<std::pair<ProgressKey, Progress>>>
    list_progress(const CallOptions& call = {}) const {
        return checked(
            call, [] { return Result<void>{}; },
            [&](auto& engine) { return engine.progress.list(); });
    }
    /// `unsupported` with statements: a memory store has no SQL.
    template <int = 0>
    Result<void> commit_progress(const ProgressCommit& commit, const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_progress_commit(commit); },
            [&](auto& engine) -> Result<void> {
                if (!commit.statements.empty())
                    return Error(
                        errc::unsupported,
                        "a commit to progress " + detail::in_quotes(commit.key.name) +
                            " has SQL statements, which a memory store can't run: keep rows "
                            "instead, or use a SqliteStore");
                return engine.progress.commit(commit);
            });
    }
    template <int = 0>
    Result<bool> drop_progress(const ProgressKey& key, const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_progress_key(key); },
            [&](auto& engine) { return engine.progress.drop(key); });
    }
    template <int = 0>
    [[nodiscard]] Result<std::optional<std::string>>
    load_row(const ProgressKey& key, std::string_view row, const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_progress_key(key); },
            [&](auto& engine) { return engine.progress.row(key, row); });
    }
    template <int = 0>
    [[nodiscard]] Result<std::vector<RowCommit>>
    load_rows(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit,
              const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_progress_page(key, limit); },
            [&](auto& engine) { return engine.progress.rows(key, after, limit); });
    }
    template <int = 0>
    [[nodiscard]] Result<std::vector<ParkedEvent>>
    load_parked(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit,
                const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_progress_page(key, limit); },
            [&](auto& engine) { return engine.progress.parked(key, after, limit); });
    }

    template <int = 0>
    Result<void> save_snapshot(const Snapshot& snapshot, const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_snapshot(snapshot); },
            [&](auto& engine) { return engine.snapshots.save(snapshot); });
    }
    template <int = 0>
    [[nodiscard]] Result<std::optional<Snapshot>>
    load_snapshot(StreamNameView stream, std::string_view kind, std::string_view fingerprint,
                  const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_snapshot_name(kind, fingerprint); },
            [&](auto& engine) { return engine.snapshots.load(stream.view(), kind, fingerprint); });
    }
    template <int = 0>
    Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view keep_fingerprint,
                                          const CallOptions& call = {}) const {
        return checked(
            call, [&] { return detail::check_snapshot_name(kind, keep_fingerprint); },
            [&](auto& engine) { return engine.snapshots.prune(kind, keep_fingerprint); });
    }

    /// An id of this store, which no other has, not even one in the same process.
    template <int = 0>
    [[nodiscard]] Result<Uuid> store_id() const {
        return with_engine([](auto& engine) { return engine.store_id(); });
    }

    /// Whose clock deadlines are instants of.
    template <int = 0>
    [[nodiscard]] const Environment& environment() const {
        return with_engine([](auto& engine) -> const Environment& { return engine.environment(); });
    }

    /// Ends the store for all handles: every later call and every waiting call returns `closed`.
    template <int = 0>
    void close() const {
        with_engine([](auto& engine) { engine.close(); });
    }

private:
    // What the functions above do with the engine is in lambdas for any engine: the type of this
    // one is compiled only where one of them is called.

    template <class F>
    decltype(auto) with_engine(F&& f) const {
        return f(*engine_);
    }

    /// `f(engine)`; a lack of memory and exceptions of the application become errors.
    template <class F>
    auto guarded(const char* what, F&& f) const -> std::invoke_result_t<F&, detail::MemoryEngine&> {
        using Answer = std::invoke_result_t<F&, detail::MemoryEngine&>;
        return detail::guarded(what, [&]() -> Answer {
            EVENTSOURCING_TRY {
                return f(*engine_);
            }
            EVENTSOURCING_CATCH(const std::bad_alloc&) {
                return errc::unavailable; // a message would need memory
            }
        });
    }

    /// `f(engine)`, unless the call is called off or its arguments are not good.
    template <class Check, class F>
    auto checked(const CallOptions& call, Check&& check, F&& f) const
        -> std::invoke_result_t<F&, detail::MemoryEngine&> {
        using Answer = std::invoke_result_t<F&, detail::MemoryEngine&>;
        return guarded("the store", [&](auto& engine) -> Answer {
            if (auto go_on = detail::check_call(call, engine.environment()); !go_on)
                return std::move(go_on).error();
            if (auto good = check(); !good)
                return std::move(good).error();
            return f(engine);
        });
    }

    template <class Source>
    Result<Receipt> add(StreamNameView stream, const detail::MemoryTerms& terms, Source&& source,
                        const CallOptions& call) const {
        return guarded("copying or encoding an event", [&](auto& engine) -> Result<Receipt> {
            if (auto done = detail::check_call(call, engine.environment()); !done)
                return std::move(done).error();
            if (auto done = source.prepare(); !done)
                return detail::meant_for(std::move(done).error(), stream);
            return engine.append(stream, terms, source);
        });
    }

    template <int = 0>
    Result<void> check_read(std::size_t limit, const CallOptions& call) const {
        if (auto done = detail::check_page_size(limit); !done)
            return done;
        return detail::check_call(call, environment());
    }

    std::shared_ptr<detail::MemoryEngine> engine_;
};

template <int>
Result<std::vector<std::optional<Receipt>>>
MemoryStore::append_all(std::span<const StreamBatch> batches, const CallOptions& call) const {
    using Receipts = Result<std::vector<std::optional<Receipt>>>;
    return guarded("encoding an event", [&](auto& engine) -> Receipts {
        if (auto go_on = detail::check_call(call, engine.environment()); !go_on)
            return std::move(go_on).error();
        const auto events = detail::check_batches(batches);
        if (!events)
            return events.error();
        std::vector<detail::Dependent<detail::MemoryAppend, decltype(engine)>> parts;
        parts.reserve(batches.size());
        for (std::size_t i = 0; i < batches.size(); ++i) {
            parts.push_back({batches[i].stream, &batches[i].expected, {}});
            if (!(*events)[i].empty())
                parts.back().source.emplace((*events)[i]);
        }
        return engine.append_all(parts);
    });
}

template <int>
Result<Page> MemoryStore::read_stream(StreamNameView stream, const StreamRead& which,
                                      const CallOptions& call) const {
    return guarded("encoding an event", [&](auto& engine) -> Result<Page> {
        if (auto done = check_read(which.limit, call); !done)
            return std::move(done).error();
        const bool forward = which.direction == Direction::forward;
        const std::uint64_t from = which.from.value_or(Revision{}).value();
        auto part =
            forward ? engine.part(stream, from, which.limit)
                    : engine.part_before(stream, which.from ? std::optional(from) : std::nullopt,
                                         which.limit);
        if (!part)
            return std::move(part).error();

        std::vector<detail::Dependent<detail::MemoryPlace, decltype(engine)>> places;
        places.reserve(detail::narrowed<std::size_t>(part->size));
        auto collected = part->for_each_run(
            [&](const detail::MemoryBlock& block, std::size_t slot, std::size_t count) {
                for (std::size_t i = 0; i < count; ++i)
                    places.push_back({&block, slot + i});
                return Result<void>{};
            });
        if (!collected)
            return std::move(collected).error();
        if (!forward)
            std::reverse(places.begin(), places.end());

        Page page;
        page.reserve(places.size());
        detail::MemoryRecords records;
        for (const auto& place : places) {
            auto record = records.record(place);
            if (!record)
                return std::move(record).error();
            page.add(*record);
        }
        if (forward) {
            page.at_end = part->first_revision + part->size >= part->stream_size;
            page.next_revision = Revision{part->first_revision + part->size};
        } else {
            page.at_end = part->first_revision == 0;
            if (!page.at_end)
                page.next_revision = Revision{part->first_revision - 1};
        }
        return page;
    });
}

template <int>
Result<Page> MemoryStore::read_all(const AllRead& which, const CallOptions& call) const {
    // one page checks at most so many events, however few of them match
    constexpr std::uint64_t most_scanned = 4 * max_page_size;
    return guarded("encoding an event", [&](auto& engine) -> Result<Page> {
        if (auto done = check_read(which.limit, call); !done)
            return std::move(done).error();
        auto head = engine.head();
        if (!head)
            return std::move(head).error();

        if (auto done = detail::check_position(which.after, Position{*head}, "AllRead::after");
            !done)
            return std::move(done).error();

        Page page;
        detail::MemoryRecords records;
        std::uint64_t last = which.after.value_or(Position{}).value();
        std::uint64_t scanned = 0;
        for (; last < *head && scanned < most_scanned && page.records().size() < which.limit;
             ++scanned) {
            const detail::MemoryPlace& place = engine.at(++last);
            if (!detail::matches(which.query, place.type(), place.tags()))
                continue;
            auto record = records.record(place);
            if (!record)
                return std::move(record).error();
            page.add(*record);
        }
        page.at_end = last >= *head;
        page.last_position = scanned > 0 ? Position{last} : which.after;
        return page;
    });
}

template <int>
Result<Page> MemoryStore::find_event(const Uuid& id, const CallOptions& call) const {
    return guarded("encoding an event", [&](auto& engine) -> Result<Page> {
        if (auto go_on = detail::check_call(call, engine.environment()); !go_on)
            return std::move(go_on).error();
        auto place = engine.find(id);
        if (!place)
            return std::move(place).error();
        Page page;
        if (!*place)
            return page;
        detail::MemoryRecords records;
        auto record = records.record(**place);
        if (!record)
            return std::move(record).error();
        page.add(*record);
        return page;
    });
}

template <int>
Result<std::optional<Position>> MemoryStore::head(const CallOptions& call) const {
    return with_engine([&](auto& engine) -> Result<std::optional<Position>> {
        if (auto go_on = detail::check_call(call, engine.environment()); !go_on)
            return std::move(go_on).error();
        auto head = engine.head();
        if (!head)
            return std::move(head).error();
        return *head == 0 ? std::nullopt : std::optional(Position{*head});
    });
}

template <class Event, class Visitor>
Result<void> MemoryStore::read_events(StreamNameView stream, Revision from,
                                      std::optional<Revision> last, Visitor&& visitor) const {
    constexpr bool takes_runs = std::invocable<Visitor&, std::span<const Event>, Revision>;
    using Shown = std::conditional_t<takes_runs, std::span<const Event>, const Event&>;
    const auto show = [&](Shown shown, Revision revision) -> Result<void> {
        if constexpr (std::is_void_v<std::invoke_result_t<Visitor&, Shown, Revision>>) {
            visitor(shown, revision);
            return {};
        } else {
            return visitor(shown, revision);
        }
    };
    const auto visit = [&](std::span<const Event> run, Revision first) -> Result<void> {
        if constexpr (takes_runs) {
            return show(run, first);
        } else {
            for (const Event& event : run) {
                if (auto done = show(event, first); !done)
                    return done;
                first = first.plus(1);
            }
            return {};
        }
    };
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t end = last && last->value() < most ? last->value() + 1 : most;
    if (end <= from.value())
        return {};
    auto part = with_engine(
        [&](auto& engine) { return engine.part(stream, from.value(), end - from.value()); });
    if (!part)
        return std::move(part).error();
    const auto visit_block = [&](const detail::MemoryBlock& block, std::size_t slot,
                                 std::size_t size) -> Result<void> {
        if (block.kind == &detail::memory_kind<Event>) {
            const void* raw = block.events;
            return visit({static_cast<const Event*>(raw) + slot, size},
                         Revision{block.first_revision + slot});
        }
        detail::MemoryRecords records;
        for (std::size_t i = 0; i < size; ++i) {
            auto record = records.record({&block, slot + i});
            if (!record)
                return std::move(record).error();
            if constexpr (std::invocable<Visitor&, const EventRecord&>) {
                if (auto done = visitor(*record); !done)
                    return done;
            } else {
                auto event = detail::decode_event<Event>(*record);
                if (!event)
                    return std::move(event).error();
                if (auto done = visit({&*event, 1}, record->revision); !done)
                    return done;
            }
        }
        return {};
    };
    return guarded("a function of the application",
                   [&](auto& /*engine*/) { return part->for_each_run(visit_block); });
}

} // namespace eventsourcing

#endif
