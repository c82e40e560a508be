// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_ASK_INFO_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_ASK_INFO_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/eventstoredb/append_body.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/engines/eventstoredb/info.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <string>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

/// The server's version and state; if there is no server, or it is no EventStoreDB, an error that
/// says what to check. Without an answer each node is asked twice only, unless the caller gave a
/// deadline: opening a store must fail soon.
template <class Client>
Result<EventStoreDbInfo> ask_info(const Calls<Client>& calls, const CallOptions& call) {
    const auto& options = calls.session().options();
    const auto hinted = [&](Error error) {
        auto message = error.message() +
                       "; is an EventStoreDB running there, and are host, port and tls=" +
                       (options.tls ? "true right?" : "false right?");
        return std::move(error).with_message(std::move(message));
    };
    const MessageHeader headers[] = {{"Accept", std::string(json_type)}};
    bool unknown = false;
    auto response = calls.send({.path = "/info",
                                .headers = headers,
                                .deadline = calls.deadline_of(call),
                                .stop = call.stop},
                               200, call, unknown, 2 * static_cast<int>(options.hosts.size()));
    if (!response) {
        auto error = std::move(response).error();
        if (error == errc::denied)
            return std::move(error).with_message(
                error.message() + "; is its authority in tlsCaFile, and the host the "
                                  "one that the certificate names?");
        if (error == errc::unknown_outcome)
            error = std::move(error).as(errc::unavailable).with_outcome(Outcome::not_done);
        else if (error != errc::not_sent && error != errc::timed_out)
            return error;
        return hinted(std::move(error));
    }
    const auto what = "GET " + calls.session().node() + "/info";
    if (answer_of(*response, 200) == Answer::denied)
        return calls.refusal(what, *response);
    if (response->status != 200)
        return hinted(Error(errc::unavailable, what + ": answered " + said(*response)));
    auto info = read_info(response->body);
    if (!info)
        return hinted(std::move(info).error().within(what));
    return info;
}

/// Checks that the server has streams over HTTP.
template <class Client>
Result<void> check_streams(const Calls<Client>& calls, const CallOptions& call) {
    const auto info = ask_info(calls, call);
    if (!info)
        return info.error();
    if (!info->atom_pub)
        return Error(errc::unsupported, "EventStoreDB " + info->version + " at " +
                                            calls.session().node() +
                                            ": streams over HTTP (AtomPub) are off; start it with "
                                            "--enable-atom-pub-over-http, or set "
                                            "EVENTSTORE_ENABLE_ATOM_PUB_OVER_HTTP=true");
    return {};
}

} // namespace eventsourcing::detail::eventstoredb

#endif
