// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_PAGE_HANDLING_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_PAGE_HANDLING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/following.hpp>
#include <eventsourcing/runtime/following/place.hpp>
#include <eventsourcing/runtime/following/tried_again.hpp>
#include <eventsourcing/runtime/subscription_options.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// Has the events of one page handled, decides on those that fail, and stores what became of them,
/// as far as the page is stored by itself.
template <class Store, class Keeper, class Handler>
class PageHandling {
public:
    PageHandling(Following<Store, Keeper, Handler>& at, const Page& page, const CallOptions& call)
        : at_(at),
          page_(page),
          records_(page.records()),
          call_(call),
          now_(page.empty() ? Timestamp{} : at.environment.now()) {}

    Result<void> run() {
        auto done = handle_together();
        if constexpr (Handler::can_undo)
            if (!done && is_of_an_event(done.error()) && !at_.failing)
                return store_in_parts(std::move(done).error());
        return done;
    }

private:
    /// Handles the records. One that fails is decided upon, and then all since the last commit are
    /// handled once more, if that is how the handler takes back what it did of it.
    Result<void> handle_together() {
        std::size_t first = 0; // that is not stored
        std::size_t i = 0;
        std::size_t at_once = records_.size();
        while (i < records_.size()) {
            const std::size_t begin = i;
            const std::size_t end = begin + std::min(at_once, records_.size() - begin);
            auto done = handle(begin, end, i);
            if (done) {
                i = end;
                at_once *= 2;
                continue;
            }
            at_once = at_once_after_failure(i - begin);
            Error error = std::move(done).error();
            if constexpr (!Handler::can_undo) {
                if (auto good = after_failure(first, i, std::move(error)); !good)
                    return good;
            } else {
                if (at_.pace.deferred())
                    return at_.again_from_checkpoint(end_of_page());
                if (auto good = pass_over(first, i, std::move(error)); !good)
                    return good;
                if (!records_[i].position)
                    i = first; // positions of pages only: once more from the beginning
                else
                    first = ++i;
            }
        }
        return commit_page(first < records_.size());
    }

    /// Several partitions handle some events after the one that failed, which is wasted work:
    /// where many fail, fewer are handled at once.
    [[nodiscard]] std::size_t at_once_after_failure(std::size_t handled) const {
        if (at_.options.partitions == 1)
            return records_.size();
        return std::max<std::size_t>(2 * handled, 4 * std::size_t{at_.options.partitions});
    }

    /// Stores the page in several commits, after one commit was refused for what an event of it
    /// made, or for the size of all.
    Result<void> store_in_parts(Error error) {
        if (at_.pace.deferred())
            return at_.again_from_checkpoint(end_of_page());
        if (page_.empty())
            return error; // of no event
        if (auto good = at_.roll_back(); !good)
            return good;
        if (!records_.back().position)
            return store_smaller_page(std::move(error));
        std::size_t first = 0;
        while (first < records_.size() &&
               records_[first].position <= at_.progress.checkpoint().position)
            ++first;
        if (first < records_.size())
            if (auto good = store_parts(first, records_.size()); !good)
                return good;
        return commit_page(false);
    }
    /// Halves them until each commit is taken, or is of one event only, which is decided upon then.
    Result<void> store_parts(std::size_t first, std::size_t end) {
        auto done = commit_before(first, end);
        if (done)
            return done;
        if (!std::exchange(at_.failing, {}) && !is_of_an_event(done.error()))
            return done;
        if (end - first == 1)
            return pass_over(first, first, std::move(done).error());
        if (auto good = at_.roll_back(); !good)
            return good;
        const std::size_t middle = first + (end - first) / 2;
        if (auto good = store_parts(first, middle); !good)
            return good;
        return store_parts(middle, end);
    }
    /// The same where only pages have positions.
    Result<void> store_smaller_page(Error error) {
        if constexpr (requires { Handler::fails_in_commit; })
            if (error == errc::invalid)
                return Error(errc::unsupported,
                             "a statement failed, and this store does not tell of which event");
        if (records_.size() > 1) {
            at_.page_size = records_.size() / 2;
            at_.position = at_.progress.checkpoint().position;
            return {}; // it is read once more
        }
        ask_failed_row();
        if (auto good = pass_over(0, 0, std::move(error).within(place_of(records_.front()))); !good)
            return good;
        return run();
    }

    /// Stores what came before the event `i`, which failed, and what is decided of it: for each of
    /// its keys that fails.
    Result<void> pass_over(std::size_t first, std::size_t i, Error error) {
        for (;;) {
            if (auto good = at_.roll_back(); !good)
                return good;
            if (keeper_failed() || at_.parking.has_decided(records_[i]) || !may_leave(error)) {
                if (auto good = commit_before(first, i); !good)
                    return good;
                at_.fail_at(records_[i]);
                return error;
            }
            leave(records_[i], error);
            if (!records_[i].position)
                return {};
            auto stored = commit_before(first, i + 1);
            if (stored || !at_.failing || !at_.failing->is(records_[i]))
                return stored;
            at_.failing.reset();
            error = std::move(stored).error();
        }
    }

