// SPDX-License-Identifier: MIT
// Stores that break one law each, so that the laws can be seen to notice.
#ifndef EVENTSOURCING_TESTS_LAWS_BROKEN_STORES_HPP
#define EVENTSOURCING_TESTS_LAWS_BROKEN_STORES_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace broken_stores {

namespace es = eventsourcing;

/// The clock of all these stores: no test waits for it.
inline const es::FixedEnvironment time;

/// Passes everything on to a memory store; those below hide what they break.
class HonestStore {
public:
    static constexpr es::Capabilities capabilities = es::MemoryStore::capabilities;

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        return inner.append(stream, expected, batch, condition, call);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return inner.append_unchecked(stream, batch, call);
    }
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        return inner.read_stream(stream, which, call);
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        return inner.read_all(which, call);
    }
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        return inner.wait_for_append(after, call);
    }
    void close() { inner.close(); }
    [[nodiscard]] es::Environment environment() const { return inner.environment(); }

    es::MemoryStore inner{time};

protected:
    /// More than any caller has to wait.
    void let_time_pass() const { environment().sleep(std::chrono::hours(1)); }
};

inline std::vector<es::NewEvent> events_of(const es::EventBatch& batch) {
    const auto events = *batch.encoded();
    return {events.begin(), events.end()};
}

inline std::vector<es::NewEvent> with_new_ids(const es::EventBatch& batch) {
    auto events = events_of(batch);
    for (es::NewEvent& event : events)
        event.id = es::Environment{}.new_id();
    return events;
}

/// A copy of a page with what `change` makes of each record; it answers false for those to leave
/// out.
template <class F>
es::Page changed(const es::Page& page, F&& change) {
    es::Page out;
    out.at_end = page.at_end;
    out.next_revision = page.next_revision;
    out.last_position = page.last_position;
    for (es::EventRecord record : page)
        if (change(record))
            out.add(record);
    return out;
}

/// The last record of a full page is neither in this page nor in the next one.
class SkipsAPosition : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        auto page = inner.read_all(which, call);
        if (!page || !which.query.items.empty() || page->records().size() < which.limit)
            return page;
        return changed(*page, [last = page->records().back().id](const es::EventRecord& record) {
            return record.id != last;
        });
    }
};

/// While one thread appends to a new stream, another one that wants the same is told that it was
/// done, too.
class LosesOneOfTwo : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        if (expected != es::ExpectedRevision::no_stream() || !condition.none() || batch.size() != 1)
            return inner.append(stream, expected, batch, condition, call);
        {
            const std::lock_guard lock(shared_->mutex);
            ++shared_->inside[stream.str()];
        }
        if (stream.view().starts_with("law-race"))
            wait_for_another(stream);
        auto done = inner.append(stream, expected, batch, condition, call);
        const std::lock_guard lock(shared_->mutex);
        const bool raced = shared_->inside[stream.str()]-- > 1 || shared_->raced[stream.str()];
        shared_->raced[stream.str()] = raced;
        if (!done && done.error() == es::errc::conflict && raced)
            return es::Receipt{es::Revision{0}, es::Revision{0}, std::nullopt};
        return done;
    }

private:
    /// Until one of those that race for this stream is inside, or was.
    void wait_for_another(es::StreamNameView stream) {
        for (;; std::this_thread::sleep_for(std::chrono::microseconds(50))) {
            const std::lock_guard lock(shared_->mutex);
            if (shared_->inside[stream.str()] > 1 || shared_->raced[stream.str()])
                return;
        }
    }

    struct Shared {
        std::mutex mutex;
        std::map<std::string, int> inside;
        std::map<std::string, bool> raced;
    };
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

/// A batch that comes again is stored again.
class DoublesARetry : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        const auto before = inner.read_all({.limit = es::max_page_size});
        auto done = inner.append(stream, expected, batch, condition, call);
        if (!done || !before || !(done->position <= before->last_position) ||
            expected == es::ExpectedRevision::exists())
            return done;
        return inner.append_unchecked(stream, es::EventBatch(with_new_ids(batch)), call);
    }
};

