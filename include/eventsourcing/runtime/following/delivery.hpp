// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_DELIVERY_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_DELIVERY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/store/append_to.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

inline NewEvent new_event_of(const EventRecord& record) {
    return {.id = record.id,
            .type = record.type,
            .version = record.version,
            .content_type = record.content_type,
            .data = record.data,
            .metadata = record.metadata,
            .recorded_at = record.recorded_at,
            .tags = record.tags,
            .source = record.source};
}

/// Hands events over to a sink, in order within each stream; what it was told is not taken back.
template <class Source, class Sink>
class Delivery {
public:
    static constexpr bool can_undo = false;

    /// The observer is told under this name what the sink has acknowledged.
    Delivery(Source source, Sink sink, Observer observer = {}, std::string name = {})
        : source_(std::move(source)),
          sink_(std::move(sink)),
          observer_(std::move(observer)),
          name_(std::move(name)) {}

    template <class Keeper>
    static Result<void> load(const Keeper& /*keeper*/, const ProgressKey& /*key*/,
                             const CallOptions& /*call*/) {
        return {};
    }
    static void begin(ProgressCommit& /*commit*/) {}
    static Result<void> collect(ProgressCommit& /*commit*/) { return {}; }
    static Result<void> committed() { return {}; }
    static Result<void> roll_back() { return {}; }

    /// Success for those that are parked or left out as well.
    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& call, std::size_t& i) {
        if (records.empty())
            return {};
        if (auto done = make_durable(records.back(), call); !done)
            return done;
        if constexpr (PipelinedSink<Sink>)
            return deliver_by_pipeline(records, parking, now, call, i);
        else
            return deliver(records, parking, now, call, i);
    }

    /// Sends an event that was parked.
    Result<void> handle_parked(const EventRecord& record, const std::string& /*key*/,
                               const CallOptions& call) {
        if (auto done = make_durable(record, call); !done)
            return done;
        return send_batch({&record, 1}, call);
    }

private:
    /// Nothing leaves that the source could still lose.
    Result<void> make_durable(const EventRecord& last, const CallOptions& call) {
        if constexpr (SyncsUpTo<Source>)
            if (last.position && verbs_of(source_).sync)
                return source_.sync(*last.position, call);
        return {};
    }

    Result<void> deliver(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                         const CallOptions& call, std::size_t& i) {
        for (std::size_t at = 0; at < records.size();) {
            if (parking.passes(records[at].stream, records[at], now)) {
                ++at, ++i;
                continue;
            }
            std::size_t end = at + 1;
            while (end < records.size() && records[end].stream == records[at].stream)
                ++end;
            if (auto done = send(records.subspan(at, end - at), call, i); !done)
                return done;
            at = end;
        }
        return {};
    }

    /// Sends events of one stream in one batch or, where the sink has some of them already or takes
    /// no batch so large, one by one.
    Result<void> send(std::span<const EventRecord> records, const CallOptions& call,
                      std::size_t& i) {
        auto done = send_batch(records, call);
        const bool one_by_one = !done && records.size() > 1 &&
                                (done.error() == errc::duplicate_id ||
                                 done.error() == errc::too_large || !may_pass_later(done.error()));
        if (!one_by_one) {
            if (done)
                i += records.size();
            return done;
        }
        for (const EventRecord& record : records) {
            if (done = send_batch({&record, 1}, call); !done)
                return done;
            ++i;
        }
        return {};
    }
    static bool may_pass_later(const Error& error) {
        return error.outcome() == Outcome::unknown || error == errc::unavailable ||
               error == errc::timed_out || error == errc::not_sent || error == errc::cancelled ||
               error == errc::closed || error == errc::failed;
    }

    Result<void> send_batch(std::span<const EventRecord> records, const CallOptions& call) {
        auto stream = StreamName::parse(records.front().stream);
        if (!stream)
            return std::move(stream).error();
        events_.clear();
        for (const EventRecord& record : records)
            events_.push_back(new_event_of(record));
        const EventBatch batch{std::span<const NewEvent>(events_)};
        auto sent =
            guarded_append("the sink", [&]() { return append_to(sink_, *stream, batch, call); });
        if (!sent)
            return std::move(sent).error();
        observer_.tell([&] {
            return Relayed{
                .subscription = name_, .stream = stream->str(), .events = records.size()};
        });
        return {};
    }

    /// Submits all, and waits for the answers; the first one that failed counts.
    Result<void> deliver_by_pipeline(std::span<const EventRecord> records, Parking& parking,
                                     Timestamp now, const CallOptions& call, std::size_t& i) {
        if (auto done = open(); !done)
            return done;
        struct Sent {
            Ticket ticket;
            std::size_t at;
        };
        std::vector<Sent> sent;
        PipelineAnswers answers;
        std::optional<std::pair<std::size_t, Error>> failure;
        for (std::size_t at = 0; at < records.size() && !failure; ++at) {
            if (parking.passes(records[at].stream, records[at], now))
                continue;
            auto stream = StreamName::parse(records[at].stream);
            if (!stream)
                return std::move(stream).error();
            const NewEvent event = new_event_of(records[at]);
            auto ticket =
                pipeline_->submit(*stream, EventBatch{std::span(&event, 1)}, answers, call);
            if (ticket)
                sent.push_back({*ticket, at});
            else
                failure.emplace(at, std::move(ticket).error());
        }
        if (auto done = pipeline_->flush(answers, call); !done && answers.empty())
            return done;
        std::size_t acknowledged = 0;
        for (PipelineAnswer& answer : answers) {
            acknowledged += answer.result ? 1U : 0U;
            const auto at = std::lower_bound(
                sent.begin(), sent.end(), answer.ticket,
                [](const Sent& one, const Ticket& ticket) { return one.ticket < ticket; });
            if (!answer.result && at != sent.end() && (!failure || at->at < failure->first))
                failure.emplace(at->at, std::move(answer.result).error());
        }
        if (acknowledged > 0)
            observer_.tell([&] { return Relayed{.subscription = name_, .events = acknowledged}; });
        i += failure ? failure->first : records.size();
        if (failure)
            return std::move(failure->second);
        return {};
    }
    Result<void> open() {
        if constexpr (PipelinedSink<Sink>) {
            if (pipeline_)
                return {};
            auto opened = sink_.open_pipeline();
            if (!opened)
                return std::move(opened).error();
            pipeline_.emplace(*std::move(opened));
        }
        return {};
    }

    struct NoPipeline {};
    template <class S>
    struct PipelineOf {
        using Type = NoPipeline;
    };
    template <PipelinedSink S>
    struct PipelineOf<S> {
        using Type = std::remove_cvref_t<decltype(*std::declval<const S&>().open_pipeline())>;
    };

    const Source source_;
    Sink sink_;
    const Observer observer_;
    const std::string name_;
    std::vector<NewEvent> events_;
    std::optional<typename PipelineOf<Sink>::Type> pipeline_;
};

} // namespace eventsourcing::detail

#endif
