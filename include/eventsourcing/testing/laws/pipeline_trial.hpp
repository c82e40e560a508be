// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_PIPELINE_TRIAL_HPP
#define EVENTSOURCING_TESTING_LAWS_PIPELINE_TRIAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>
#include <eventsourcing/testing/laws/law_batch.hpp>
#include <eventsourcing/testing/laws/trial.hpp>
#include <eventsourcing/testing/laws/witness.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::laws {

/// Any pipeline, type-erased.
class LawPipeline {
public:
    LawPipeline() = default;
    LawPipeline(const LawPipeline&) = delete;
    LawPipeline& operator=(const LawPipeline&) = delete;
    virtual ~LawPipeline() = default;

    virtual Result<Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                  PipelineAnswers& answers, const CallOptions& call) = 0;
    virtual Result<void> poll(PipelineAnswers& answers, const CallOptions& call) = 0;
    virtual Result<void> flush(PipelineAnswers& answers, const CallOptions& call) = 0;
    virtual void close(PipelineAnswers& answers) = 0;
};

/// A new sink, with what a law has to know of its engine.
class PipelineBench {
public:
    PipelineBench() = default;
    PipelineBench(const PipelineBench&) = delete;
    PipelineBench& operator=(const PipelineBench&) = delete;
    virtual ~PipelineBench() = default;

    virtual Result<std::unique_ptr<LawPipeline>> open(const PipelineOptions& options) = 0;
    virtual Result<std::vector<Uuid>> written(StreamNameView stream) = 0;
    virtual void refuse_next(StreamNameView stream) = 0;
    virtual void lose_next_answer(StreamNameView stream) = 0;
};

/// Long enough that only a call that would never end runs into it.
inline constexpr std::chrono::seconds pipeline_patience{30};
/// For a wait that has to end at its deadline.
inline constexpr std::chrono::milliseconds pipeline_deadline{20};

/// The check of one law of pipelines with a new sink.
class PipelineTrial : public Witness {
public:
    explicit PipelineTrial(PipelineBench& bench) : bench_(bench) {}

    [[nodiscard]] PipelineBench& bench() const { return bench_; }

    /// The ids of the batches that are written in a stream are these, in order.
    void expect_written(StreamNameView stream, std::initializer_list<const LawBatch*> batches) {
        std::vector<Uuid> ids;
        for (const LawBatch* batch : batches)
            ids.insert(ids.end(), batch->ids.begin(), batch->ids.end());
        expect_written(stream, ids);
    }
    void expect_written(StreamNameView stream, std::span<const Uuid> ids) {
        const auto written = bench_.written(stream);
        if (!expect_done(written, "written()"))
            return;
        if (expect(written->size() == ids.size(), "stream ", stream.view(), " has ",
                   written->size(), " events instead of ", ids.size()))
            expect(std::equal(ids.begin(), ids.end(), written->begin()), "stream ", stream.view(),
                   " has other events, or in another order, than those that were submitted");
    }

private:
    PipelineBench& bench_;
};

/// Calls `f` with the events of a batch as bytes that are gone afterwards, as those of a page are.
template <class F>
auto with_bytes_of(const LawBatch& batch, F&& f) {
    const Batch<LawEvent> typed(batch.events, batch.ids, batch.recorded_at, &batch.metadata);
    const auto events = typed.encoded();
    std::vector<NewEvent> copies(events->begin(), events->end());
    auto answer = f(EventBatch(std::span<const NewEvent>(copies)));
    for (NewEvent& event : copies)
        event = {.id = Uuid(Uuid::Bytes{0xFF}), .type = "law.gone", .version = "1.0"};
    return answer;
}

/// A pipeline with what was submitted to it and what it has answered.
class PipelineRun {
public:
    /// What was submitted.
    struct Sent {
        Ticket ticket;
        std::string stream;
        LawBatch batch;
    };

    PipelineRun(PipelineTrial& trial, const PipelineOptions& options = {}) : trial_(trial) {
        auto opened = trial.bench().open(options);
        if (trial.expect_done(opened, "open_pipeline"))
            pipeline_ = *std::move(opened);
    }
    [[nodiscard]] explicit operator bool() const { return pipeline_ != nullptr; }

