// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_APPEND_WATCH_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_APPEND_WATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/all_feed.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/engines/eventstoredb/read_records.hpp>
#include <eventsourcing/engines/eventstoredb/retries.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

/// Waits for appends by long polls of `$all`. May be used from several threads at once.
template <class Client>
class AppendWatch {
public:
    explicit AppendWatch(const Calls<Client>& calls) : calls_(calls) {}

    /// `call` has begun.
    [[nodiscard]] Result<bool> wait(std::optional<Position> after, const CallOptions& call) const {
        const EitherStop either(call.stop, calls_.closing()); // also ends a request under way
        const auto last = call.deadline.value_or(Clock::time_point::max());
        const auto most = Calls<Client>::attempts_of(call);
        Retries retries(last, most, environment());
        for (auto pause = shortest_poll;;) {
            if (auto go_on = calls_.can_go_on(call); !go_on)
                return go_on.error() == errc::timed_out ? Result<bool>(false) : go_on.error();
            const auto begin = environment().steady_now();
            std::chrono::milliseconds rest{};
            auto response = poll_all(after, last, either.token(), rest);
            if (!response) {
                const auto& why = response.error();
                const bool over = why != errc::cancelled && Calls<Client>::is_final(why);
                if (!over && retries.wait(rest, either.token()))
                    continue;
                if ((over || retries.exhausted()) && calls_.can_go_on(call))
                    return std::move(response).error();
                // the deadline comes before the next attempt, or the store was closed
                environment().sleep(last - environment().steady_now(), either.token());
                continue;
            }
            const auto before = after;
            auto found = look(*response, after);
            if (!found || *found)
                return found;
            retries = Retries(last, most, environment());
            if (after != before)
                continue;
            // a server that doesn't wait is asked again after a while
            if (environment().steady_now() - begin < longest_poll) {
                const auto left = last - environment().steady_now();
                environment().sleep(std::min<Clock::duration>(pause, left), either.token());
                pause = std::min(2 * pause, longest_poll);
            }
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    static constexpr std::chrono::milliseconds shortest_poll{10};
    static constexpr std::chrono::milliseconds longest_poll{250};
    /// How long the server is asked to wait for an event, in seconds.
    static constexpr int long_poll = 10;

    /// With an error, `rest` is how long the server asks the client to wait.
    [[nodiscard]] Result<HttpResponse> poll_all(std::optional<Position> after,
                                                Clock::time_point last, const std::stop_token& stop,
                                                std::chrono::milliseconds& rest) const {
        const auto path = all_path(after, 20, "rich");
        const auto seconds = std::to_string(long_poll);
        const MessageHeader headers[] = {{"Accept", std::string(feed_type)},
                                         {"ES-LongPoll", seconds}};
        const auto limit = later(later(environment().steady_now(), std::chrono::seconds(long_poll)),
                                 calls_.session().options().attempt_timeout);
        const auto& session = calls_.session();
        std::size_t node = 0;
        auto response = session.send(
            {.path = path, .headers = headers, .deadline = std::min(last, limit), .stop = stop},
            node);
        if (response) {
            const auto answer = answer_of(*response, 200);
            if (answer != Answer::unknown && answer != Answer::busy)
                return response;
            rest = retry_after(*response);
            response = Error(errc::unavailable,
                             "$all: " + calls_.node_said(*response, session.node(node)));
        } else if (response.error() == errc::unknown_outcome) { // does not matter for a read
            response =
                std::move(response).error().as(errc::unavailable).with_outcome(Outcome::not_done);
        }
        if (!stop.stop_requested() && environment().steady_now() < last)
            session.leave(node);
        return response;
    }

    /// Whether there is an event in the page; otherwise `after` becomes its end.
    [[nodiscard]] Result<bool> look(const HttpResponse& response,
                                    std::optional<Position>& after) const {
        const auto feed = all_feed(calls_, response);
        if (!feed)
            return feed.error();
        for (const FeedEntry& entry : feed->entries)
            if (entry.stream && !is_system_stream(*entry.stream))
                return true;
        const auto next = next_position(*feed, after);
        if (!next)
            return next.error();
        after = *next;
        return false;
    }

    [[nodiscard]] const Environment& environment() const { return calls_.environment(); }

    const Calls<Client>& calls_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
