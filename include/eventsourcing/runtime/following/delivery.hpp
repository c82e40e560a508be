// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_DELIVERY_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_DELIVERY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/relay_marks.hpp>
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
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
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
    static constexpr std::string_view options_name = "RelayOptions";

    /// The observer is told under this name what the sink has acknowledged.
    Delivery(Source source, Sink sink, RelayMarks marks, const std::vector<std::string>& types,
             Observer observer = {}, std::string name = {})
        : source_(std::move(source)),
          sink_(std::move(sink)),
          marks_(std::move(marks)),
          types_(text_of(types)),
          observer_(std::move(observer)),
          name_(std::move(name)) {}

    [[nodiscard]] const Sink& sink() const { return sink_; }

    /// Refuses to send other types than were sent under this name: what was left out before the
    /// checkpoint would never be sent.
    template <class Keeper>
    Result<void> load(const Keeper& keeper, const ProgressKey& key, const CallOptions& call) {
        auto stored = keeper.load_row(key, types_row, call);
        if (!stored)
            return std::move(stored).error();
        types_are_stored_ = stored->has_value();
        if (!types_are_stored_ || **stored == types_)
            return {};
        const auto text = [](const std::string& types) {
            return types.empty() ? std::string("all types") : in_quotes(types);
        };
        return Error(errc::invalid,
                     joined({"RelayOptions::types: under the name ", key.name, " it has sent ",
                             text(**stored), ", and now it is to send ", text(types_),
                             ": events before its checkpoint would be left out; give it another "
                             ".name (it begins again there, and a target that remembers ids keeps "
                             "each event once), or the types that it had"}));
    }
    void begin(ProgressCommit& commit) { store_types(commit); }
    Result<void> collect(ProgressCommit& commit) {
        if (!types_are_stored_) // begun by an earlier version of this library
            store_types(commit);
        return {};
    }
    Result<void> committed() {
        types_are_stored_ = true;
        std::erase_if(sent_, [](const auto& each) { return !each.second; });
        return {};
    }
    static Result<void> roll_back() { return {}; }

    /// Success for those that are parked or left out as well.
    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const CallOptions& call, std::size_t& i) {
        if (records.empty())
            return {};
        std::erase_if(sent_, [&](const auto& each) {
            return each.second && each.second < records.front().position;
        });
        if (auto done = prepare(records.back(), call); !done)
            return done;
        if constexpr (PipelinedSink<Sink>)
            if (opens_pipelines(sink_))
                return deliver_by_pipeline(records, parking, now, call, i);
        return deliver(records, parking, now, call, i);
    }

    /// Sends an event that was parked.
    Result<void> handle_parked(const EventRecord& record, const std::string& /*key*/,
                               const CallOptions& call) {
        if (auto done = prepare(record, call); !done)
            return done;
        if (marks_.leads_back(record))
            return {};
        return send_batch({&record, 1}, call);
    }

    /// Whether a failure says nothing of the event: it is tried again, and never parked.
    static bool must_wait(const Error& error) {
        return error != errc::threw &&
               (error.outcome() == Outcome::unknown || error == errc::unavailable ||
                error == errc::timed_out || error == errc::unknown_outcome ||
                error == errc::not_sent || error == errc::cancelled || error == errc::closed ||
                error == errc::failed || error == errc::unsupported);
    }

