// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_STATE_CACHE_HPP
#define EVENTSOURCING_RUNTIME_STATE_CACHE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/loaded.hpp>

#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace eventsourcing::detail {

/// The last known states of the streams that were used last, at most so many. They may be out of
/// date. All functions may be called from several threads at once; no code of the application runs
/// under the lock, except that the last owner of a state destroys it.
template <Aggregate A>
class StateCache {
public:
    using State = std::shared_ptr<const Loaded<A>>;

    explicit StateCache(std::size_t most) : most_(most) {}

    /// Null if the cache does not have it.
    [[nodiscard]] State find(StreamNameView stream) {
        const std::lock_guard lock{mutex_};
        const auto found = index_.find(stream.view());
        if (found == index_.end())
            return {};
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->state;
    }

    /// Keeps the state of a stream, unless a later one is there, and lets go of the stream that was
    /// not used for the longest time.
    void put(StreamNameView stream, State state) {
        State old; // destroyed after the lock
        const std::lock_guard lock{mutex_};
        if (const auto found = index_.find(stream.view()); found != index_.end()) {
            Entry& entry = *found->second;
            if (entry.state->revision <= state->revision)
                old = std::exchange(entry.state, std::move(state));
            return;
        }
        entries_.push_front({StreamName(stream), std::move(state)});
        index_.emplace(entries_.front().stream.view(), entries_.begin());
        if (entries_.size() > most_)
            old = take(std::prev(entries_.end()));
    }

    /// Forgets a stream.
    void drop(StreamNameView stream) {
        State old;
        const std::lock_guard lock{mutex_};
        if (const auto found = index_.find(stream.view()); found != index_.end())
            old = take(found->second);
    }

private:
    struct Entry {
        StreamName stream;
        State state;
    };
    using Entries = std::list<Entry>;

    State take(typename Entries::iterator entry) {
        State state = std::move(entry->state);
        index_.erase(entry->stream.view());
        entries_.erase(entry);
        return state;
    }

    const std::size_t most_;
    std::mutex mutex_;
    Entries entries_; // the one that was used last first
    std::unordered_map<std::string_view, typename Entries::iterator> index_;
};

} // namespace eventsourcing::detail

#endif
