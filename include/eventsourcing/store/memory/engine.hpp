// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_ENGINE_HPP
#define EVENTSOURCING_STORE_MEMORY_ENGINE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/arena.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/memory/block.hpp>
#include <eventsourcing/store/memory/id_index.hpp>
#include <eventsourcing/store/memory/log.hpp>
#include <eventsourcing/store/memory/match_index.hpp>
#include <eventsourcing/store/memory/part.hpp>
#include <eventsourcing/store/memory/progress.hpp>
#include <eventsourcing/store/memory/records.hpp>
#include <eventsourcing/store/memory/snapshots.hpp>
#include <eventsourcing/store/memory/sources.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/text_map.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// What an append to a memory store requires; null for nothing.
struct MemoryTerms {
    const ExpectedRevision* expected = nullptr;
    const AppendCondition* condition = nullptr;
};

/// A part of an append to several streams. It has no source if it only checks the expectation.
struct MemoryAppend {
    StreamNameView stream;
    const ExpectedRevision* expected;
    std::optional<ByteEvents> source;

    [[nodiscard]] std::size_t size() const { return source ? source->size() : 0; }
};

/// The one engine of all handles of a memory store: streams of blocks, the order of all events, and
/// the indexes by id, type and tag. May be used from several threads at once.
///
/// An append does everything that can fail before the first change that a reader could see, so a
/// copy constructor that throws leaves the store as it was.
class MemoryEngine {
public:
    explicit MemoryEngine(Environment environment = {})
        : environment_(std::move(environment)),
          id_(environment_.new_id()),
          changed_(mutex_, environment_) {}
    MemoryEngine(const MemoryEngine&) = delete;
    MemoryEngine& operator=(const MemoryEngine&) = delete;
    ~MemoryEngine() {
        for (auto& [name, stream] : streams_)
            while (MemoryBlock* block = stream.first) {
                stream.first = block->next;
                MemoryBlock::destroy(block);
            }
    }

    template <class Source>
    Result<Receipt> append(StreamNameView stream, const MemoryTerms& terms, const Source& source) {
        std::vector<MemoryPlace> stored;
        {
            const std::lock_guard lock(mutex_);
            if (closed_)
                return closed_error();
            if (!knows_any(source)) {
                auto done = append_new(stream, terms, source);
                if (done && waiting_ > 0)
                    changed_.notify_all();
                return done;
            }
            if (auto found = stored_batch(stream, terms, source); found)
                stored = *std::move(found);
            else
                return std::move(found).error();
        }
        return first_receipt(stored, source); // may run the application's functions: no lock
    }

    /// Appends all of the parts or nothing. Their streams differ.
    Result<std::vector<std::optional<Receipt>>> append_all(std::span<const MemoryAppend> parts) {
        std::vector<std::vector<MemoryPlace>> stored;
        {
            const std::lock_guard lock(mutex_);
            if (closed_)
                return closed_error();
            bool any_known = false;
            for (const MemoryAppend& part : parts)
                any_known = any_known || (part.source && knows_any(*part.source));
            if (!any_known) {
                auto done = append_all_new(parts);
                if (done && waiting_ > 0)
                    changed_.notify_all();
                return done;
            }
            for (const MemoryAppend& part : parts) {
                stored.emplace_back();
                if (!part.source)
                    continue;
                auto found = stored_batch(part.stream, {part.expected, nullptr}, *part.source);
                if (!found)
                    return std::move(found).error();
                stored.back() = *std::move(found);
            }
            if (auto whole = check_all_stored(parts, stored); !whole)
                return std::move(whole).error();
        }
        std::vector<std::optional<Receipt>> receipts(parts.size());
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (parts[i].source) {
                auto receipt = first_receipt(stored[i], *parts[i].source);
                if (!receipt)
                    return std::move(receipt).error();
                receipts[i] = *receipt;
            }
        return receipts;
    }

