// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_PARKED_REPLAY_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_PARKED_REPLAY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/following/following.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_limits.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Handles the parked events of a key once more, page by page.
template <class Store, class Keeper, class Handler>
class ParkedReplay {
public:
    ParkedReplay(Following<Store, Keeper, Handler>& at, const std::string& key,
                 const CallOptions& call)
        : at_(at),
          key_(key),
          call_(call) {}

    /// Those that succeed leave the line, the first one that fails stays, and what is after it.
    /// Returns how many are left.
    Result<std::size_t> run() {
        if (!at_.loaded || at_.pace.deferred()) {
            at_.forget();
            if (auto done = at_.load(call_); !done)
                return std::move(done).error();
        }
        auto line = at_.parking.line(at_.progress.keeper(), at_.progress.key(), key_, call_);
        if (!line)
            return std::move(line).error();
        const std::size_t before = line->size();
        std::size_t left = before;
        for (std::size_t first = 0; first < before;) {
            const std::size_t end = std::min(before, first + at_.options.page_size);
            auto good = replay_page(std::span(*line).subspan(first, end - first), left);
            if (!good)
                return std::move(good).error();
            if (!*good) {
                at_.tells.released(key_, before - left, left);
                return left;
            }
            first = end;
        }
        at_.tells.released(key_, before, left);
        at_.parking.remove(key_);
        at_.status.parked(at_.parking.keys());
        return left;
    }

private:
    /// Returns whether all of them have left the line.
    Result<bool> replay_page(std::span<ParkedEvent> events, std::size_t& left) {
        ProgressCommit commit;
        commit.next.status = at_.progress.stored()->status;
        commit.next.failure = at_.progress.stored()->failure;
        commit.next.checkpoint = at_.progress.checkpoint();
        auto good = handle(events, commit);
        if (!good)
            return good;
        left -= commit.unpark.size();
        if (auto done = at_.handler.collect(commit); !done)
            return std::move(done).error();
        if (auto done = at_.progress.commit(std::move(commit), call_); !done)
            return std::move(done).error();
        if (auto done = at_.handler.committed(); !done)
            return std::move(done).error();
        return good;
    }

    /// Adds to the commit which of the parked events are handled, up to the first one that is not;
    /// returns whether all are.
    Result<bool> handle(std::span<ParkedEvent> events, ProgressCommit& commit) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            auto done = read_and_handle(events[i]);
            if (done) {
                commit.unpark.push_back({events[i].key, events[i].sequence});
                continue;
            }
            events[i].failure = failure_text(done.error().message());
            ++events[i].attempts;
            commit.park.push_back(events[i]);
            if (!Handler::can_undo)
                return false;
            if (auto good = at_.handler.roll_back(); !good)
                return std::move(good).error();
            for (const ParkedEvent& event : events.first(i)) // those before it, once more
                if (auto good = read_and_handle(event); !good)
                    return std::move(good).error();
            return false;
        }
        return true;
    }

    Result<void> read_and_handle(const ParkedEvent& event) {
        auto page =
            at_.store.read_stream(event.stream, {.from = event.revision, .limit = 1}, call_);
        if (!page)
            return std::move(page).error();
        if (page->empty() || page->records().front().id != event.event_id)
            return Error(errc::not_found, joined({event_place(event.stream.str(), event.revision),
                                                  ": the parked event is not there any more"}));
        const EventRecord& record = page->records().front();
        Handler& handler = at_.handler;
        if constexpr (requires { handler.handle_parked(record, event.key, call_, at_.parking); })
            return handler.handle_parked(record, event.key, call_, at_.parking);
        else
            return handler.handle_parked(record, event.key, call_);
    }

    Following<Store, Keeper, Handler>& at_;
    const std::string& key_;
    const CallOptions& call_;
};

} // namespace eventsourcing::detail

#endif
