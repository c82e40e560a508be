// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_EVENT_BYTES_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_EVENT_BYTES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/append_body.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// The data of events that are not JSON, which a feed does not hold.

namespace eventsourcing::detail::eventstoredb {

inline constexpr std::string_view bytes_type = "application/octet-stream";

/// Whether a server may have replaced bytes that are not UTF-8 by U+FFFD.
inline bool may_have_lost_bytes(std::string_view text) {
    return text.find("\xEF\xBF\xBD") != text.npos;
}

/// Reads the data of one event after the other. A server never answers a request for the bytes of
/// an event that can't be read any more. So each is first requested as JSON, which is always
/// answered: for an event that is not JSON with its data as a string.
template <class Client>
class EventBytes {
public:
    EventBytes(const Calls<Client>& calls, const CallOptions& call) : calls_(calls), call_(call) {}

    /// Nothing if the event can't be read any more: deleted, truncated, or of a deleted stream.
    [[nodiscard]] Result<std::optional<std::string>> read(std::string_view stream,
                                                          std::uint64_t number) const {
        std::string path = "/streams/";
        append_percent_encoded(path, stream);
        path.append("/").append(std::to_string(number));
        for (auto patience = shortest_patience;; patience *= 2) {
            auto shown = calls_.get(path, json_type, call_);
            if (!shown)
                return std::move(shown).error();
            if (shown->status == 404 || shown->status == 410)
                return std::optional<std::string>{};
            if (shown->status != 200)
                return calls_.refusal(path, *shown);
            if (auto text = decode_json<std::string>(shown->body);
                text && !may_have_lost_bytes(*text))
                return std::optional(*std::move(text));
            auto bytes = calls_.get(path, bytes_type, within(patience));
            if (bytes && bytes->status == 200)
                return std::optional(std::move(bytes->body));
            if (bytes && bytes->status != 404 && bytes->status != 410)
                return calls_.refusal(path, *bytes);
            // no answer: it may have been deleted between the two requests
            if (!bytes && (calls_.environment().steady_now() >= deadline_ ||
                           !calls_.can_go_on(call_) || Calls<Client>::is_final(bytes.error())))
                return std::move(bytes).error();
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    static constexpr std::chrono::milliseconds shortest_patience{1'000};

    [[nodiscard]] CallOptions within(std::chrono::milliseconds patience) const {
        CallOptions some = call_;
        some.deadline = std::min(deadline_, later(calls_.environment().steady_now(), patience));
        return some;
    }

    const Calls<Client>& calls_;
    const CallOptions& call_;
    Clock::time_point deadline_ = calls_.deadline_of(call_);
};

} // namespace eventsourcing::detail::eventstoredb

#endif
