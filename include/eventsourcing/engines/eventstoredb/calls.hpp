// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_CALLS_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_CALLS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/retries.hpp>
#include <eventsourcing/engines/eventstoredb/session.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

inline constexpr std::string_view feed_type = "application/vnd.eventstore.atom+json";
inline constexpr std::string_view events_type = "application/vnd.eventstore.events+json";

inline std::string stream_path(StreamNameView stream) {
    std::string path = "/streams/";
    append_percent_encoded(path, stream.view());
    return path;
}

/// The message of an error without the part that is true only for its own attempt: that nothing was
/// sent or done.
inline std::string what_failed(const Error& error) {
    if (error == errc::not_sent)
        return "the server can't be reached";
    if (error == errc::timed_out)
        return "the deadline passed";
    if (error == errc::cancelled)
        return "the call was cancelled";
    return error.message();
}

/// The error of a call whose last attempt was not done, while an earlier one may have been.
inline Error outcome_of(Error error, bool unknown) {
    if (!unknown || error.outcome() == Outcome::unknown)
        return error;
    auto message = what_failed(error) + "; an attempt before that may have been done";
    return std::move(error)
        .as(errc::unknown_outcome)
        .with_outcome(Outcome::unknown)
        .with_message(std::move(message));
}

inline Error gone(StreamNameView stream) {
    return {errc::gone, "stream " + stream.str() +
                            ": it was deleted permanently, and its name can't be used again"};
}

/// Sends the requests of calls, which have begun, until they have an answer, and says what it
/// means. May be used from several threads at once.
template <class Client>
class Calls {
public:
    using Clock = std::chrono::steady_clock;

    /// How often a call without a deadline tries.
    static constexpr int most_attempts = 12;
    /// With a deadline it tries until then.
    static int attempts_of(const CallOptions& call) {
        return call.deadline ? std::numeric_limits<int>::max() : most_attempts;
    }

    Calls(Client client, EventStoreDbOptions options)
        : session_(std::move(client), std::move(options)) {}

    void close() { closing_.request_stop(); }
    [[nodiscard]] std::stop_token closing() const { return closing_.get_token(); }
    [[nodiscard]] const Session<Client>& session() const { return session_; }
    [[nodiscard]] const Environment& environment() const { return session_.options().environment; }

    /// `closed`, `cancelled` or `timed_out` if the call must end.
    [[nodiscard]] Result<void> can_go_on(const CallOptions& call) const {
        if (closing_.stop_requested())
            return Error(errc::closed,
                         "EventStoreDB at " + session_.node() + ": the store was closed");
        return check_call(call, environment());
    }

    [[nodiscard]] Clock::time_point deadline_of(const CallOptions& call) const {
        return call.deadline
                   ? *call.deadline
                   : later(environment().steady_now(), session_.options().default_deadline);
    }

