// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_ENGINE_HPP
#define EVENTSOURCING_STORE_MEMORY_ENGINE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/memory/append.hpp>
#include <eventsourcing/store/memory/events.hpp>
#include <eventsourcing/store/memory/kept.hpp>
#include <eventsourcing/store/memory/part.hpp>
#include <eventsourcing/store/memory/progress.hpp>
#include <eventsourcing/store/memory/repeated.hpp>
#include <eventsourcing/store/memory/snapshots.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The one engine of all handles of a memory store: its events, under a lock, and the callers that
/// wait for more. May be used from several threads at once.
///
/// An append does everything that can fail before the first change that a reader could see, so a
/// copy constructor that throws leaves the store as it was.
template <class T = void>
class MemoryEngineOf {
public:
    using Places = typename MemoryRepeatedOf<T>::Places;

    explicit MemoryEngineOf(Environment environment = {})
        : environment_(std::move(environment)),
          id_(environment_.new_id()),
          changed_(mutex_, environment_) {}

    template <class Source>
    Result<Receipt> append(StreamNameView stream, const MemoryTerms& terms, const Source& source) {
        Places stored;
        {
            const std::lock_guard lock(mutex_);
            if (closed_)
                return memory_closed();
            if (!repeated_.knows_any(source))
                return told(appender_.append(stream, terms, source));
            if (auto found = repeated_.places(stream, terms, source); found)
                stored = *std::move(found);
            else
                return std::move(found).error();
        }
        return repeated_.receipt(stored, source);
    }

    /// Appends all of the parts or nothing. Their streams differ.
    Result<std::vector<std::optional<Receipt>>>
    append_all(std::span<const Dependent<MemoryAppend, T>> parts) {
        std::vector<Places> stored;
        {
            const std::lock_guard lock(mutex_);
            if (closed_)
                return memory_closed();
            bool any_known = false;
            for (const MemoryAppend& part : parts)
                any_known = any_known || (part.source && repeated_.knows_any(*part.source));
            if (!any_known)
                return told(appender_.append_all(parts));
            for (const MemoryAppend& part : parts) {
                stored.emplace_back();
                if (!part.source)
                    continue;
                auto found = repeated_.places(part.stream, {part.expected, nullptr}, *part.source);
                if (!found)
                    return std::move(found).error();
                stored.back() = *std::move(found);
            }
            if (auto whole = repeated_.check_all(parts, stored); !whole)
                return std::move(whole).error();
        }
        std::vector<Dependent<std::optional<Receipt>, T>> receipts(parts.size());
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (parts[i].source) {
                auto receipt = repeated_.receipt(stored[i], *parts[i].source);
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
            return memory_closed();
        return events_.part(stream, from, count);
    }
    /// At most `count` events of a stream back from the revision `from`, or from its end; still in
    /// ascending order.
    [[nodiscard]] Result<MemoryPart> part_before(StreamNameView stream,
                                                 std::optional<std::uint64_t> from,
                                                 std::uint64_t count) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        return events_.part_before(stream, from, count);
    }

    /// The last position; 0 if there are no events.
    [[nodiscard]] Result<std::uint64_t> head() const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        return events_.head;
    }
    /// Where the event of this id is; null if there is none.
    [[nodiscard]] Result<const MemoryPlace*> find(const Uuid& id) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        return events_.find(id);
    }
    /// Where the event at `position` is, which must not be after a returned `head()`.
    [[nodiscard]] const MemoryPlace& at(std::uint64_t position) const {
        return events_.log.at(position);
    }

    [[nodiscard]] Result<Uuid> store_id() const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
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
    MemoryProgressOf<T> progress;
    MemorySnapshotsOf<T> snapshots;

private:
    /// The answer to an append, of which those who wait are told.
    template <class Answer>
    Answer told(Answer done) {
        if (done && waiting_ > 0)
            changed_.notify_all();
        return done;
    }

    Result<bool> wait_locked(std::unique_lock<std::mutex>& lock, std::optional<Position> after,
                             const CallOptions& call) {
        if (!closed_)
            if (auto good = check_position(after, Position{events_.head}, "wait_for_append"); !good)
                return std::move(good).error();
        const auto there = [&] {
            return events_.head > 0 && (!after || Position{events_.head} > *after);
        };
        changed_.wait(lock, call.stop, call.deadline, [&] { return closed_ || there(); });
        if (closed_)
            return memory_closed();
        if (there())
            return true;
        if (call.stop.stop_requested())
            return wait_stopped("the memory store");
        return false;
    }

    const Environment environment_;
    const Uuid id_;
    mutable std::mutex mutex_;
    TimedCondition changed_;
    std::size_t waiting_ = 0;
    bool closed_ = false;
    MemoryEventsOf<T> events_;
    MemoryAppenderOf<T> appender_{events_};
    const MemoryRepeatedOf<T> repeated_{events_};
};

using MemoryEngine = MemoryEngineOf<>;

} // namespace eventsourcing::detail

#endif
