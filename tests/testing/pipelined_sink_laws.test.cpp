// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/pipelined_sink_laws.hpp>

#include "catch.hpp"
#include "laws/broken_pipelines.hpp"
#include "laws/pipeline_bench.hpp"

#include <eventsourcing/store/any_sink.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

using namespace broken_pipelines;
using namespace pipeline_bench;

namespace {

using Laws = std::vector<std::string_view>;

template <class P>
Laws laws_broken_by() {
    const auto report = es::check_pipelined_sink_laws([] { return BrokenBench<P>{}; });
    Laws broken;
    for (const es::LawResult& result : report.results())
        if (result.verdict == es::LawVerdict::broken) {
            CHECK_FALSE(result.seen.empty());
            broken.push_back(result.law);
        }
    CHECK(bool(report) == broken.empty());
    return broken;
}

/// Whether this law is among those that it breaks: most faults break more than one.
template <class P>
bool breaks(std::string_view law) {
    const auto broken = laws_broken_by<P>();
    return std::find(broken.begin(), broken.end(), law) != broken.end();
}

constexpr std::string_view answered_once = "each ticket is answered once, in the order of its "
                                           "stream, and so are its events written";

} // namespace

TEST_CASE("A pipelined memory sink keeps the laws of pipelines, from whatever seed", "[laws]") {
    for (std::uint64_t seed = 0; seed < 50; ++seed)
        for (const bool receipts : {true, false}) {
            const auto report = es::check_pipelined_sink_laws([&] {
                return HonestBench{
                    es::PipelinedMemorySink({}, {.seed = seed, .receipts = receipts})};
            });
            INFO(seed << " " << report);
            REQUIRE(report);
            REQUIRE(report.count(es::LawVerdict::held) == report.results().size());
        }
}

TEST_CASE("A pipelined sink whose type is forgotten keeps the laws of pipelines", "[laws]") {
    struct Bench {
        es::PipelinedMemorySink inside{};
        es::AnySink sink = inside;

        es::Result<std::vector<es::Uuid>> written(es::StreamNameView stream) const {
            return ids_in(inside.store(), stream);
        }
        void refuse_next(es::StreamNameView stream) const { inside.refuse_next(stream); }
        void lose_next_answer(es::StreamNameView stream) const { inside.lose_next_answer(stream); }
    };
    for (std::uint64_t seed = 0; seed < 5; ++seed)
        for (const bool receipts : {true, false}) {
            const auto report = es::check_pipelined_sink_laws([&] {
                return Bench{es::PipelinedMemorySink({}, {.seed = seed, .receipts = receipts})};
            });
            INFO(seed << " " << report);
            REQUIRE(report);
            REQUIRE(report.count(es::LawVerdict::held) == report.results().size());
        }
}

TEST_CASE("A broken pipeline breaks its law through a sink whose type is forgotten", "[laws]") {
    struct Bench {
        BrokenBench<SpoilsAnswers<OneRevisionLater>> inside{};
        es::AnySink sink = inside.sink;

        es::Result<std::vector<es::Uuid>> written(es::StreamNameView stream) const {
            return inside.written(stream);
        }
    };
    const auto report = es::check_pipelined_sink_laws([] { return Bench{}; });
    CHECK(report.count(es::LawVerdict::broken) == 1);
}

TEST_CASE("Without means to steer the engine, the laws that need them are not checked", "[laws]") {
    struct Bench {
        es::PipelinedMemorySink sink{};
        es::Result<std::vector<es::Uuid>> written(es::StreamNameView stream) const {
            return ids_in(sink.store(), stream);
        }
    };
    const auto report = es::check_pipelined_sink_laws([] { return Bench{}; });
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_checked) == 5);
    CHECK(report.to_string().find("give the bench refuse_next(stream)") != std::string::npos);
}

TEST_CASE("A pipeline that breaks nothing is told to break nothing", "[laws]") {
    CHECK(laws_broken_by<HonestPipeline>() == Laws{});
}

TEST_CASE("A pipeline that answers twice, never or out of order breaks the law of answers",
          "[laws]") {
    CHECK(breaks<SpoilsAnswers<Twice>>(answered_once));
    CHECK(breaks<SpoilsAnswers<Forgotten>>(answered_once));
    CHECK(breaks<SpoilsAnswers<Backwards>>(answered_once));
}

TEST_CASE("A pipeline with wrong or some receipts breaks the law of receipts", "[laws]") {
    const Laws receipts{"a receipt says where the batch is; all successes have one, or none has"};
    CHECK(laws_broken_by<SpoilsAnswers<OneRevisionLater>>() == receipts);
    CHECK(laws_broken_by<SpoilsAnswers<SomeWithoutReceipt>>() == receipts);
}

TEST_CASE("A pipeline that takes what can't be written breaks the law of such batches", "[laws]") {
    CHECK(laws_broken_by<TakesAnything>() ==
          Laws{"a batch that can never be written is refused at once"});
}

TEST_CASE("A pipeline that goes on after a failure breaks the law of holes", "[laws]") {
    CHECK(breaks<GoesOnBehindFailures>("after a batch that failed, none of its stream is written"));
}

TEST_CASE("A pipeline that goes on once it has told of a failure breaks the law of that",
          "[laws]") {
    CHECK(laws_broken_by<GoesOnOnceTold>() ==
          Laws{"a stream that failed stays so until a flush, whatever was passed on"});
}

TEST_CASE("A pipeline that takes a lost answer for success breaks the law of lost answers",
          "[laws]") {
    CHECK(breaks<SpoilsAnswers<UnknownAsDone>>(
        "a lost answer is an unknown outcome, after which none of its stream succeeds"));
}

TEST_CASE("A pipeline without bounds breaks the law of full pipelines", "[laws]") {
    CHECK(breaks<Unbounded>("a full pipeline takes nothing until its deadline"));
    CHECK(breaks<Unbounded>("submit to a full pipeline passes on answers until there is room"));
}

TEST_CASE("A pipeline that does not wait for room or for an answer breaks the laws of waiting",
          "[laws]") {
    CHECK(
        breaks<RefusesWhenFull>("submit to a full pipeline passes on answers until there is room"));
    CHECK(breaks<PollsWithoutWaiting>("poll waits for the first answer, if there is one to come"));
}

TEST_CASE("A pipeline that ignores deadlines and stops breaks the laws of them", "[laws]") {
    CHECK(breaks<IgnoresDeadlines>("a call after its deadline or after a stop takes nothing"));
    CHECK(laws_broken_by<IgnoresStops>() == Laws{"a deadline or a stop ends poll and flush"});
}

TEST_CASE("A pipeline that closes in silence breaks the law of closing", "[laws]") {
    CHECK(breaks<ClosesSilently>("closing a pipeline answers every ticket, and ends it"));
}

TEST_CASE("Pipelines that are one and the same break the law of independence", "[laws]") {
    CHECK(breaks<SharedPipeline>("pipelines of one sink do not touch each other"));
}