    /// The same for a handler whose work is not taken back, such as a sink: what came before the
    /// event that failed is stored and not handled once more, with what was parked of it.
    Result<void> after_failure(std::size_t& first, std::size_t& i, Error error) {
        const bool leaves = may_leave(error);
        if (leaves) {
            leave(records_[i], error);
            static_cast<void>(at_.parking.passes_decided(records_[i], now_));
            ++i;
        }
        if (first < i && records_[i - 1].position) {
            if (auto good = commit_at(records_[i - 1]); !good)
                return good;
            first = i;
        }
        if (leaves)
            return {};
        at_.fail_at(records_[i]);
        return error;
    }

    /// Whether an event that failed is parked or left out, and does not hold up the others. If one
    /// more key with parked events is more than the limit, the error says so.
    [[nodiscard]] bool may_leave(Error& error) const {
        if (must_wait<Handler>(error) || at_.options.on_failure == OnFailure::stop)
            return false;
        if (at_.options.on_failure != OnFailure::park ||
            at_.parking.keys_with_decided() < at_.options.max_parked_keys ||
            at_.parking.holds_asked())
            return true;
        error = std::move(error).within(
            joined({"there are parked events of ", std::to_string(at_.parking.keys_with_decided()),
                    " keys already (max_parked_keys), so this one is not parked"}));
        return false;
    }
    /// Decides so.
    void leave(const EventRecord& record, const Error& error) {
        if (at_.options.on_failure == OnFailure::park) {
            at_.parking.decide(record, error.message());
        } else {
            at_.parking.decide(record, std::nullopt);
            at_.tells.skips(record, error);
        }
    }
    [[nodiscard]] bool keeper_failed() const {
        if constexpr (requires { at_.handler.keeper_failed(); })
            return at_.handler.keeper_failed();
        else
            return false;
    }

    /// `i` becomes the first record that is not handled.
    Result<void> handle(std::size_t first, std::size_t end, std::size_t& i) {
        return at_.handler.handle(records_.subspan(first, end - first), at_.parking, now_, call_,
                                  i);
    }

    /// Handles once more and commits the records before `end`, which the store must tell the
    /// positions of.
    Result<void> commit_before(std::size_t first, std::size_t end) {
        if (first == end || !records_[end - 1].position)
            return {};
        std::size_t i = first;
        if (auto done = handle(first, end, i); !done) {
            if (auto good = at_.roll_back(); !good)
                return good;
            at_.fail_at(records_[i]);
            return std::move(done).error();
        }
        auto done = commit_at(records_[end - 1]);
        if (done || end - first > 1 || !is_of_an_event(done.error()))
            return done;
        if (auto good = at_.roll_back(); !good)
            return good;
        at_.fail_at(records_[first]);
        ask_failed_row();
        return std::move(done).error().within(place_of(records_[first]));
    }
    /// Asks for the row that could not be stored, if it was one.
    void ask_failed_row() {
        if constexpr (requires { at_.handler.failed_row(); })
            if (const auto& row = at_.handler.failed_row())
                at_.parking.ask(*row);
    }
    static std::string place_of(const EventRecord& record) {
        return event_place(record.stream, record.revision);
    }
    [[nodiscard]] std::optional<Position> end_of_page() const {
        return page_.last_position ? page_.last_position : at_.position;
    }
    [[nodiscard]] std::size_t parts() const {
        if constexpr (requires { at_.handler.parts(); })
            return at_.handler.parts() + at_.parking.staged().size();
        else
            return at_.parking.staged().size();
    }
    Result<void> commit_at(const EventRecord& last) {
        return at_.commit({.store_id = at_.progress.checkpoint().store_id,
                           .position = last.position,
                           .event_id = last.id},
                          SubscriptionState::catching_up, call_);
    }

    Result<void> commit_page(bool handled) {
        const auto next = end_of_page();
        const auto state = page_.at_end ? SubscriptionState::live : SubscriptionState::catching_up;
        if (!handled && next == at_.progress.checkpoint().position && !at_.pace.deferred()) {
            at_.position = next;
            return at_.store_status(state, call_);
        }
        if (!page_.at_end && at_.pace.defers(records_.size(), next, parts())) {
            at_.position = next;
            return {};
        }
        auto checkpoint = checkpoint_of_page(next);
        if (!checkpoint)
            return std::move(checkpoint).error();
        return at_.commit(*std::move(checkpoint), state, call_);
    }
    Result<Checkpoint> checkpoint_of_page(std::optional<Position> next) {
        if (!records_.empty() && records_.back().position == next)
            return Checkpoint{.store_id = at_.progress.checkpoint().store_id,
                              .position = next,
                              .event_id = records_.back().id};
        return checkpoint_at(at_.store, next, call_);
    }

    Following<Store, Keeper, Handler>& at_;
    const Page& page_;
    const std::span<const EventRecord> records_;
    const CallOptions& call_;
    const Timestamp now_;
};

} // namespace eventsourcing::detail

#endif
