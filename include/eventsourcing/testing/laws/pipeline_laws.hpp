// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_PIPELINE_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_PIPELINE_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/testing/laws/pipeline_trial.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace eventsourcing::detail::laws {

inline constexpr std::array<StreamNameView, 3> pipeline_streams{"law-a", "law-b", "law-c"};

/// Sixty batches to three streams, of one to three events.
inline void submit_many(PipelineRun& run) {
    for (std::size_t i = 0; i < 60; ++i)
        run.submit(pipeline_streams[(i * i) % 3], i % 3 + 1);
}

inline void answered_in_order(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    submit_many(run);
    trial.expect_done(run.flush(), "flush");
    run.expect_all_answered();
    for (const auto& one : run.sent)
        run.expect_success(&one.batch, "a batch that nothing keeps from being written");
    for (const StreamNameView stream : pipeline_streams)
        trial.expect_written(stream, run.ids_done(stream.view()));
}

inline void pipeline_receipts(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    submit_many(run);
    trial.expect_done(run.flush(), "flush");
    std::size_t receipts = 0;
    for (const auto& one : run.sent) {
        const auto* answer = run.answer_to(&one.batch);
        if (!answer || !answer->result || !*answer->result)
            continue;
        ++receipts;
        const Receipt& receipt = **answer->result;
        const auto written = trial.bench().written(*StreamNameView::parse(one.stream));
        if (!trial.expect_done(written, "written()"))
            return;
        const std::size_t first = receipt.first.value();
        const bool there = receipt.last.value() + 1 == first + one.batch.ids.size() &&
                           receipt.last.value() < written->size() &&
                           std::equal(one.batch.ids.begin(), one.batch.ids.end(),
                                      written->begin() + static_cast<std::ptrdiff_t>(first));
        trial.expect(there, "a receipt says ", text_of(receipt), ", where the batch is not");
    }
    trial.expect(receipts == 0 || receipts == run.answers.size(), receipts, " of ",
                 run.answers.size(), " successes have a receipt: expected all or none");
}

inline void impossible_batches(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    const auto* first = run.submit("law-a");
    trial.expect_refused(run.try_submit("law-a", some_events(0)), errc::invalid,
                         "a batch without events");
    trial.expect_refused(
        run.try_submit("law-a", some_events(1, std::string(max_event_size + 1, 'x'))),
        errc::too_large, "an event that is too large");
    const auto* second = run.submit("law-a");
    trial.expect_done(run.flush(), "flush");
    run.expect_all_answered();
    if (first && second)
        trial.expect_written("law-a", {first, second});
}

inline void failures_leave_no_hole(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    trial.bench().refuse_next("law-a");
    const auto* refused = run.submit("law-a", 2);
    const auto* behind = run.submit("law-a");
    const auto* elsewhere = run.submit("law-b");
    const auto* last = run.submit("law-a", 3);
    trial.expect_done(run.flush(), "flush");
    run.expect_all_answered();
    if (!refused || !behind || !elsewhere || !last)
        return;
    const auto* answer = run.answer_to(refused);
    trial.expect(answer && !answer->result && answer->result.error().outcome() == Outcome::not_done,
                 "a batch that the engine refused was not answered as not done");
    run.expect_failure(behind, errc::not_sent, "a batch after one that failed");
    run.expect_failure(last, errc::not_sent, "the last batch after one that failed");
    run.expect_success(elsewhere, "a batch of another stream than the one that failed");
    trial.expect_written("law-a", {});
    trial.expect_written("law-b", {elsewhere});

    // after the flush the stream goes on
    const LawBatch again = *refused;
    const auto* repeated = run.submit("law-a", again);
    trial.expect_done(run.flush(), "flush");
    if (repeated) {
        run.expect_success(repeated, "a batch that was submitted again after it had failed");
        trial.expect_written("law-a", {repeated});
    }
}