private:
    /// Nothing leaves that the source could still lose.
    Result<void> prepare(const EventRecord& last, const CallOptions& call) {
        if (auto done = marks_.learn_ids(source_, sink_); !done)
            return done;
        if constexpr (SyncsUpTo<Source>)
            if (last.position && verbs_of(source_).sync)
                return source_.sync(*last.position, call);
        return {};
    }

    Result<void> deliver(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                         const CallOptions& call, std::size_t& i) {
        for (std::size_t at = 0; at < records.size();) {
            if (was_sent(records[at], parking) ||
                parking.passes(records[at].stream, records[at], now) ||
                marks_.leads_back(records[at])) {
                ++at, ++i;
                continue;
            }
            std::size_t end = at + 1;
            while (end < records.size() && records[end].stream == records[at].stream &&
                   !marks_.leads_back(records[end]) && !was_sent(records[end], parking))
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
        if (done || records.size() == 1 || must_wait(done.error())) {
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

    Result<void> send_batch(std::span<const EventRecord> records, const CallOptions& call) {
        auto stream = StreamNameView::parse(records.front().stream);
        if (!stream)
            return std::move(stream).error();
        events_.clear();
        marked_.clear();
        for (const EventRecord& record : records)
            if (auto done = add(record); !done)
                return done;
        const EventBatch batch{std::span<const NewEvent>(events_)};
        auto sent =
            guarded_append("the sink", [&]() { return append_to(sink_, *stream, batch, call); });
        if (!sent)
            return std::move(sent).error();
        for (const EventRecord& record : records)
            if (!record.position)
                sent_.emplace(record.id, record.position);
        observer_.tell([&] {
            return Relayed{
                .subscription = name_, .stream = stream->view(), .events = records.size()};
        });
        return {};
    }
    Result<void> add(const EventRecord& record) {
        events_.push_back(new_event_of(record));
        if (!marks_.marks())
            return {};
        auto metadata = marks_.marked(record);
        if (!metadata)
            return std::move(metadata).error();
        events_.back().metadata = marked_.emplace_back(*std::move(metadata));
        return {};
    }

    /// An event that was submitted, its place in the page, and whether it is known to be written.
    struct Sent {
        Ticket ticket;
        std::size_t at;
        bool written = false;
    };
    using Failure = std::optional<std::pair<std::size_t, Error>>;

    /// Submits all, and waits for the answers; the first event that failed counts.
    Result<void> deliver_by_pipeline(std::span<const EventRecord> records, Parking& parking,
                                     Timestamp now, const CallOptions& call, std::size_t& i) {
        if (auto done = open(); !done)
            return done;
        std::vector<Sent> sent;
        PipelineAnswers answers;
        Failure failure;
        for (std::size_t at = 0; at < records.size() && !failure; ++at)
            if (!was_sent(records[at], parking) && !parking.holds(records[at].stream) &&
                !marks_.leads_back(records[at])) {
                auto ticket = submit(records[at], answers, call);
                if (ticket)
                    sent.push_back({*ticket, at});
                else
                    failure.emplace(at, std::move(ticket).error());
            }
        auto flushed = pipeline_->flush(answers, call);
        note_answers(answers, sent, failure);
        tell(sent);
        for (const Sent& one : sent)
            if (one.written)
                sent_.emplace(records[one.at].id, records[one.at].position);
        for (const Sent& one : sent)
            if (!one.written && (!failure || one.at < failure->first))
                failure.emplace(one.at, flushed ? Error(errc::unknown_outcome)
                                                : std::move(flushed).error());
        const std::size_t good = failure ? failure->first : records.size();
        for (const EventRecord& record : records.first(good))
            if (!was_sent(record, parking))
                static_cast<void>(parking.passes(record.stream, record, now));
        i += good;
        if (!failure)
            return {};
        if (failure->second == errc::closed)
            pipeline_.reset();
        static_cast<void>(parking.passes(records[good].stream, records[good], now));
        return std::move(failure->second);
    }
    Result<Ticket> submit(const EventRecord& record, PipelineAnswers& answers,
                          const CallOptions& call) {
        auto stream = StreamNameView::parse(record.stream);
        if (!stream)
            return std::move(stream).error();
        events_.clear();
        marked_.clear();
        if (auto done = add(record); !done)
            return std::move(done).error();
        return pipeline_->submit(*stream, EventBatch{std::span<const NewEvent>(events_)}, answers,
                                 call);
    }
    void tell(const std::vector<Sent>& sent) const {
        std::size_t written = 0;
        for (const Sent& one : sent)
            written += one.written ? 1U : 0U;
        if (written > 0)
            observer_.tell([&] { return Relayed{.subscription = name_, .events = written}; });
    }
    static void note_answers(PipelineAnswers& answers, std::vector<Sent>& sent, Failure& failure) {
        for (PipelineAnswer& answer : answers) {
            const auto one = std::lower_bound(
                sent.begin(), sent.end(), answer.ticket,
                [](const Sent& each, const Ticket& ticket) { return each.ticket < ticket; });
            if (one == sent.end() || one->ticket != answer.ticket)
                continue;
            one->written = answer.result.has_value();
            if (!answer.result && (!failure || one->at < failure->first))
                failure.emplace(one->at, std::move(answer.result).error());
        }
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

    /// What the sink has taken of a page that failed, or behind an event that did, is not sent
    /// again by this object. Behind a parked event of its stream it is, so that it comes after that
    /// one.
    [[nodiscard]] bool was_sent(const EventRecord& record, const Parking& parking) const {
        return sent_.find(record.id) != sent_.end() &&
               !(record.position && parking.holds(record.stream));
    }

    static constexpr std::string_view types_row = "types";
    /// Those that are sent, in order; empty for all.
    static std::string text_of(const std::vector<std::string>& types) {
        const std::set<std::string_view> each(types.begin(), types.end());
        std::string out;
        for (const std::string_view type : each) {
            out += out.empty() ? "" : ", ";
            out += type;
        }
        return out;
    }
    void store_types(ProgressCommit& commit) const {
        commit.rows.push_back({std::string(types_row), types_});
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
    RelayMarks marks_;
    const std::string types_;
    const Observer observer_;
    const std::string name_;
    bool types_are_stored_ = false;
    /// Those without a position since the last commit, the others up to the next page.
    std::map<Uuid, std::optional<Position>> sent_;
    std::vector<NewEvent> events_;
    std::deque<std::string> marked_; // their metadata
    std::optional<typename PipelineOf<Sink>::Type> pipeline_;
};

} // namespace eventsourcing::detail

#endif
