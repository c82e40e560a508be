// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_ENGINE_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_ENGINE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/engines/eventstoredb/answer.hpp>
#include <eventsourcing/engines/eventstoredb/append_watch.hpp>
#include <eventsourcing/engines/eventstoredb/appender.hpp>
#include <eventsourcing/engines/eventstoredb/ask_info.hpp>
#include <eventsourcing/engines/eventstoredb/calls.hpp>
#include <eventsourcing/engines/eventstoredb/fresh_appends.hpp>
#include <eventsourcing/engines/eventstoredb/info.hpp>
#include <eventsourcing/engines/eventstoredb/reader.hpp>
#include <eventsourcing/engines/eventstoredb/stream_metadata.hpp>
#include <eventsourcing/store/conflict.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

/// The one engine of all handles of a store. May be used from several threads at once.
template <class Client>
class Engine {
public:
    Engine(Client client, EventStoreDbOptions options)
        : calls_(std::move(client), std::move(options)),
          fresh_(calls_.environment()),
          reader_(calls_, fresh_),
          watch_(calls_),
          appender_(calls_, reader_, fresh_) {}
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine() = default;

    void close() { calls_.close(); }

    [[nodiscard]] const Calls<Client>& calls() const { return calls_; }
    [[nodiscard]] const Reader<Client>& reader() const { return reader_; }
    [[nodiscard]] const AppendWatch<Client>& watch() const { return watch_; }
    [[nodiscard]] Appender<Client>& appender() { return appender_; }

    [[nodiscard]] Result<EventStoreDbInfo> info(const CallOptions& call) const {
        return ask_info(calls_, call);
    }
    [[nodiscard]] Result<void> check_streams(const CallOptions& call) const {
        if (auto go_on = calls_.can_go_on(call); !go_on)
            return go_on;
        return eventstoredb::check_streams(calls_, call);
    }

    [[nodiscard]] Result<void> remove(StreamNameView stream,
                                      std::optional<ExpectedRevision> expected, bool for_good,
                                      const CallOptions& call) {
        if (expected && expected->kind() != ExpectedRevision::Kind::exactly)
            return Error(errc::invalid, "deleting a stream: expected nothing, or exactly the last "
                                        "revision");
        const auto version =
            expected ? std::to_string(std::min(expected->revision().value(), max_number)) : "-2";
        const MessageHeader headers[] = {{"ES-ExpectedVersion", version},
                                         {"ES-HardDelete", for_good ? "true" : "false"}};
        bool unknown = false;
        auto response = calls_.send({.method = "DELETE",
                                     .path = stream_path(stream),
                                     .headers = headers,
                                     .deadline = calls_.deadline_of(call),
                                     .stop = call.stop,
                                     .reads = false},
                                    204, call, unknown);
        if (!response)
            return std::move(response).error().within("stream " + stream.str());
        switch (answer_of(*response, 204)) {
        case Answer::done:
            fresh_.settled(stream);
            return {};
        case Answer::gone:
            if (unknown && for_good)
                return {}; // by an earlier attempt
            return outcome_of(gone(stream), unknown);
        case Answer::conflict:
        case Answer::refused:
            // since 23.10 a server refuses to delete a stream that never existed; it counts as
            // deleted
            if (!expected && current_version(*response) == -1) {
                if (!for_good)
                    return {};
                return Error(errc::not_found,
                             "stream " + stream.str() +
                                 ": it never had an event, and this server can't delete such a "
                                 "stream permanently");
            }
            // older servers leave out the version, and only the version can be refused here
            if (expected && response->status == 400)
                return outcome_of(
                    conflict_error(stream, *expected, last_revision(stream, *response, call)),
                    unknown);
            break;
        default:
            break;
        }
        return outcome_of(calls_.refusal("stream " + stream.str(), *response), unknown);
    }

    [[nodiscard]] Result<void> set_metadata(StreamNameView stream,
                                            const EventStoreDbStreamMetadata& metadata,
                                            const CallOptions& call) {
        auto text = write_stream_metadata(metadata);
        if (!text)
            return std::move(text).error().within("stream " + stream.str());
        const std::string body = "[{\"eventId\":\"" + calls_.environment().new_id().to_string() +
                                 "\",\"eventType\":\"$metadata\",\"data\":" + *text + "}]";
        const MessageHeader headers[] = {{"Content-Type", std::string(events_type)},
                                         {"Accept", std::string(json_type)},
                                         {"ES-ExpectedVersion", "-2"}}; // the last write wins
        bool unknown = false;
        const auto path = stream_path(stream) + "/metadata";
        auto response = calls_.send({.method = "POST",
                                     .path = path,
                                     .headers = headers,
                                     .body = body,
                                     .deadline = calls_.deadline_of(call),
                                     .stop = call.stop,
                                     .reads = false},
                                    201, call, unknown);
        if (!response)
            return std::move(response).error().within("stream " + stream.str());
        if (response->status == 201)
            return {};
        return outcome_of(response->status == 410
                              ? gone(stream)
                              : calls_.refusal("stream " + stream.str(), *response),
                          unknown);
    }

private:
    [[nodiscard]] std::optional<Revision> last_revision(StreamNameView stream,
                                                        const HttpResponse& response,
                                                        const CallOptions& call) const {
        if (const auto number = current_version(response))
            return *number < 0 ? std::nullopt
                               : std::optional(Revision(static_cast<std::uint64_t>(*number)));
        return reader_.last_revision(stream, call).value_or(std::nullopt);
    }

    Calls<Client> calls_;
    FreshAppends fresh_;
    Reader<Client> reader_;
    AppendWatch<Client> watch_;
    Appender<Client> appender_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