/// The same of an append without a check.
class DoublesAnUncheckedRetry : public HonestStore {
public:
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        const auto before = inner.read_all({.limit = es::max_page_size});
        auto done = inner.append_unchecked(stream, batch, call);
        if (!done || !before || !(done->position <= before->last_position))
            return done;
        return inner.append_unchecked(stream, es::EventBatch(with_new_ids(batch)), call);
    }
};

/// The receipt of an append without a check is that of a new stream.
class CountsFromTheStart : public HonestStore {
public:
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        auto done = inner.append_unchecked(stream, batch, call);
        if (done && batch.size() == 2)
            return es::Receipt{es::Revision{0}, es::Revision{1}, done->position};
        return done;
    }
};

/// It looks for ids in the stream that it appends to, and nowhere else.
class ForgetsOtherStreams : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inner.append(stream, expected, batch, condition, call);
        if (done || done.error() != es::errc::duplicate_id || !inner.read_stream(stream)->empty())
            return done;
        return inner.append(stream, expected, es::EventBatch(with_new_ids(batch)), condition, call);
    }
};

/// A copy is a new store, and who waits is told what happened in it until the deadline.
class IsNoHandle : public HonestStore {
public:
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        const auto begun = call.begun(environment());
        let_time_pass();
        return inner.wait_for_append(after, begun);
    }

    IsNoHandle() = default;
    IsNoHandle(const IsNoHandle& /*other*/) {}
    IsNoHandle(IsNoHandle&&) = default;
    IsNoHandle& operator=(const IsNoHandle&) = default;
    IsNoHandle& operator=(IsNoHandle&&) = default;
    ~IsNoHandle() = default;
};

/// When an event of a batch is refused as too large, those before it are stored already.
class TearsABatch : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inner.append(stream, expected, batch, condition, call);
        if (done || done.error() != es::errc::too_large || batch.size() != 2)
            return done;
        const auto events = events_of(batch);
        static_cast<void>(inner.append(stream, expected, es::EventBatch(std::span(events).first(1)),
                                       condition, call));
        return done;
    }
};

/// Ids are all that it looks at to tell a retry.
class AcceptsOtherContent : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inner.append(stream, expected, batch, condition, call);
        if (done || done.error() != es::errc::duplicate_id)
            return done;
        // the stored batch at the same place, with the content of the new one taken out of the way
        auto events = events_of(batch);
        const auto page = inner.read_stream(stream, {.limit = es::max_page_size});
        for (es::NewEvent& event : events)
            for (const es::EventRecord& record : *page)
                if (record.id == event.id) {
                    event.type = record.type;
                    event.data = record.data;
                    event.metadata = record.metadata;
                }
        return inner.append(stream, expected, es::EventBatch(events), condition, call);
    }
};

/// Who waits is told at the deadline that nothing came. It comes after the next append.
class WakesNobody : public HonestStore {
public:
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        auto done = inner.append_unchecked(stream, batch, call);
        let_time_pass();
        return done;
    }
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        const auto head = inner.wait_for_append(after, es::CallOptions::within({}));
        if (!head || *head)
            return head;
        return silent_.wait_for_append(std::nullopt, call);
    }
    void close() {
        inner.close();
        silent_.close();
    }

private:
    es::MemoryStore silent_{time}; // always empty
};

/// Who waits is told what has happened, an append, a stop or a closing, but only at the deadline.
class WakesAtTheDeadline : public HonestStore {
public:
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        const auto head = inner.wait_for_append(after, es::CallOptions::within({}));
        if (!head || *head)
            return head;
        const auto begun = call.begun(inner.environment());
        environment().sleep(begun.deadline.value() - environment().steady_now());
        return inner.wait_for_append(after, begun);
    }
};

/// A conflict says what the append expected as what was found.
class MisstatesConflicts : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inner.append(stream, expected, batch, condition, call);
        if (done || !done.error().conflict())
            return done;
        es::Conflict conflict = *done.error().conflict();
        conflict.actual = expected.revision();
        return std::move(done).error().with_conflict(conflict);
    }
};

