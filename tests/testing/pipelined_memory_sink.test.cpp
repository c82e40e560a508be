// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "laws/pipeline_bench.hpp"
#include "store/notes.hpp"

#include <eventsourcing/testing/fixed_environment.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace notes;
using pipeline_bench::ids_in;

namespace {

const es::CallOptions at_once{.timeout = std::chrono::nanoseconds(0)};

std::vector<std::string> all_of(const es::MemoryStore& store) {
    std::vector<std::string> all;
    const auto page = store.read_all({.limit = 4096}).value();
    for (const es::EventRecord& record : page)
        all.push_back(std::string(record.stream) + " " + std::string(record.data));
    return all;
}

/// Twelve notes to three streams in turn, as they are then stored.
std::vector<std::string> stored_order(const es::SimulatedFaults& faults) {
    const es::PipelinedMemorySink sink({}, faults);
    auto pipeline = sink.open_pipeline().value();
    es::PipelineAnswers answers;
    for (int i = 0; i < 12; ++i) {
        const auto stream = es::StreamName::of("notes", std::to_string(i % 3)).value();
        REQUIRE(pipeline.submit(stream, one(std::to_string(i)).batch(), answers));
    }
    (void)pipeline.flush(answers);
    auto all = all_of(sink.store());
    for (const auto& answer : answers)
        all.push_back(std::to_string(answer.ticket.number()) +
                      (answer.result ? " done" : " not done"));
    return all;
}

} // namespace

TEST_CASE("Nothing happens in a pipelined memory sink before a step") {
    const es::PipelinedMemorySink sink;
    auto pipeline = sink.open_pipeline().value();
    es::PipelineAnswers answers;
    CHECK_FALSE(sink.step());
    const auto ticket = pipeline.submit("notes-1", one("a").batch(), answers);
    REQUIRE(ticket);
    REQUIRE(pipeline.poll(answers, at_once));
    CHECK(answers.empty());
    CHECK(told(sink.store(), "notes-1").empty());
    CHECK(sink.step()); // it arrives
    CHECK(told(sink.store(), "notes-1").size() == 1);
    REQUIRE(pipeline.poll(answers, at_once));
    CHECK(answers.empty());
    CHECK(sink.step()); // its answer comes
    CHECK_FALSE(sink.step());
    REQUIRE(pipeline.poll(answers, at_once));
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].ticket == *ticket);
    CHECK(answers[0].result.value() ==
          es::Receipt{es::Revision{0}, es::Revision{0}, es::Position{1}});
}

TEST_CASE("The same seed gives the same run, and other seeds exchange streams") {
    const es::SimulatedFaults faults{
        .seed = 7, .refused = 10, .answers_lost = 10, .batches_lost = 10};
    CHECK(stored_order(faults) == stored_order(faults));
    std::size_t other = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        other += stored_order({.seed = seed}) != stored_order({.seed = seed + 1}) ? 1 : 0;
    CHECK(other > 15);
}