    /// At most `count` events of a stream from the revision `from` on.
    [[nodiscard]] Result<MemoryPart> part(StreamNameView stream, std::uint64_t from,
                                          std::uint64_t count) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        const auto found = streams_.find(stream.view());
        if (found == streams_.end())
            return MemoryPart{};
        const MemoryStream& all = found->second;
        MemoryPart part{.first_revision = from, .stream_size = all.size};
        if (from >= all.size)
            return part;
        part.size = std::min(count, all.size - from);
        part.block = all.first;
        while (part.block->next && part.block->next->first_revision <= from)
            part.block = part.block->next;
        part.slot = narrowed<std::size_t>(from - part.block->first_revision);
        return part;
    }

    /// At most `count` events of a stream back from the revision `from`, or from its end; still in
    /// ascending order.
    [[nodiscard]] Result<MemoryPart> part_before(StreamNameView stream,
                                                 std::optional<std::uint64_t> from,
                                                 std::uint64_t count) const {
        auto all = part(stream, 0, 0);
        if (!all || all->stream_size == 0)
            return all;
        const std::uint64_t end =
            from ? std::min(all->stream_size - 1, *from) : all->stream_size - 1;
        const std::uint64_t size = std::min(count, end + 1);
        return part(stream, end + 1 - size, size);
    }

    /// The last position; 0 if there are no events.
    [[nodiscard]] Result<std::uint64_t> head() const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        return head_;
    }
    /// Where the event of this id is.
    [[nodiscard]] Result<std::optional<MemoryPlace>> find(const Uuid& id) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        const std::uint64_t position = ids_.find(id, log_);
        return position == 0 ? std::nullopt : std::optional(log_.at(position));
    }
    /// Where the event at `position` is, which must not be after a returned `head()`.
    [[nodiscard]] const MemoryPlace& at(std::uint64_t position) const { return log_.at(position); }

    [[nodiscard]] Result<Uuid> store_id() const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        return id_;
    }

    [[nodiscard]] const Environment& environment() const { return environment_; }

    /// `call` has begun.
    Result<bool> wait(std::optional<Position> after, const CallOptions& call) {
        std::unique_lock lock(mutex_);
        ++waiting_;
        auto answer = wait_locked(lock, after, call);
        --waiting_;
        return answer;
    }

    void close() {
        progress.close();
        snapshots.close();
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

    // Each with a lock of its own: nothing of them depends on the events.
    MemoryProgress progress;
    MemorySnapshots snapshots;

    // For sources, under the lock, before anything is published:

    /// A type, version, content type or source, kept once.
    std::string_view name(std::string_view text) { return index_.name(text); }
    std::string_view keep(std::string_view bytes) { return arena_.keep(bytes); }
    /// Says that the event at `position` came as bytes with this type, which `name` has seen.
    void note_name(std::string_view type, std::uint64_t position) noexcept {
        index_.note_name(type, position);
    }

private:
    using Positions = MatchIndex::Positions;

    static Error closed_error() { return {errc::closed, "the memory store was closed"}; }

    // ---- ids that are stored already ----------------------------------------------------------

    template <class Source>
    bool knows_any(const Source& source) const {
        for (std::size_t i = 0; i < source.size(); ++i)
            if (ids_.find(source.id(i), log_) != 0)
                return true;
        return false;
    }

    static Error duplicate_error(const Uuid& id, const MemoryPlace& at, std::string_view why) {
        return detail::duplicate_error(id, at.block->stream->name, Revision{at.revision()}, why);
    }

    /// Where the batch is, if it was appended as a whole before, at the place that is asked for
    /// now; empty if none of its ids is known.
    template <class Source>
    Result<std::vector<MemoryPlace>> stored_batch(StreamNameView stream, const MemoryTerms& terms,
                                                  const Source& source) const {
        std::vector<MemoryPlace> places;
        const MemoryPlace* known = nullptr;
        Uuid known_id;
        for (std::size_t i = 0; i < source.size(); ++i) {
            const std::uint64_t position = ids_.find(source.id(i), log_);
            if (position == 0)
                continue;
            places.push_back(log_.at(position));
            if (!known) {
                known = &log_.at(position);
                known_id = source.id(i);
            }
        }
        if (!known)
            return places;
        bool whole = places.size() == source.size();
        for (std::size_t i = 0; i < places.size(); ++i)
            whole = whole && places[i].block->stream->name == stream.view() &&
                    places[i].revision() == places[0].revision() + i;
        if (!whole)
            return duplicate_error(known_id, *known, not_whole);
        if (terms.expected && !could_start_at(Revision{places[0].revision()}, *terms.expected))
            return duplicate_error(known_id, *known, other_expectation(*terms.expected));
        return places;
    }

    template <class Source>
    Result<Receipt> first_receipt(std::span<const MemoryPlace> stored, const Source& source) const {
        auto events = source.encoded();
        if (!events)
            return std::move(events).error();
        MemoryRecords records;
        for (std::size_t i = 0; i < stored.size(); ++i) {
            auto record = records.record(stored[i]);
            if (!record)
                return std::move(record).error();
            if (!same_content(*record, (*events)[i]))
                return duplicate_error(record->id, stored[i], other_content);
        }
        return Receipt{.first = Revision{stored.front().revision()},
                       .last = Revision{stored.back().revision()},
                       .position = Position{stored.back().stamp().position},
                       .repeated = true};
    }

    /// Refuses to append the rest of what was appended in part.
    static Result<void> check_all_stored(std::span<const MemoryAppend> parts,
                                         std::span<const std::vector<MemoryPlace>> stored) {
        const MemoryPlace* known = nullptr;
        bool whole = true;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            whole = whole && (!parts[i].source || !stored[i].empty());
            if (!known && !stored[i].empty())
                known = &stored[i].front();
        }
        return whole ? Result<void>{} : duplicate_error(known->stamp().id, *known, not_all);
    }

    // ---- the checks of an append ----------------------------------------------------------------

    [[nodiscard]] MemoryStream* find_stream(StreamNameView name) {
        const auto found = streams_.find(name.view());
        return found == streams_.end() ? nullptr : &found->second;
    }

    static Result<void> check_expected(StreamNameView name, const MemoryStream* stream,
                                       ExpectedRevision expected) {
        const auto last = stream ? std::optional(Revision{stream->size - 1}) : std::nullopt;
        if (!meets(last, expected))
            return conflict_error(name, expected, last);
        return {};
    }

    [[nodiscard]] Result<void> check_room(std::size_t count) const {
        if (count > IdIndex::max_position - head_)
            return Error(errc::overflow, "the memory store is full: it counts to 2^48 events");
        return {};
    }

    Result<std::vector<std::optional<Receipt>>>
    append_all_new(std::span<const MemoryAppend> parts) {
        std::size_t count = 0;
        for (const MemoryAppend& part : parts) {
            if (auto met = check_expected(part.stream, find_stream(part.stream), *part.expected);
                !met)
                return std::move(met).error();
            count += part.size();
        }
        if (auto room = check_room(count); !room)
            return std::move(room).error();
        return add_all(parts, count);
    }

    template <class Source>
    Result<Receipt> append_new(StreamNameView name, const MemoryTerms& terms,
                               const Source& source) {
        MemoryStream* stream = find_stream(name);
        if (terms.expected)
            if (auto met = check_expected(name, stream, *terms.expected); !met)
                return std::move(met).error();
        if (terms.condition && !terms.condition->none()) {
            if (auto good = check_position(terms.condition->after, Position{head_},
                                           "AppendCondition::after");
                !good)
                return std::move(good).error();
            if (const auto position = index_.match_after(*terms.condition, head_, log_);
                position != 0)
                return condition_error(log_.at(position).type(), Position{position},
                                       log_.at(position).block->stream->name);
        }
        if (auto room = check_room(source.size()); !room)
            return std::move(room).error();
        return add(name, stream, source);
    }

    // ---- adding events ------------------------------------------------------------------------

    /// What an append has made that no reader sees yet; undone unless it is published.
    struct Draft {
        Draft(MemoryEngine& owner, std::uint64_t last_before)
            : engine(owner),
              head_before(last_before) {}
        Draft(const Draft&) = delete;
        Draft& operator=(const Draft&) = delete;
        ~Draft() {
            if (published)
                return;
            if (tail_made > 0)
                stream->last->kind->destroy(stream->last->event(stream->last->size), tail_made);
            if (block) {
                block->size = block_made;
                MemoryBlock::destroy(block);
            }
            for (Positions* positions : tagged)
                positions->pop_back();
            if (metadata_made)
                engine.metadata_.pop_back();
            if (stream_made)
                engine.streams_.erase(engine.streams_.find(stream->name));
        }

        MemoryEngine& engine;
        /// The last position before its first event.
        std::uint64_t head_before;
        MemoryStream* stream = nullptr;
        MemoryBlock* block = nullptr;
        /// How many of its events go into the stream's last block.
        std::size_t in_tail = 0;
        std::size_t tail_made = 0;
        std::size_t block_made = 0;
        bool stream_made = false;
        bool metadata_made = false;
        bool published = false;
        std::vector<Positions*> tagged{};
    };

    template <class Source>
    Result<Receipt> add(StreamNameView name, MemoryStream* known, const Source& source) {
        const std::size_t count = source.size();
        log_.reserve(head_ + count);
        ids_.reserve(count, log_);
        Draft draft(*this, head_);
        make_events(draft, name, known, source);
        publish(draft, source);
        return receipt_of(*draft.stream, count);
    }

    Result<std::vector<std::optional<Receipt>>> add_all(std::span<const MemoryAppend> parts,
                                                        std::size_t count) {
        std::vector<std::optional<Receipt>> receipts(parts.size());
        log_.reserve(head_ + count);
        ids_.reserve(count, log_);
        std::deque<Draft> drafts;
        std::uint64_t head_before = head_;
        for (const MemoryAppend& part : parts)
            if (part.source) {
                make_events(drafts.emplace_back(*this, head_before), part.stream,
                            find_stream(part.stream), *part.source);
                head_before += part.size();
            }
        auto draft = drafts.begin();
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (parts[i].source) {
                publish(*draft, *parts[i].source);
                receipts[i] = receipt_of(*draft->stream, parts[i].size());
                ++draft;
            }
        return receipts;
    }

    /// Of the last `count` events of the stream, the last ones that were published.
    [[nodiscard]] Receipt receipt_of(const MemoryStream& stream, std::size_t count) const {
        return Receipt{.first = Revision{stream.size - count},
                       .last = Revision{stream.size - 1},
                       .position = Position{head_}};
    }

    /// Everything of an append that can fail.
    template <class Source>
    void make_events(Draft& draft, StreamNameView name, MemoryStream* known, const Source& source) {
        const std::size_t count = source.size();
        draft.stream = known;
        if (!known) {
            auto& [key, stream] = entry_of(streams_, name.view());
            stream.name = key;
            draft.stream = &stream;
            draft.stream_made = true;
        }
        MemoryStream& stream = *draft.stream;

        MemoryBlock* tail = stream.last;
        std::size_t& in_tail = draft.in_tail;
        if (tail && tail->kind == &source.kind())
            in_tail = std::min(count, tail->capacity.load(std::memory_order_relaxed) - tail->size);
        if (in_tail < count)
            draft.block =
                MemoryBlock::make(stream, index_.use_of(source.kind()), stream.size + in_tail,
                                  std::max(count - in_tail, next_capacity(tail, source.kind())));

        const MemoryExtra* extra = nullptr;
        for (std::size_t i = 0; i < count; ++i) {
            MemoryBlock& block = i < in_tail ? *tail : *draft.block;
            const std::size_t slot = i < in_tail ? tail->size + i : i - in_tail;
            if (source.has_extras())
                extra = make_extra(draft, source, i, extra);
            source.construct(*this, block.events, slot, i);
            ++(i < in_tail ? draft.tail_made : draft.block_made);
            std::construct_at(block.stamps + slot,
                              MemoryStamp{.id = source.id(i),
                                          .recorded_at = source.recorded_at(i),
                                          .position = draft.head_before + 1 + i,
                                          .extra = extra});
        }
    }

    template <class Source>
    void publish(Draft& draft, const Source& source) noexcept {
        const std::size_t in_tail = draft.in_tail;
        MemoryStream& stream = *draft.stream;
        MemoryBlock* tail = stream.last;
        const std::size_t first_slot = tail ? tail->size : 0;
        for (std::size_t i = 0; i < source.size(); ++i) {
            MemoryBlock* block = i < in_tail ? tail : draft.block;
            ids_.insert(source.id(i), ++head_);
            log_.set(head_, {block, i < in_tail ? first_slot + i : i - in_tail});
            source.note_type(*this, *block->use, i, head_);
        }
        if (in_tail > 0)
            tail->size += in_tail;
        if (draft.block) {
            draft.block->size = source.size() - in_tail;
            if (tail) {
                tail->capacity.store(tail->size, std::memory_order_relaxed);
                tail->next = draft.block;
            } else {
                stream.first = draft.block;
            }
            stream.last = draft.block;
        }
        stream.size += source.size();
        draft.published = true;
    }

    static std::size_t next_capacity(const MemoryBlock* tail, const MemoryKind& kind) {
        constexpr std::size_t first = 4;
        constexpr std::size_t most = 4096;
        if (!tail || tail->kind != &kind)
            return first;
        return std::clamp(2 * tail->capacity.load(std::memory_order_relaxed), first, most);
    }

    /// The extra of event `i`; it shares the one before if the metadata is all it has.
    template <class Source>
    const MemoryExtra* make_extra(Draft& draft, const Source& source, std::size_t i,
                                  const MemoryExtra* before) {
        const auto tags = source.tags(i);
        if (!source.metadata() && tags.empty())
            return nullptr;
        if (before && tags.empty() && before->tags.empty())
            return before;
        if (source.metadata() && !draft.metadata_made) {
            metadata_.push_back(*source.metadata());
            draft.metadata_made = true;
        }
        std::vector<std::string_view> kept;
        kept.reserve(tags.size());
        draft.tagged.reserve(draft.tagged.size() + tags.size());
        for (const std::string_view tag : tags) {
            auto& [key, positions] = index_.tagged(tag);
            positions.push_back(draft.head_before + 1 + i);
            draft.tagged.push_back(&positions);
            kept.emplace_back(key);
        }
        void* raw = arena_.room(sizeof(MemoryExtra));
        return std::construct_at(
            static_cast<MemoryExtra*>(raw),
            MemoryExtra{.metadata = draft.metadata_made ? &metadata_.back() : nullptr,
                        .tags = arena_.keep_views(kept)});
    }

    // ---- waiting ------------------------------------------------------------------------------

    Result<bool> wait_locked(std::unique_lock<std::mutex>& lock, std::optional<Position> after,
                             const CallOptions& call) {
        if (!closed_)
            if (auto good = check_position(after, Position{head_}, "wait_for_append"); !good)
                return std::move(good).error();
        const auto there = [&] { return head_ > 0 && (!after || Position{head_} > *after); };
        changed_.wait(lock, call.stop, call.deadline, [&] { return closed_ || there(); });
        if (closed_)
            return closed_error();
        if (there())
            return true;
        if (call.stop.stop_requested())
            return Error(errc::cancelled, "waiting for an append was stopped");
        return false;
    }

    const Environment environment_;
    const Uuid id_;
    mutable std::mutex mutex_;
    TimedCondition changed_;
    std::size_t waiting_ = 0;
    bool closed_ = false;
    std::uint64_t head_ = 0;
    TextMap<MemoryStream> streams_;
    MemoryLog log_;
    IdIndex ids_;
    MatchIndex index_;
    std::deque<Metadata> metadata_;
    Arena arena_;
};

} // namespace eventsourcing::detail

#endif
