// SPDX-License-Identifier: MIT
// Pipelined sinks that break one law each, so that the laws can be seen to notice.
#ifndef EVENTSOURCING_TESTS_LAWS_BROKEN_PIPELINES_HPP
#define EVENTSOURCING_TESTS_LAWS_BROKEN_PIPELINES_HPP

#include "laws/pipeline_bench.hpp"

#include <eventsourcing/testing/kept_batch.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace broken_pipelines {

namespace es = eventsourcing;
using es::EventBatch;
using es::PipelineAnswers;
using es::StreamNameView;
using Inner = es::PipelinedMemorySink::Pipeline;

/// Passes everything on; those below hide what they break. The answers of a call begin at `from`.
class HonestPipeline {
public:
    HonestPipeline(es::PipelinedMemorySink of, const es::PipelineOptions& options)
        : sink(std::move(of)),
          inner(sink.open_pipeline(options).value()) {}

    es::Result<es::Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const es::CallOptions& call = {}) {
        return inner.submit(stream, batch, answers, call);
    }
    es::Result<void> poll(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        return inner.poll(answers, call);
    }
    es::Result<void> flush(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        return inner.flush(answers, call);
    }
    void close(PipelineAnswers& answers) { inner.close(answers); }

    es::PipelinedMemorySink sink;
    Inner inner;
};

/// A pipeline whose flush spoils the answers that it passes on.
template <class Spoil>
struct SpoilsAnswers : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    es::Result<void> flush(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        PipelineAnswers fresh;
        auto done = inner.flush(fresh, call);
        Spoil::spoil(fresh);
        std::move(fresh.begin(), fresh.end(), std::back_inserter(answers));
        return done;
    }
};

struct Twice {
    static void spoil(PipelineAnswers& fresh) {
        if (!fresh.empty())
            fresh.push_back(fresh.back());
    }
};
struct Forgotten {
    static void spoil(PipelineAnswers& fresh) {
        if (fresh.size() > 10)
            fresh.pop_back();
    }
};
struct Backwards {
    static void spoil(PipelineAnswers& fresh) { std::reverse(fresh.begin(), fresh.end()); }
};
struct OneRevisionLater {
    static void spoil(PipelineAnswers& fresh) {
        for (auto& answer : fresh)
            if (answer.result && *answer.result) {
                es::Receipt& receipt = **answer.result;
                receipt = {receipt.first.plus(1), receipt.last.plus(1), receipt.position};
            }
    }
};
struct SomeWithoutReceipt {
    static void spoil(PipelineAnswers& fresh) {
        if (fresh.size() > 10)
            fresh.front().result = std::optional<es::Receipt>();
    }
};
struct UnknownAsDone {
    static void spoil(PipelineAnswers& fresh) {
        for (auto& answer : fresh)
            if (!answer.result && answer.result.error() == es::errc::unknown_outcome)
                answer.result = std::optional<es::Receipt>();
    }
};

/// Takes what can't be written, and says so later.
struct TakesAnything : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    es::Result<es::Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const es::CallOptions& call = {}) {
        auto ticket = inner.submit(stream, batch, answers, call);
        if (ticket ||
            (ticket.error() != es::errc::invalid && ticket.error() != es::errc::too_large))
            return ticket;
        answers.push_back({es::Ticket{~std::uint64_t{0}}, std::move(ticket).error()});
        return answers.back().ticket;
    }
};

/// Writes what is after a failure.
struct GoesOnBehindFailures : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    es::Result<es::Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const es::CallOptions& call = {}) {
        auto ticket = inner.submit(stream, batch, answers, call);
        if (ticket)
            sent.emplace(ticket->number(), std::pair(es::StreamName(stream),
                                                     es::detail::KeptBatch(*batch.encoded())));
        return ticket;
    }
    es::Result<void> flush(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        const std::size_t from = answers.size();
        auto done = inner.flush(answers, call);
        go_on(answers, from);
        return done;
    }

    void go_on(PipelineAnswers& answers, std::size_t from) {
        for (std::size_t i = from; i < answers.size(); ++i) {
            const auto found = sent.find(answers[i].ticket.number());
            if (found == sent.end() || answers[i].result ||
                answers[i].result.error() != es::errc::not_sent)
                continue;
            const auto& [stream, batch] = found->second;
            answers[i].result = std::optional(sink.append_unchecked(stream, batch.view()).value());
        }
    }

    std::map<std::uint64_t, std::pair<es::StreamName, es::detail::KeptBatch>> sent{};
};

