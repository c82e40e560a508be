// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_PIPELINED_SINK_LAWS_HPP
#define EVENTSOURCING_TESTING_PIPELINED_SINK_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>
#include <eventsourcing/testing/law_report.hpp>
#include <eventsourcing/testing/laws/pipeline_laws.hpp>
#include <eventsourcing/testing/laws/pipeline_trial.hpp>

#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail::laws {

template <class P>
class LawPipelineOf final : public LawPipeline {
public:
    explicit LawPipelineOf(P&& pipeline) : pipeline_(std::move(pipeline)) {}

    Result<Ticket> submit(StreamNameView stream, const EventBatch& batch, PipelineAnswers& answers,
                          const CallOptions& call) override {
        return pipeline_.submit(stream, batch, answers, call);
    }
    Result<void> poll(PipelineAnswers& answers, const CallOptions& call) override {
        return pipeline_.poll(answers, call);
    }
    Result<void> flush(PipelineAnswers& answers, const CallOptions& call) override {
        return pipeline_.flush(answers, call);
    }
    void close(PipelineAnswers& answers) override { pipeline_.close(answers); }

private:
    P pipeline_;
};

template <class Bench>
concept RefusesBatches =
    requires(Bench& bench, StreamNameView stream) { bench.refuse_next(stream); };
template <class Bench>
concept LosesAnswers =
    requires(Bench& bench, StreamNameView stream) { bench.lose_next_answer(stream); };

template <class Bench>
class PipelineBenchOf final : public PipelineBench {
public:
    using Sink = std::remove_cvref_t<decltype(std::declval<Bench&>().sink)>;
    static_assert(PipelinedSink<Sink>);

    explicit PipelineBenchOf(Bench&& bench) : bench_(std::move(bench)) {}

    Result<std::unique_ptr<LawPipeline>> open(const PipelineOptions& options) override {
        const Sink copy = bench_.sink; // a pipeline does not need the handle
        auto opened = copy.open_pipeline(options);
        if (!opened)
            return std::move(opened).error();
        using P = std::remove_cvref_t<decltype(*opened)>;
        return std::unique_ptr<LawPipeline>(std::make_unique<LawPipelineOf<P>>(*std::move(opened)));
    }
    Result<std::vector<Uuid>> written(StreamNameView stream) override {
        return bench_.written(stream);
    }
    void refuse_next(StreamNameView stream) override {
        if constexpr (RefusesBatches<Bench>)
            bench_.refuse_next(stream);
    }
    void lose_next_answer(StreamNameView stream) override {
        if constexpr (LosesAnswers<Bench>)
            bench_.lose_next_answer(stream);
    }

private:
    Bench bench_;
};

/// What of its engine a bench can steer.
struct Steering {
    bool refuses;
    bool loses;
};

/// One law of pipelines, and what it needs.
struct PipelineLaw {
    std::string_view sentence;
    void (*check)(PipelineTrial&);
    Steering needs{};
};

inline constexpr PipelineLaw pipeline_laws[] = {
    {"each ticket is answered once, in the order of its stream, and so are its events written",
     answered_in_order},
    {"a receipt says where the batch is; all successes have one, or none has", pipeline_receipts},
    {"a batch that can never be written is refused at once", impossible_batches},
    {"after a batch that failed, none of its stream is written",
     failures_leave_no_hole,
     {.refuses = true, .loses = false}},
    {"a stream that failed stays so until a flush, whatever was passed on",
     failures_last_until_a_flush,
     {.refuses = true, .loses = false}},
    {"a lost answer is an unknown outcome, after which none of its stream succeeds",
     lost_answers,
     {.refuses = false, .loses = true}},
    {"a full pipeline takes nothing until its deadline",
     bounded,
     {.refuses = false, .loses = true}},
    {"submit to a full pipeline passes on answers until there is room", makes_room},
    {"poll waits for the first answer, if there is one to come", polling},
    {"a call after its deadline or after a stop takes nothing", pipeline_calls_called_off},
    {"a deadline or a stop ends poll and flush",
     waiting_called_off,
     {.refuses = false, .loses = true}},
    {"closing a pipeline answers every ticket, and ends it", pipeline_closing},
    {"pipelines of one sink do not touch each other", pipelines_apart},
};

template <class MakeBench>
LawResult try_pipeline_law(const PipelineLaw& law, MakeBench&& make_bench) {
    LawResult result{.law = law.sentence, .verdict = LawVerdict::broken, .seen = {}};
    auto tried = guarded("the sink", [&]() -> Result<void> {
        auto bench = make_bench();
        PipelineTrial trial(*bench);
        law.check(trial);
        result.verdict = trial.broken() ? LawVerdict::broken : LawVerdict::held;
        result.seen = trial.seen();
        return {};
    });
    if (!tried)
        result.seen = tried.error().message();
    return result;
}

} // namespace detail::laws

/// Checks a pipelined sink against the laws of the concept `Pipeline`. `make_bench()` returns an
/// object with a new sink, whose engine is empty; it is called once for each law:
///
/// * `sink`, a `PipelinedSink`,
/// * `written(stream) -> Result<std::vector<Uuid>>`: the ids of the events that the engine has in a
///   stream, in order,
/// * `refuse_next(stream)`: the engine refuses the next batch of this stream and writes nothing of
///   it,
/// * `lose_next_answer(stream)`: the answer to the next batch of this stream does not come.
///
/// Without one of the last two, the laws that need it are not checked.
///
///     CHECK(es::check_pipelined_sink_laws([] { return KafkaBench{}; }));
template <class MakeBench>
[[nodiscard]] LawReport check_pipelined_sink_laws(MakeBench&& make_bench) {
    using Bench = std::remove_cvref_t<decltype(make_bench())>;
    using Of = detail::laws::PipelineBenchOf<Bench>;
    LawReport report(detail::type_name<typename Of::Sink>());
    for (const detail::laws::PipelineLaw& law : detail::laws::pipeline_laws) {
        const char* lacks = nullptr;
        if (law.needs.refuses && !detail::laws::RefusesBatches<Bench>)
            lacks = "give the bench refuse_next(stream)";
        if (law.needs.loses && !detail::laws::LosesAnswers<Bench>)
            lacks = "give the bench lose_next_answer(stream)";
        if (lacks)
            report.add({law.sentence, LawVerdict::not_checked, lacks});
        else
            report.add(detail::laws::try_pipeline_law(
                law, [&] { return std::make_unique<Of>(make_bench()); }));
    }
    return report;
}

} // namespace eventsourcing

#endif