TEST_CASE("What a caller submits again until it is done is written in order, whatever is lost") {
    constexpr std::size_t streams = 3;
    constexpr std::size_t batches = 10;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        INFO(seed);
        const es::PipelinedMemorySink sink(
            {}, {.seed = seed, .refused = 15, .answers_lost = 10, .batches_lost = 10});
        std::array<std::vector<Notes<>>, streams> all;
        for (auto& stream : all)
            for (std::size_t i = 0; i < batches; ++i)
                stream.push_back(i % 2 == 0 ? one("a") : Notes<>({Counted{i}, Filed{"b"}}));

        auto pipeline = sink.open_pipeline({.most_batches = 7}).value();
        std::array<std::size_t, streams> done{}; // as a relay's checkpoint
        const auto name = [](std::size_t stream) {
            return es::StreamName::of("notes", std::to_string(stream)).value();
        };
        for (int rounds = 0; done != std::array{batches, batches, batches}; ++rounds) {
            REQUIRE(rounds < 1'000);
            std::vector<std::pair<es::Ticket, std::size_t>> sent;
            es::PipelineAnswers answers;
            for (std::size_t i = 0; i < batches; ++i)
                for (std::size_t stream = 0; stream < streams; ++stream)
                    if (done[stream] + i < batches) {
                        const auto ticket = pipeline.submit(
                            name(stream), all[stream][done[stream] + i].batch(), answers);
                        if (ticket) // full, and the answers that are missing were lost
                            sent.emplace_back(*ticket, stream);
                        else
                            REQUIRE(fails_with(es::errc::timed_out, ticket));
                        if (!ticket)
                            i = batches, stream = streams;
                    }
            (void)pipeline.flush(answers);
            REQUIRE(answers.size() == sent.size());
            std::array<bool, streams> failed{};
            for (const auto& [ticket, stream] : sent)
                for (const auto& answer : answers)
                    if (answer.ticket == ticket) {
                        if (answer.result) {
                            REQUIRE_FALSE(failed[stream]); // a hole
                            ++done[stream];
                        } else {
                            failed[stream] = true;
                        }
                    }
            for (std::size_t stream = 0; stream < streams; ++stream) { // a prefix, each once
                std::vector<es::Uuid> ids;
                for (const auto& batch : all[stream])
                    ids.insert(ids.end(), batch.ids.begin(), batch.ids.end());
                const auto written = ids_in(sink.store(), name(stream)).value();
                REQUIRE(written.size() <= ids.size());
                ids.resize(written.size());
                REQUIRE(written == ids);
            }
        }
    }
}

TEST_CASE("Of what a flush gives up, the first few batches of a stream may still be written") {
    std::array<std::size_t, 6> written_of_five{};
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const es::PipelinedMemorySink sink({}, {.seed = seed});
        auto pipeline = sink.open_pipeline().value();
        es::PipelineAnswers answers;
        std::vector<Notes<>> notes;
        std::vector<es::Uuid> ids;
        for (int i = 0; i < 5; ++i) {
            notes.push_back(one());
            ids.push_back(notes.back().ids[0]);
            REQUIRE(pipeline.submit("notes-1", notes.back().batch(), answers));
        }
        if (seed % 2 == 0) {
            CHECK(fails_with(es::errc::unknown_outcome, pipeline.flush(answers, at_once)));
            CHECK_FALSE(sink.step()); // nothing of it is left
        } else {
            pipeline.close(answers);
        }
        REQUIRE(answers.size() == 5);
        for (const auto& answer : answers)
            CHECK(fails_with(es::errc::unknown_outcome, answer.result));
        const auto written = ids_in(sink.store(), "notes-1").value();
        REQUIRE(written.size() <= 5);
        ++written_of_five[written.size()];
        REQUIRE(std::equal(written.begin(), written.end(), ids.begin()));
    }
    for (const std::size_t count : written_of_five)
        CHECK(count > 0);
}