    /// Sends a request until an answer tells its outcome. Sets `unknown` if an attempt may have
    /// been done nevertheless.
    ///
    /// It tries until the deadline. Without one it tries `most_attempts` times at most, and only
    /// `most_unanswered` times if no node answers.
    [[nodiscard]] Result<HttpResponse> send(NodeRequest request, int success,
                                            const CallOptions& call, bool& unknown,
                                            int most_unanswered = most_attempts) const {
        const auto deadline = request.deadline;
        std::optional<Error> in_doubt; // of the last attempt that may have been done
        const auto with_outcome = [&](Error error) {
            if (request.method == "GET" || !unknown || error.outcome() == Outcome::unknown)
                return error; // a read that was done changes nothing
            if (!in_doubt)
                return outcome_of(std::move(error), true);
            auto message = in_doubt->message() + "; then: " + what_failed(error);
            return (*std::move(in_doubt)).with_message(std::move(message));
        };
        Retries retries(deadline, attempts_of(call), environment());
        int unanswered = 0;
        for (;;) {
            if (auto go_on = can_go_on(call); !go_on)
                return with_outcome(std::move(go_on).error());
            request.deadline = std::min(
                deadline, later(environment().steady_now(), session_.options().attempt_timeout));
            std::size_t node = 0;
            auto response = session_.send(request, node);
            std::chrono::milliseconds pause{};
            std::optional<Error> failure;
            if (response) {
                unknown = unknown || response->sent_again;
                const auto answer = answer_of(*response, success);
                if (answer != Answer::unknown && answer != Answer::busy)
                    return response;
                unknown = unknown || answer == Answer::unknown;
                pause = retry_after(*response);
                auto said = node_said(*response, session_.node(node));
                failure = answer == Answer::busy
                              ? Error(errc::unavailable,
                                      said + "; it is starting or overloaded, try again later")
                              : Error(errc::unknown_outcome, std::move(said))
                                    .with_outcome(Outcome::unknown);
            } else {
                unknown = unknown || response.error().outcome() == Outcome::unknown;
                failure = std::move(response).error();
                if (is_final(*failure))
                    return with_outcome(*std::move(failure));
                if (++unanswered == most_unanswered && !call.deadline)
                    return with_outcome(*std::move(failure));
            }
            if (failure->outcome() == Outcome::unknown)
                in_doubt = *failure;
            session_.leave(node);
            if (const EitherStop either(call.stop, closing()); retries.wait(pause, either.token()))
                continue;
            auto go_on = can_go_on(call);
            if (go_on || (failure->outcome() == Outcome::unknown && request.method != "GET"))
                return with_outcome(*std::move(failure));
            return with_outcome(std::move(go_on).error().with_message(failure->message()));
        }
    }

    /// `from_leader` is for reads that decide the outcome of an append.
    [[nodiscard]] Result<HttpResponse> get(const std::string& path, std::string_view accept,
                                           const CallOptions& call,
                                           bool from_leader = false) const {
        const MessageHeader headers[] = {{"Accept", std::string(accept)}};
        bool unknown = false;
        auto response = send({.path = path,
                              .headers = headers,
                              .deadline = deadline_of(call),
                              .stop = call.stop,
                              .reads = !from_leader},
                             200, call, unknown);
        if (response)
            return response;
        auto error = std::move(response).error().with_outcome(Outcome::not_done);
        return error == errc::unknown_outcome ? std::move(error).as(errc::unavailable) : error;
    }

    [[nodiscard]] std::string node_said(const HttpResponse& response,
                                        const std::string& node) const {
        const bool secret = session_.quotes_credentials(response.body) ||
                            session_.quotes_credentials(response.reason);
        return "EventStoreDB at " + node + " answered " +
               (secret ? std::to_string(response.status) : said(response));
    }
    [[nodiscard]] Error answered(errc kind, const std::string& what, const HttpResponse& response,
                                 const char* hint) const {
        return {kind, what + ": " + node_said(response, session_.node()) + "; " + hint};
    }
    /// For the refusals that any request can get.
    [[nodiscard]] Error refusal(const std::string& what, const HttpResponse& response) const {
        switch (answer_of(response, 0)) {
        case Answer::denied:
            return answered(errc::denied, what, response,
                            session_.options().credentials
                                ? "the credentials are wrong, or an access list keeps them out"
                                : "it asks for credentials: put user:password@ before the host");
        case Answer::missing:
            return answered(errc::unsupported, what, response,
                            "it has no streams over HTTP: start it with "
                            "--enable-atom-pub-over-http");
        case Answer::too_large:
            return answered(errc::too_large, what, response,
                            "whether it was written nevertheless is unknown: read the stream "
                            "before anything is decided")
                .with_outcome(Outcome::unknown);
        default:
            return answered(errc::invalid, what, response, "the same request won't ever be taken");
        }
    }

    /// An error that another attempt can't change.
    static bool is_final(const Error& error) {
        return error == errc::invalid || error == errc::denied || error == errc::too_large ||
               error == errc::cancelled || error == errc::closed;
    }

private:
    const Session<Client> session_;
    std::stop_source closing_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