/// A failure that was passed on, by poll or by the very call that takes the next batch, opens no
/// hole for a caller that has not looked.
inline void failures_last_until_a_flush(PipelineTrial& trial) {
    PipelineRun run(trial, {.most_batches = 1});
    if (!run)
        return;
    trial.bench().refuse_next("law-a");
    const auto* refused = run.submit("law-a");
    const auto* next = run.submit("law-a"); // waits, and passes on the failure
    if (!refused || !next || !run.poll_for(next))
        return;
    const auto* later = run.submit("law-a");
    trial.expect_done(run.flush(), "flush");
    run.expect_all_answered();
    if (!later)
        return;
    run.expect_failure(next, errc::not_sent,
                       "a batch that was taken by the call that passed on the failure before it");
    run.expect_failure(later, errc::not_sent, "a batch after a failure, before a flush");
    trial.expect_written("law-a", {});
    const auto* last = run.submit("law-a");
    trial.expect_done(run.flush(), "flush");
    if (last)
        run.expect_success(last, "a batch after a failure and a flush");
}

inline void lost_answers(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    trial.bench().lose_next_answer("law-a");
    const auto* lost = run.submit("law-a", 2);
    const auto* behind = run.submit("law-a");
    const auto* elsewhere = run.submit("law-b");
    if (!lost || !behind || !elsewhere || !run.poll_for(elsewhere))
        return;
    trial.expect_refused(run.flush({.timeout = pipeline_deadline}), errc::unknown_outcome,
                         "a flush that has given up");
    run.expect_all_answered();
    run.expect_failure(lost, errc::unknown_outcome, "a batch whose answer was lost");
    if (const auto* answer = run.answer_to(behind))
        trial.expect(!answer->result && (answer->result.error() == errc::unknown_outcome ||
                                         answer->result.error() == errc::not_sent),
                     "after a batch whose outcome is unknown, the next of its stream succeeded");
    run.expect_success(elsewhere, "a batch of another stream than the one with a lost answer");

    // the same ids again: nothing is missing, and in order
    const LawBatch first = *lost;
    const LawBatch second = *behind;
    const auto* again = run.submit("law-a", first);
    const auto* next = run.submit("law-a", second);
    trial.expect_done(run.flush(), "flush of batches that were submitted again");
    run.expect_all_answered();
    if (!again || !next)
        return;
    run.expect_success(again, "a batch that was submitted again after its answer was lost");
    run.expect_success(next, "the batch after it, submitted again");
    auto written = trial.bench().written("law-a");
    if (!trial.expect_done(written, "written()"))
        return;
    std::vector<Uuid> once; // a sink that does not remember ids has some twice
    for (const Uuid& id : *written)
        if (std::find(once.begin(), once.end(), id) == once.end())
            once.push_back(id);
    std::vector<Uuid> expected = first.ids;
    expected.insert(expected.end(), second.ids.begin(), second.ids.end());
    trial.expect(once == expected,
                 "after a lost answer, and submitting again, events are missing or out of order");
}

inline void bounded(PipelineTrial& trial) {
    PipelineRun run(trial, {.most_batches = 2});
    if (!run)
        return;
    trial.bench().lose_next_answer("law-a");
    run.submit("law-a");
    run.submit("law-a");
    trial.expect_refused(run.try_submit("law-b", some_events(1), {.timeout = pipeline_deadline}),
                         errc::timed_out, "a batch for a pipeline that is full");
    trial.expect(run.answers.empty(), "a pipeline made room without an answer");
    trial.expect_refused(run.flush({.timeout = pipeline_deadline}), errc::unknown_outcome,
                         "a flush that has given up");
    run.expect_all_answered();
    trial.expect_written("law-b", {});
    const auto* after = run.submit("law-b");
    trial.expect_done(run.flush(), "flush");
    if (after)
        run.expect_success(after, "a batch for a pipeline that has room again");
}