TEST_CASE("A pipeline holds as many bytes as it was given, and has room again after the answers") {
    const es::PipelinedMemorySink sink;
    auto pipeline = sink.open_pipeline({.most_bytes = 2'000}).value();
    const std::string text(800, 'x');
    for (int round = 0; round < 3; ++round) {
        es::PipelineAnswers answers;
        REQUIRE(pipeline.submit("notes-1", one(text).batch(), answers));
        REQUIRE(pipeline.submit("notes-1", one(text).batch(), answers));
        CHECK(answers.empty());
        REQUIRE(pipeline.submit("notes-1", one(text).batch(), answers));
        CHECK_FALSE(answers.empty());
        while (answers.size() < 3)
            REQUIRE(pipeline.poll(answers));
    }
}

TEST_CASE("Faults happen as they were asked for, and next time not") {
    const es::PipelinedMemorySink sink;
    auto pipeline = sink.open_pipeline().value();
    const auto outcome = [&](const Notes<>& note) -> es::Result<std::optional<es::Receipt>> {
        es::PipelineAnswers answers;
        REQUIRE(pipeline.submit("notes-1", note.batch(), answers));
        (void)pipeline.flush(answers);
        REQUIRE(answers.size() == 1);
        return answers[0].result;
    };
    const auto note = one();
    sink.refuse_next("notes-1");
    CHECK(fails_with(es::errc::unavailable, outcome(note)));
    CHECK(told(sink.store(), "notes-1").empty());
    sink.lose_next_batch("notes-1");
    CHECK(fails_with(es::errc::unknown_outcome, outcome(note)));
    CHECK(told(sink.store(), "notes-1").empty());
    sink.lose_next_answer("notes-1");
    CHECK(fails_with(es::errc::unknown_outcome, outcome(note)));
    CHECK(told(sink.store(), "notes-1").size() == 1);
    CHECK(outcome(note).value() == es::Receipt{es::Revision{0}, es::Revision{0}, es::Position{1}});
    CHECK(told(sink.store(), "notes-1").size() == 1);
}

TEST_CASE("What the store refuses is answered as the store refuses it") {
    const es::PipelinedMemorySink sink;
    auto note = one("a");
    REQUIRE(sink.append_unchecked("notes-1", note.batch()));
    note.events = {Written{"b"}}; // other content with its id
    auto pipeline = sink.open_pipeline().value();
    es::PipelineAnswers answers;
    REQUIRE(pipeline.submit("notes-1", note.batch(), answers));
    REQUIRE(pipeline.submit("notes-1", one("c").batch(), answers));
    REQUIRE(pipeline.flush(answers));
    REQUIRE(answers.size() == 2);
    CHECK(fails_with(es::errc::duplicate_id, answers[0].result));
    CHECK(fails_with(es::errc::not_sent, answers[1].result));
    CHECK(message_of(answers[1].result).find("a batch before it in its stream was not written") !=
          std::string::npos);
}

TEST_CASE("Calls of a pipelined memory sink end by the clock of its environment") {
    es::FixedEnvironment world;
    const es::PipelinedMemorySink sink({}, {}, world);
    auto pipeline = sink.open_pipeline().value();
    es::PipelineAnswers answers;
    const es::CallOptions call{.deadline =
                                   es::Environment(world).steady_now() + std::chrono::hours(1)};
    REQUIRE(pipeline.submit("notes-1", one().batch(), answers, call));
    world.advance(std::chrono::hours(2));
    CHECK(
        fails_with(es::errc::timed_out, pipeline.submit("notes-1", one().batch(), answers, call)));
    CHECK(fails_with(es::errc::unknown_outcome, pipeline.flush(answers, call)));
    REQUIRE(answers.size() == 1);
    CHECK(fails_with(es::errc::unknown_outcome, answers[0].result));
}

TEST_CASE("A pipeline for no batches is refused") {
    CHECK(message_of(es::PipelinedMemorySink().open_pipeline({.most_batches = 0})) ==
          "PipelineOptions::most_batches is 0: expected at least 1");
}

TEST_CASE("A pipeline may be moved and needs no handle of its sink") {
    std::optional<es::PipelinedMemorySink::Pipeline> kept;
    es::MemoryStore store;
    {
        const es::PipelinedMemorySink sink(store);
        auto pipeline = sink.open_pipeline().value();
        es::PipelineAnswers answers;
        REQUIRE(pipeline.submit("notes-1", one().batch(), answers));
        kept.emplace(std::move(pipeline));
    }
    es::PipelineAnswers answers;
    REQUIRE(kept->flush(answers));
    CHECK(answers.size() == 1);
    *kept = es::PipelinedMemorySink(store).open_pipeline().value();
    CHECK(told(store, "notes-1").size() == 1);
}