/// While appends are under way, a reader is shown the last event but not the one before it.
class ShowsUncommittedOrder : public HonestStore {
public:
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        ++*appending_;
        auto done = inner.append_unchecked(stream, batch, call);
        // Until a reader has met two events of an append, where one reads meanwhile.
        if (stream.view().starts_with("law-writer") && batch.size() == 2)
            while (!*has_hidden_)
                std::this_thread::yield();
        --*appending_;
        return done;
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        auto page = inner.read_all(which, call);
        if (!page || page->records().size() < 2 || *appending_ == 0)
            return page;
        const auto hidden = page->records()[page->records().size() - 2].id;
        *has_hidden_ = true;
        return changed(*page, [&](const es::EventRecord& record) { return record.id != hidden; });
    }

private:
    std::shared_ptr<std::atomic<int>> appending_ = std::make_shared<std::atomic<int>>(0);
    std::shared_ptr<std::atomic<bool>> has_hidden_ = std::make_shared<std::atomic<bool>>(false);
};

/// Metadata is not stored, though it is compared.
class DropsMetadata : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        auto page = inner.read_stream(stream, which, call);
        if (!page)
            return page;
        return changed(*page, [](es::EventRecord& record) {
            record.metadata = {};
            return true;
        });
    }
};

/// Conditions are left aside.
class IgnoresConditions : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto never = condition; // but its position is looked at
        for (auto& item : never.fail_if_exists.items)
            item = {.types = {"law.never"}, .tags = {}};
        return inner.append(stream, expected, batch, never, call);
    }
};

/// Expecting that a stream exists is taken as expecting nothing.
class TakesExistsAsAnything : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inner.append(stream, expected, batch, condition, call);
        if (!done && done.error() == es::errc::conflict &&
            expected == es::ExpectedRevision::exists() && stream != "law-missing")
            return inner.append_unchecked(stream, batch, call);
        return done;
    }
};

/// A page in which nothing matched says to go on where it began.
class ForgetsWhereAQueryStopped : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        auto page = inner.read_all(which, call);
        if (page && page->empty())
            page->last_position = which.after;
        return page;
    }
};

/// An event over the size limit is acknowledged, and thrown away.
class AcknowledgesWhatItRefuses : public HonestStore {
public:
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        auto done = inner.append_unchecked(stream, batch, call);
        if (!done && done.error() == es::errc::too_large)
            return es::Receipt{es::Revision{1}, es::Revision{1}, std::nullopt};
        return done;
    }
};

/// A time that it can't store becomes the nearest that it can.
class ChangesTimes : public HonestStore {
public:
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        auto events = events_of(batch);
        for (es::NewEvent& event : events)
            if (!event.recorded_at.to_unix_nanoseconds())
                event.recorded_at = es::Timestamp::from_unix_nanoseconds(
                    event.recorded_at < es::Timestamp() ? std::numeric_limits<std::int64_t>::min()
                                                        : std::numeric_limits<std::int64_t>::max());
        return inner.append_unchecked(stream, es::EventBatch(events), call);
    }
};

/// Deadlines of appends are not looked at.
class IgnoresDeadlines : public HonestStore {
public:
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return inner.append_unchecked(stream, batch, {.deadline = {}, .stop = call.stop});
    }
};

/// A stream read backward starts one event before its end.
class ForgetsTheLastBackward : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        if (which.direction == es::Direction::forward || which.from || which.limit == 1)
            return inner.read_stream(stream, which, call);
        es::StreamRead last{.direction = es::Direction::backward, .limit = 1};
        auto page = inner.read_stream(stream, last, call);
        if (!page || page->at_end)
            return page;
        auto from_before = which;
        from_before.from = page->next_revision;
        return inner.read_stream(stream, from_before, call);
    }
};

/// A closed store goes on as if nothing had happened, and time passes.
class NeverCloses : public HonestStore {
public:
    void close() const { let_time_pass(); }
};

/// Appends have the time that the system's clock gives them.
class AsksTheSystemsClock : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        if (auto go_on = es::detail::check_call(call, es::Environment{}); !go_on)
            return std::move(go_on).error();
        return inner.append(stream, expected, batch, condition,
                            {.deadline = {}, .stop = call.stop});
    }
};

/// A call with a duration has no end.
class IgnoresDurations : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        return inner.append(stream, expected, batch, condition,
                            {.deadline = call.deadline, .stop = call.stop});
    }
};