/// A full pipeline makes room by itself, also if nobody polls.
inline void makes_room(PipelineTrial& trial) {
    PipelineRun run(trial, {.most_batches = 3});
    if (!run)
        return;
    for (std::size_t i = 0; i < 40; ++i) {
        run.submit(pipeline_streams[i % 3]);
        trial.expect(run.sent.size() - run.answers.size() <= 3, "a pipeline of at most 3 batches "
                                                                "has more that are not answered");
    }
    trial.expect_done(run.flush(), "flush");
    run.expect_all_answered();
    for (const StreamNameView stream : pipeline_streams)
        trial.expect_written(stream, run.ids_done(stream.view()));

    PipelineRun bytes(trial, {.most_bytes = 1});
    if (!bytes)
        return;
    const auto* first = bytes.submit("law-d", some_events(1, std::string(1'000, 'x')));
    trial.expect(first && bytes.answers.empty(),
                 "a batch larger than the pipeline was not taken by an empty one");
    bytes.submit("law-d");
    trial.expect(bytes.answers.size() == 1,
                 "a pipeline of at most 1 byte holds two batches, or lost the answer to the first");
    trial.expect_done(bytes.flush(), "flush");
    bytes.expect_all_answered();
}

inline void polling(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    trial.expect_done(run.poll(), "poll of a pipeline with nothing to answer");
    const auto* first = run.submit("law-a");
    trial.expect_done(run.poll(), "poll");
    if (first)
        run.expect_success(first, "a batch for whose answer poll has waited");
    trial.expect_done(run.poll(), "poll of a pipeline that has answered all");
    trial.expect_done(run.flush(), "flush of a pipeline that has answered all");
    run.expect_all_answered();
}

inline void pipeline_calls_called_off(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    std::stop_source stopper;
    stopper.request_stop();
    const CallOptions late{.timeout = std::chrono::nanoseconds(0)};
    const CallOptions stopped{.stop = stopper.get_token()};
    trial.expect_refused(run.try_submit("law-a", some_events(1), late), errc::timed_out,
                         "submit after its deadline");
    trial.expect_refused(run.try_submit("law-a", some_events(1), stopped), errc::cancelled,
                         "submit after a stop");
    trial.expect_done(run.flush(), "flush");
    run.expect_all_answered();
    trial.expect_written("law-a", {});
}

inline void waiting_called_off(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    std::stop_source stopper;
    stopper.request_stop();
    trial.bench().lose_next_answer("law-a");
    run.submit("law-a");
    trial.expect_done(run.poll({.timeout = pipeline_deadline}), "poll until its deadline");
    trial.expect_refused(run.poll({.stop = stopper.get_token()}), errc::cancelled,
                         "poll after a stop");
    trial.expect(run.answers.empty(), "an answer came that was lost");
    trial.expect_refused(run.flush({.stop = stopper.get_token()}), errc::unknown_outcome,
                         "flush after a stop");
    run.expect_all_answered();
}

inline void pipeline_closing(PipelineTrial& trial) {
    PipelineRun run(trial);
    if (!run)
        return;
    submit_many(run);
    run.close();
    run.expect_all_answered();
    for (const PipelineAnswer& answer : run.answers)
        trial.expect(answer.result || answer.result.error() == errc::unknown_outcome ||
                         answer.result.error() == errc::not_sent,
                     "closing answered a batch with ",
                     answer.result ? std::string() : text_of(answer.result.error()));
    for (const StreamNameView stream : pipeline_streams) {
        const auto done = run.ids_done(stream.view());
        const auto written = trial.bench().written(stream);
        if (trial.expect_done(written, "written()"))
            trial.expect(written->size() >= done.size() &&
                             std::equal(done.begin(), done.end(), written->begin()),
                         "a batch that closing answered as written is not there, or not in order");
    }
    trial.expect_refused(run.try_submit("law-a", some_events(1)), errc::closed,
                         "submit to a closed pipeline");
    trial.expect_refused(run.poll(), errc::closed, "poll of a closed pipeline");
    trial.expect_refused(run.flush(), errc::closed, "flush of a closed pipeline");
    run.close(); // again
    run.expect_all_answered();
}

inline void pipelines_apart(PipelineTrial& trial) {
    PipelineRun one(trial);
    PipelineRun other(trial);
    if (!one || !other)
        return;
    for (std::size_t i = 0; i < 5; ++i) {
        one.submit("law-a");
        if (i < 3)
            other.submit("law-b");
    }
    trial.expect_done(one.flush(), "flush");
    trial.expect(other.answers.empty(), "flush of one pipeline told another one");
    one.close();
    trial.expect_done(other.flush(), "flush after another pipeline was closed");
    one.expect_all_answered();
    other.expect_all_answered();
    trial.expect_written("law-a", one.ids_done("law-a"));
    trial.expect_written("law-b", other.ids_done("law-b"));
}

} // namespace eventsourcing::detail::laws

#endif
