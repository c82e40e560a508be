// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_STATE_CACHE_HPP
#define EVENTSOURCING_RUNTIME_STATE_CACHE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/narrowed.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/short_mutex.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace eventsourcing::detail {

/// What was folded of the streams of one category that were used last, at most so many. It may be
/// out of date. All functions may be called from several threads at once; no code of the
/// application runs under the lock. `Kept` tells its revision.
template <class Kept>
class StateCache {
public:
    using State = std::shared_ptr<const Kept>;

    /// The place of one stream, also after the cache has let go of it.
    class Slot {
    public:
        explicit Slot(StreamNameView its_stream) : stream(its_stream) {}

        const StreamName stream;

    private:
        friend StateCache;
        State state_;
    };
    struct Found {
        std::shared_ptr<Slot> slot{};
        State state{};
    };

    explicit StateCache(std::size_t most) : most_(most) {}

    /// Both null if the cache does not have the stream of this id.
    [[nodiscard]] Found find(std::string_view id) {
        const std::lock_guard lock{mutex_};
        const auto found = index_.find(id);
        if (found == index_.end())
            return {};
        entries_.splice(entries_.begin(), entries_, found->second);
        return {*found->second, (*found->second)->state_};
    }

    /// Keeps the state of a stream, unless a later one is there.
    void update(Slot& slot, State state) {
        const std::lock_guard lock{mutex_};
        if (!slot.state_ || slot.state_->revision <= state->revision)
            slot.state_.swap(state); // the old one is destroyed after the lock
    }

    /// The same for a stream that was not found; lets go of the one that was not used for the
    /// longest time.
    void put(StreamNameView stream, State state) {
        auto slot = std::make_shared<Slot>(stream);
        std::shared_ptr<Slot> old; // destroyed after the lock
        {
            const std::lock_guard lock{mutex_};
            if (const auto found = index_.find(stream.id()); found != index_.end()) {
                slot = *found->second;
            } else {
                entries_.push_front(slot);
                index_.emplace(StreamNameView(slot->stream).id(), entries_.begin());
                if (entries_.size() > most_)
                    old = take(std::prev(entries_.end()));
            }
        }
        update(*slot, std::move(state));
    }

    /// Forgets a stream.
    void drop(std::string_view id) {
        std::shared_ptr<Slot> old;
        const std::lock_guard lock{mutex_};
        if (const auto found = index_.find(id); found != index_.end())
            old = take(found->second);
    }

private:
    using Entries = std::list<std::shared_ptr<Slot>>;
    /// Cheaper than that of std for short texts. Ids are chosen by whoever may begin streams.
    struct Hash {
        std::size_t operator()(std::string_view id) const {
            if (id.size() > 16)
                return std::hash<std::string_view>{}(id);
            std::array<std::uint64_t, 2> words{};
            if (!id.empty())
                std::memcpy(words.data(), id.data(), id.size());
            constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
            std::uint64_t hash = (words[0] ^ id.size()) * odd;
            hash = (hash ^ hash >> 32U ^ words[1]) * odd;
            return narrowed<std::size_t>(hash ^ hash >> 32U);
        }
    };

    std::shared_ptr<Slot> take(typename Entries::iterator entry) {
        std::shared_ptr<Slot> slot = std::move(*entry);
        index_.erase(StreamNameView(slot->stream).id());
        entries_.erase(entry);
        return slot;
    }

    const std::size_t most_;
    ShortMutex mutex_;
    Entries entries_; // the one that was used last first
    std::unordered_map<std::string_view, typename Entries::iterator, Hash> index_;
};

} // namespace eventsourcing::detail

#endif