/// It says that it checks no conditions, and does not refuse them.
class LeavesConditionsAside : public IgnoresConditions {
public:
    static constexpr es::Capabilities capabilities{.expected_revision = true};
};

/// A page of seven records is too much for it.
class Throws : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        if (which.limit == 7)
            throw_or_skip(std::runtime_error("seven"));
        return inner.read_stream(stream, which, call);
    }
};

/// It checks what an append expects, and that is all it says of itself.
class PromisesLittle : public HonestStore {
public:
    static constexpr es::Capabilities capabilities{.expected_revision = true};

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        if (!condition.none())
            return es::errc::unsupported;
        return inner.append(stream, expected, batch, condition, call);
    }
};

/// A position beyond the head is read on from, waited at and checked as if it were the head.
template <bool reading, bool waiting, bool conditions>
class TakesPositionsBeyondItsHead : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inner.append(stream, expected, batch, condition, call);
        if (!conditions || done || done.error() != es::errc::beyond_head)
            return done;
        auto from_the_head = condition;
        from_the_head.after = head();
        return inner.append(stream, expected, batch, from_the_head, call);
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        auto page = inner.read_all(which, call);
        if (!reading || page || page.error() != es::errc::beyond_head)
            return page;
        es::Page empty;
        empty.last_position = which.after;
        return empty;
    }
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                                   const es::CallOptions& call = {}) const {
        auto woken = inner.wait_for_append(after, call);
        if (!waiting || woken || woken.error() != es::errc::beyond_head)
            return woken;
        return inner.wait_for_append(head(), call);
    }

private:
    [[nodiscard]] std::optional<es::Position> head() const {
        return inner.read_all({.limit = es::max_page_size})->last_position;
    }
};

/// The last position is taken for one beyond it.
class RefusesItsHead : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        auto page = inner.read_all(which, call);
        if (page && page->empty() && which.after)
            return es::errc::beyond_head;
        return page;
    }
};

/// All stores of this kind have one id.
class HasTheIdOfAll : public HonestStore {
public:
    [[nodiscard]] static es::Result<es::Uuid> store_id() {
        es::Uuid::Bytes bytes{};
        bytes.fill(7);
        return es::Uuid{bytes};
    }
};

/// Each handle of a store tells another id.
class TellsAnIdForEachHandle : public HonestStore {
public:
    TellsAnIdForEachHandle() = default;
    TellsAnIdForEachHandle(const TellsAnIdForEachHandle& other) : HonestStore(other) {}
    TellsAnIdForEachHandle(TellsAnIdForEachHandle&&) = default;
    TellsAnIdForEachHandle& operator=(const TellsAnIdForEachHandle&) = default;
    TellsAnIdForEachHandle& operator=(TellsAnIdForEachHandle&&) = default;
    ~TellsAnIdForEachHandle() = default;

    [[nodiscard]] es::Result<es::Uuid> store_id() const { return id_; }

private:
    es::Uuid id_ = es::Environment{}.new_id();
};

/// The source of an event is not stored, though it is compared.
class DropsSources : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        return without_sources(inner.read_stream(stream, which, call));
    }
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        return without_sources(inner.read_all(which, call));
    }

private:
    static es::Result<es::Page> without_sources(es::Result<es::Page> page) {
        if (!page)
            return page;
        return changed(*page, [](es::EventRecord& record) {
            record.source = {};
            return true;
        });
    }
};

/// Every event of a type is told to have the source of the first one.
class KeepsASourceForEachType : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        auto page = inner.read_stream(stream, which, call);
        if (!page)
            return page;
        std::map<std::string_view, std::string_view> sources;
        return changed(*page, [&](es::EventRecord& record) {
            record.source = sources.try_emplace(record.type, record.source).first->second;
            return true;
        });
    }
};

/// A batch that comes again with another source is taken for the first one.
class AcceptsOtherSources : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inner.append(stream, expected, batch, condition, call);
        if (done || done.error() != es::errc::duplicate_id)
            return done;
        auto events = events_of(batch);
        for (es::NewEvent& event : events)
            event.source = {};
        return inner.append(stream, expected, es::EventBatch(events), condition, call);
    }
};

class SaysDurable : public HonestStore {
public:
    static constexpr es::Capabilities capabilities{
        .expected_revision = true, .conditions = true, .global_order = true, .durable = true};
};