/// Writes what is submitted after a failure was passed on, as if its caller had to know.
struct GoesOnOnceTold : GoesOnBehindFailures {
    using GoesOnBehindFailures::GoesOnBehindFailures;
    es::Result<es::Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const es::CallOptions& call = {}) {
        auto ticket = GoesOnBehindFailures::submit(stream, batch, answers, call);
        const bool told = std::any_of(answers.begin(), answers.end(),
                                      [](const auto& answer) { return !answer.result; });
        if (ticket && !told)
            sent.erase(ticket->number());
        return ticket;
    }
    es::Result<void> poll(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        const std::size_t from = answers.size();
        auto done = inner.poll(answers, call);
        go_on(answers, from);
        return done;
    }
};

/// Has no bounds.
struct Unbounded : HonestPipeline {
    Unbounded(es::PipelinedMemorySink of, const es::PipelineOptions& /*options*/)
        : HonestPipeline(std::move(of), {.most_batches = 1'000'000, .most_bytes = 1'000'000'000}) {}
};

/// Refuses at once when it is full, although waiting would help.
struct RefusesWhenFull : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    es::Result<es::Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const es::CallOptions& call = {}) {
        PipelineAnswers none;
        if (!call.timeout || call.timeout->count() > 0) {
            es::CallOptions impatient = call;
            impatient.timeout = std::chrono::nanoseconds(1);
            auto ticket = inner.submit(stream, batch, answers, impatient);
            if (ticket || ticket.error() != es::errc::timed_out)
                return ticket;
        }
        return es::errc::timed_out;
    }
};

struct PollsWithoutWaiting : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    es::Result<void> poll(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        es::CallOptions impatient = call;
        impatient.timeout = std::chrono::nanoseconds(0);
        return inner.poll(answers, impatient);
    }
};

struct IgnoresDeadlines : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    es::Result<es::Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const es::CallOptions& = {}) {
        return inner.submit(stream, batch, answers);
    }
};

struct IgnoresStops : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    es::Result<void> poll(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        return inner.poll(answers, {.timeout = call.timeout});
    }
};

struct ClosesSilently : HonestPipeline {
    using HonestPipeline::HonestPipeline;
    void close(PipelineAnswers& /*answers*/) {
        PipelineAnswers untold;
        inner.close(untold);
    }
};

/// A pipeline that others are, too.
class SharedPipeline {
public:
    SharedPipeline(const es::PipelinedMemorySink& sink, const es::PipelineOptions& options) {
        static std::weak_ptr<Inner> last;
        inner = last.lock();
        if (!inner)
            last = inner = std::make_shared<Inner>(sink.open_pipeline(options).value());
    }
    es::Result<es::Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const es::CallOptions& call = {}) {
        return inner->submit(stream, batch, answers, call);
    }
    es::Result<void> poll(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        return inner->poll(answers, call);
    }
    es::Result<void> flush(PipelineAnswers& answers, const es::CallOptions& call = {}) {
        return inner->flush(answers, call);
    }
    void close(PipelineAnswers& answers) { inner->close(answers); }

private:
    std::shared_ptr<Inner> inner;
};

/// A sink with broken pipelines.
template <class P>
struct BrokenSink {
    static constexpr es::Capabilities capabilities = es::PipelinedMemorySink::capabilities;

    es::Result<es::Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch) const {
        return inner.append_unchecked(stream, batch);
    }
    [[nodiscard]] es::Result<P> open_pipeline(const es::PipelineOptions& options = {}) const {
        return P(inner, options);
    }

    es::PipelinedMemorySink inner{};
};

template <class P>
struct BrokenBench {
    BrokenSink<P> sink{};

    es::Result<std::vector<es::Uuid>> written(StreamNameView stream) const {
        return pipeline_bench::ids_in(sink.inner.store(), stream);
    }
    void refuse_next(StreamNameView stream) const { sink.inner.refuse_next(stream); }
    void lose_next_answer(StreamNameView stream) const { sink.inner.lose_next_answer(stream); }
};

} // namespace broken_pipelines

#endif