    Result<Ticket> try_submit(StreamNameView stream, const LawBatch& batch,
                              const CallOptions& call = {.timeout = pipeline_patience}) {
        auto ticket = with_bytes_of(batch, [&](const EventBatch& events) {
            return pipeline_->submit(stream, events, answers, call);
        });
        if (ticket) {
            trial_.expect(sent.empty() || sent.back().ticket < *ticket,
                          "the tickets do not ascend in the order of submit");
            sent.push_back({*ticket, stream.str(), batch});
        }
        return ticket;
    }
    /// The batch, if it was taken.
    const LawBatch* submit(StreamNameView stream, const LawBatch& batch) {
        if (!trial_.expect_done(try_submit(stream, batch), "submit"))
            return nullptr;
        return &sent.back().batch;
    }
    const LawBatch* submit(StreamNameView stream, std::size_t events = 1) {
        return submit(stream, some_events(events));
    }
    Result<void> poll(const CallOptions& call = {.timeout = pipeline_patience}) {
        return pipeline_->poll(answers, call);
    }
    Result<void> flush(const CallOptions& call = {.timeout = pipeline_patience}) {
        return pipeline_->flush(answers, call);
    }
    void close() { pipeline_->close(answers); }

    /// Polls until a batch has its answer.
    bool poll_for(const LawBatch* batch) {
        for (std::size_t polls = 0; polls <= sent.size(); ++polls) {
            if (answer_to(batch))
                return true;
            if (!trial_.expect_done(poll(), "poll"))
                return false;
        }
        return trial_.expect(false, "poll does not pass on the answer to a batch that was written");
    }
    /// The answer to a batch; null if there is none.
    const PipelineAnswer* answer_to(const LawBatch* batch) const {
        for (const Sent& one : sent)
            if (&one.batch == batch)
                for (const PipelineAnswer& answer : answers)
                    if (answer.ticket == one.ticket)
                        return &answer;
        return nullptr;
    }
    bool expect_success(const LawBatch* batch, std::string_view what) {
        const auto* answer = answer_to(batch);
        return trial_.expect(answer != nullptr, what, " has no answer") &&
               trial_.expect_done(answer->result, what);
    }
    bool expect_failure(const LawBatch* batch, errc kind, std::string_view what) {
        const auto* answer = answer_to(batch);
        return trial_.expect(answer != nullptr, what, " has no answer") &&
               trial_.expect_refused(answer->result, kind, what);
    }
    /// Each ticket has one answer, and those of one stream came in order.
    void expect_all_answered() {
        trial_.expect(answers.size() == sent.size(), sent.size(), " batches were submitted and ",
                      answers.size(), " answered");
        for (const Sent& one : sent) {
            const auto count =
                std::count_if(answers.begin(), answers.end(),
                              [&](const auto& answer) { return answer.ticket == one.ticket; });
            trial_.expect(count == 1, "ticket ", std::to_string(one.ticket.number()), " has ",
                          static_cast<std::size_t>(count), " answers");
        }
        std::vector<std::pair<std::string_view, Ticket>> last;
        for (const PipelineAnswer& answer : answers) {
            const auto one = std::find_if(sent.begin(), sent.end(), [&](const Sent& candidate) {
                return candidate.ticket == answer.ticket;
            });
            if (!trial_.expect(one != sent.end(), "an answer to a ticket that was never given"))
                continue;
            const auto before = std::find_if(last.begin(), last.end(), [&](const auto& seen) {
                return seen.first == one->stream;
            });
            if (before == last.end()) {
                last.emplace_back(one->stream, answer.ticket);
                continue;
            }
            trial_.expect(before->second < answer.ticket, "the answers of stream ", one->stream,
                          " are not in the order of submit");
            before->second = answer.ticket;
        }
    }
    /// The ids of a stream, in the order of submit, of those batches whose answer is a success.
    [[nodiscard]] std::vector<Uuid> ids_done(std::string_view stream) const {
        std::vector<Uuid> ids;
        for (const Sent& one : sent)
            if (const auto* answer = answer_to(&one.batch);
                one.stream == stream && answer && answer->result)
                ids.insert(ids.end(), one.batch.ids.begin(), one.batch.ids.end());
        return ids;
    }

    std::deque<Sent> sent{};
    PipelineAnswers answers{};

private:
    PipelineTrial& trial_;
    std::unique_ptr<LawPipeline> pipeline_;
};

} // namespace eventsourcing::detail::laws

#endif
