// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_ALL_FEED_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_ALL_FEED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/engines/eventstoredb/feed.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

/// The address of a page of `$all`.
inline std::string all_path(std::optional<Position> after, std::size_t limit,
                            std::string_view embed) {
    return "/streams/%24all/" + text_of(after.value_or(Position{})) + "/forward/" +
           std::to_string(limit) + "?embed=" + std::string(embed);
}

/// A page of `$all`.
template <class Client>
Result<Feed> all_feed(const Calls<Client>& calls, const HttpResponse& response) {
    if (response.status != 200)
        return answer_of(response, 200) == Answer::denied
                   ? calls.answered(errc::denied, "$all", response,
                                    "reading everything is for administrators unless the access "
                                    "list of $all says otherwise")
                   : calls.refusal("$all", response);
    auto feed = read_feed(response.body);
    if (!feed)
        return std::move(feed).error().within("$all");
    return feed;
}

/// Where the next page starts.
inline Result<std::optional<Position>> next_position(const Feed& feed,
                                                     std::optional<Position> after) {
    const auto* const next = feed.link("previous");
    if (!next)
        return after;
    auto position = page_position(*next);
    if (!position)
        return std::move(position).error().within("$all");
    return std::optional(*position);
}

} // namespace eventsourcing::detail::eventstoredb

#endif