// ---- verbs --------------------------------------------------------------------------------------

using Receipts = es::Result<std::vector<std::optional<es::Receipt>>>;

/// An honest store with every verb.
class HonestVerbs : public HonestStore {
public:
    [[nodiscard]] es::Result<es::Receipt> append_if(es::StreamNameView stream,
                                                    const es::EventBatch& batch,
                                                    const es::AppendCondition& condition,
                                                    const es::CallOptions& call = {}) const {
        return inner.append_if(stream, batch, condition, call);
    }
    [[nodiscard]] Receipts append_all(std::span<const es::StreamBatch> batches,
                                      const es::CallOptions& call = {}) const {
        return inner.append_all(batches, call);
    }
    [[nodiscard]] es::Result<es::Page> find_event(const es::Uuid& id,
                                                  const es::CallOptions& call = {}) const {
        return inner.find_event(id, call);
    }
    [[nodiscard]] es::Result<std::optional<es::Position>>
    head(const es::CallOptions& call = {}) const {
        return inner.head(call);
    }
    [[nodiscard]] es::Result<void> sync(es::Position position,
                                        const es::CallOptions& call = {}) const {
        const auto head = inner.head(call);
        if (!head)
            return head.error();
        return es::detail::check_position(position, head->value_or(es::Position{}), "sync");
    }

protected:
    [[nodiscard]] bool knows_any(std::span<const es::StreamBatch> batches) const {
        for (const es::StreamBatch& part : batches) {
            const auto events = part.batch.encoded();
            for (const es::NewEvent& event : *events)
                if (const auto found = inner.find_event(event.id); found && !found->empty())
                    return true;
        }
        return false;
    }
};

/// A receipt of `append_if` always says that the batch begins its stream.
class CountsConditionsFromTheStart : public HonestVerbs {
public:
    [[nodiscard]] es::Result<es::Receipt> append_if(es::StreamNameView stream,
                                                    const es::EventBatch& batch,
                                                    const es::AppendCondition& condition,
                                                    const es::CallOptions& call = {}) const {
        auto done = inner.append_if(stream, batch, condition, call);
        if (done)
            done->first = es::Revision{0};
        return done;
    }
};

/// `append_if` looks at the condition before it knows a batch again.
class ChecksBeforeItKnows : public HonestVerbs {
public:
    [[nodiscard]] es::Result<es::Receipt> append_if(es::StreamNameView stream,
                                                    const es::EventBatch& batch,
                                                    const es::AppendCondition& condition,
                                                    const es::CallOptions& call = {}) const {
        if (!condition.none()) {
            const auto page =
                inner.read_all({.after = condition.after, .query = condition.fail_if_exists}, call);
            if (!page)
                return page.error();
            if (!page->empty())
                return es::errc::condition_failed;
        }
        return inner.append_if(stream, batch, condition, call);
    }
};

/// Two that race on one condition are both told that nothing matched it.
class LosesARaceOnACondition : public HonestVerbs {
public:
    [[nodiscard]] es::Result<es::Receipt> append_if(es::StreamNameView stream,
                                                    const es::EventBatch& batch,
                                                    const es::AppendCondition& condition,
                                                    const es::CallOptions& call = {}) const {
        if (stream.view().starts_with("law-seat ")) {
            const std::lock_guard lock(seen_->mutex);
            if (++seen_->calls[condition.fail_if_exists.items[0].tags[0]] <= 2)
                return inner.append_unchecked(stream, batch, call);
        }
        return inner.append_if(stream, batch, condition, call);
    }

private:
    struct Calls {
        std::mutex mutex;
        std::map<std::string, int> calls;
    };
    std::shared_ptr<Calls> seen_ = std::make_shared<Calls>();
};

/// Appends to the first of several streams before it looks at the others.
class TearsSeveral : public HonestVerbs {
public:
    [[nodiscard]] Receipts append_all(std::span<const es::StreamBatch> batches,
                                      const es::CallOptions& call = {}) const {
        if (batches.size() < 2 || batches[0].stream.view() != "law-from" || knows_any(batches))
            return inner.append_all(batches, call);
        const auto first = inner.append(batches[0].stream, batches[0].expected, batches[0].batch);
        if (!first)
            return first.error();
        auto rest = inner.append_all(batches.subspan(1), call);
        if (rest)
            rest->insert(rest->begin(), *first);
        return rest;
    }
};

