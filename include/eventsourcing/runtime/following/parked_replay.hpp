// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_PARKED_REPLAY_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_PARKED_REPLAY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/following/following.hpp>
#include <eventsourcing/runtime/following/tried_again.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_limits.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
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
            if (auto known = check_known(); !known)
                return std::move(known).error();
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
    /// Loading would store a start under a name that nothing runs under.
    Result<void> check_known() const {
        const ProgressKey& key = at_.progress.key();
        auto stored = at_.progress.keeper().load_progress(key, call_);
        if (!stored)
            return std::move(stored).error();
        if (*stored)
            return {};
        return Error(errc::not_found,
                     joined({"nothing has run under the name ", key.name,
                             " with this version of its code, so nothing is parked there: expected "
                             "a name that es status lists"}));
    }

    /// Returns whether all of them have left the line.
    Result<bool> replay_page(std::span<ParkedEvent> events, std::size_t& left) {
        ProgressCommit commit;
        waits_.reset();
        auto good = handle(events, commit);
        if (!good)
            return good;
        const std::size_t handled = commit.unpark.size();
        auto done = store(std::move(commit));
        if constexpr (Handler::can_undo)
            if (!done && handled > 0 && is_of_an_event(done.error())) {
                if (auto undone = at_.handler.roll_back(); !undone)
                    return std::move(undone).error();
                return handled == 1 ? stays(events.front(), std::move(done).error())
                                    : replay_each(events, left);
            }
        if (!done)
            return std::move(done).error();
        left -= handled;
        if (waits_)
            return *std::move(waits_);
        return good;
    }
    /// After a commit was refused for what one of them made.
    Result<bool> replay_each(std::span<ParkedEvent> events, std::size_t& left) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            auto good = replay_page(events.subspan(i, 1), left);
            if (!good || !*good)
                return good;
        }
        return true;
    }
    /// Stores why it can't be stored.
    Result<bool> stays(ParkedEvent& event, Error error) {
        ProgressCommit commit;
        park(event, std::move(error).within(event_place(event.stream.str(), event.revision)),
             commit);
        if (auto done = store(std::move(commit)); !done)
            return std::move(done).error();
        return false;
    }
    static void park(ParkedEvent& event, const Error& error, ProgressCommit& commit) {
        event.failure = failure_text(error.message());
        ++event.attempts;
        commit.park.push_back(event);
    }
    Result<void> store(ProgressCommit&& commit) {
        const Progress& stored = *at_.progress.stored();
        commit.next.status = stored.status;
        commit.next.failure = stored.failure;
        commit.next.checkpoint = stored.checkpoint;
        if (auto done = at_.handler.collect(commit); !done)
            return done;
        if (auto done = at_.progress.commit(std::move(commit), call_); !done)
            return done;
        return at_.handler.committed();
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
            if (!says_nothing(done.error()))
                park(events[i], done.error(), commit);
            else if (i == 0)
                return std::move(done).error();
            else
                waits_ = std::move(done).error();
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
    /// Whether a failure says nothing of the event: it stays as it was.
    [[nodiscard]] bool says_nothing(const Error& error) const {
        if (error == errc::cancelled || error == errc::closed || error == errc::failed)
            return true;
        if constexpr (requires { at_.handler.keeper_failed(); })
            if (at_.handler.keeper_failed())
                return true;
        return read_failed_ ? is_tried_again(error) : must_wait<Handler>(error);
    }

    Result<void> read_and_handle(const ParkedEvent& event) {
        auto page =
            at_.store.read_stream(event.stream, {.from = event.revision, .limit = 1}, call_);
        read_failed_ = !page;
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
    bool read_failed_ = false; // and not the handler
    /// Why the event behind those of the commit is not decided upon.
    std::optional<Error> waits_{};
};

} // namespace eventsourcing::detail

#endif
