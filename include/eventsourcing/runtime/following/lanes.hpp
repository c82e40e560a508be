// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_LANES_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_LANES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/following/workers.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <atomic>
#include <cstddef>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The events of one page by their keys. Those of one key are handled one after the other, in their
/// order, and several keys at once.
template <class Of>
class Lanes {
public:
    struct Lane {
        std::string_view key{};
        Of of{};

    private:
        friend class Lanes;
        struct Event {
            std::size_t number; // in the order in which all of the page were added
            std::size_t at;     // its place in the page
        };
        std::vector<Event> events{};
        std::atomic<std::size_t> done{0};
    };
    /// The first event of the page that failed, and for which key.
    struct Failure {
        Lane* lane = nullptr;
        std::size_t at = 0;
        Error error{errc::internal};
    };

    explicit Lanes(unsigned at_once) : workers_(at_once) {}

    [[nodiscard]] Workers& workers() { return workers_; }

    void clear() {
        lanes_.clear();
        by_key_.clear();
        events_ = 0;
    }
    /// Adds the event at a place of the page after those of its key. `begin(lane)` is called for
    /// the first one of a key.
    template <class Begin>
    void add(std::string_view key, std::size_t at, const Begin& begin) {
        auto found = by_key_.find(key);
        if (found == by_key_.end()) {
            found = by_key_.try_emplace(std::string(key)).first;
            found->second.key = found->first;
            lanes_.push_back(&found->second);
            begin(found->second);
        }
        found->second.events.push_back({events_++, at});
    }

    /// Makes `handle(lane, at)` in each thread by `make()` and has all events handled. After a
    /// failure those before it in the page are handled, and some of those after it.
    template <class Make>
    Result<std::optional<Failure>> run(std::span<const EventRecord> records, const Make& make) {
        failed_ = none;
        failure_.reset();
        show(records);
        auto done = workers_.share(lanes_.size(), [&] {
            return [this, handle = make()](std::size_t n) mutable { pass(*lanes_[n], handle); };
        });
        show({});
        if (!done)
            return std::move(done).error();
        return std::move(failure_);
    }

    /// While they are handled: the first event of the page that is not. Any thread.
    [[nodiscard]] std::optional<OpenEvent> oldest_open() const {
        const std::lock_guard lock(mutex_);
        if (shown_.empty())
            return std::nullopt;
        const Lane* oldest = nullptr;
        std::size_t number = none;
        std::size_t at = 0;
        for (const Lane* const lane : lanes_) {
            const std::size_t done = lane->done;
            if (done == lane->events.size() || lane->events[done].number >= number)
                continue;
            oldest = lane;
            number = lane->events[done].number;
            at = lane->events[done].at;
        }
        if (oldest == nullptr)
            return std::nullopt;
        return OpenEvent{.key = std::string(oldest->key),
                         .stream = std::string(shown_[at].stream),
                         .revision = shown_[at].revision};
    }

private:
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    template <class Handle>
    void pass(Lane& lane, Handle& handle) {
        for (const auto& event : lane.events) {
            if (event.number > failed_.load(std::memory_order_relaxed))
                return;
            auto done = handle(lane, event.at);
            if (!done)
                return fail(lane, event.number, event.at, std::move(done).error());
            lane.done.fetch_add(1);
        }
    }
    void fail(Lane& lane, std::size_t number, std::size_t at, Error error) {
        const std::lock_guard lock(mutex_);
        if (number > failed_)
            return;
        failed_ = number;
        failure_ = Failure{&lane, at, std::move(error)};
    }
    void show(std::span<const EventRecord> records) {
        const std::lock_guard lock(mutex_);
        shown_ = records;
    }

    Workers workers_;
    TextMap<Lane> by_key_{};
    std::vector<Lane*> lanes_{};
    std::size_t events_ = 0;
    std::atomic<std::size_t> failed_{none}; // the number of the first event that did
    mutable std::mutex mutex_{};
    std::optional<Failure> failure_{};
    std::span<const EventRecord> shown_{}; // while they are handled
};

} // namespace eventsourcing::detail

#endif