/// Appends to the streams whose expectations are met, and says that all is done.
class LeavesOutOneOfSeveral : public HonestVerbs {
public:
    [[nodiscard]] Receipts append_all(std::span<const es::StreamBatch> batches,
                                      const es::CallOptions& call = {}) const {
        std::vector<es::StreamBatch> with_events;
        for (const es::StreamBatch& part : batches)
            if (part.batch.size() > 0)
                with_events.push_back(part);
        if (with_events.size() == batches.size() || with_events.empty())
            return inner.append_all(batches, call);
        auto done = inner.append_all(with_events, call);
        for (std::size_t i = 0; done && i < batches.size(); ++i)
            if (batches[i].batch.size() == 0)
                done->insert(done->begin() + static_cast<std::ptrdiff_t>(i), std::nullopt);
        return done;
    }
};

/// Does not know batches of several streams again.
class ForgetsSeveral : public HonestVerbs {
public:
    [[nodiscard]] Receipts append_all(std::span<const es::StreamBatch> batches,
                                      const es::CallOptions& call = {}) const {
        if (knows_any(batches))
            return es::errc::conflict;
        return inner.append_all(batches, call);
    }
};

/// One that has lost a race to several streams is appended after the one that has won.
class AppendsTheLoserToo : public HonestVerbs {
public:
    [[nodiscard]] Receipts append_all(std::span<const es::StreamBatch> batches,
                                      const es::CallOptions& call = {}) const {
        auto done = inner.append_all(batches, call);
        if (done || done.error() != es::errc::conflict || batches.size() != 2)
            return done;
        std::vector<std::optional<es::Receipt>> receipts;
        for (const es::StreamBatch& part : batches)
            receipts.emplace_back(*inner.append_unchecked(part.stream, part.batch));
        return receipts;
    }
};

class FindsNoEvent : public HonestVerbs {
public:
    [[nodiscard]] es::Result<es::Page> find_event(const es::Uuid& id,
                                                  const es::CallOptions& call = {}) const {
        auto found = inner.find_event(id, call);
        return found ? es::Page{} : std::move(found);
    }
};

/// Finds another event for an id that it does not know.
class FindsAnyEvent : public HonestVerbs {
public:
    [[nodiscard]] es::Result<es::Page> find_event(const es::Uuid& id,
                                                  const es::CallOptions& call = {}) const {
        auto found = inner.find_event(id, call);
        return found && found->empty() ? inner.read_all({.limit = 1}, call) : std::move(found);
    }
};

/// The head is that of the event before the last.
class TellsAnOldHead : public HonestVerbs {
public:
    [[nodiscard]] es::Result<std::optional<es::Position>>
    head(const es::CallOptions& call = {}) const {
        auto head = inner.head(call);
        if (head && *head)
            *head = es::Position{(*head)->value() - 1};
        return head;
    }
};

/// The head of a store without events is a position.
class TellsAHeadOfNothing : public HonestVerbs {
public:
    [[nodiscard]] es::Result<std::optional<es::Position>>
    head(const es::CallOptions& call = {}) const {
        auto head = inner.head(call);
        if (head && !*head)
            *head = es::Position{};
        return head;
    }
};

class SyncsBeyondItsHead : public HonestVerbs {
public:
    [[nodiscard]] es::Result<void> sync(es::Position, const es::CallOptions& call = {}) const {
        const auto head = inner.head(call);
        return head ? es::Result<void>{} : head.error();
    }
};

/// Says that an id is stored already, and not where.
class HidesThePlaceOfAnId : public HonestStore {
public:
    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        return hidden(inner.append(stream, expected, batch, condition, call));
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return hidden(inner.append_unchecked(stream, batch, call));
    }

private:
    static es::Result<es::Receipt> hidden(es::Result<es::Receipt> done) {
        if (!done && done.error() == es::errc::duplicate_id)
            return es::Error(es::errc::duplicate_id, done.error().message());
        return done;
    }
};

} // namespace broken_stores

#endif
