// SPDX-License-Identifier: MIT
#include <eventsourcing/store/any_sink.hpp>

#include <eventsourcing/store/callback_sink.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "store/notes.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

using namespace notes;

static_assert(es::Sink<es::AnySink> && es::Sink<const es::AnySink>);
static_assert(es::PipelinedSink<es::AnySink> && es::Pipeline<es::AnyPipeline>);
static_assert(!es::AnySink::capabilities.keeps_bytes && !es::AnySink::capabilities.durable);
class Throws {
public:
    static constexpr es::Capabilities capabilities{};
    es::Result<void> append_unchecked(es::StreamNameView, const es::EventBatch&) {
        throw_or_skip(std::runtime_error("no wire"));
    }
};
struct OnlyNotes {
    static constexpr es::Capabilities capabilities{};
    es::Result<void> append_unchecked(es::StreamNameView, const es::Batch<Note>&) { return {}; }
};
static_assert(!std::is_constructible_v<es::AnySink, OnlyNotes>);

TEST_CASE("A sink whose type is forgotten passes batches on, and receipts back if there are any") {
    const es::MemoryStore memory;
    const es::AnySink store = memory;
    const auto kept = store.append_unchecked("notes-1", one().batch());
    REQUIRE(kept);
    REQUIRE(*kept);
    CHECK((*kept)->position == es::Position{1});
    CHECK(told(memory, "notes-1").size() == 1);
    CHECK(store.name() == "MemoryStore");
    CHECK(es::promises_of(store) == es::MemoryStore::capabilities);

    std::vector<std::string> seen;
    const es::AnySink callback{
        es::CallbackSink{[&](es::StreamNameView stream, const es::EventBatch& batch) {
            seen.push_back(stream.str() + " " + std::to_string(batch.size()));
        }}};
    const auto told_of = callback.append_unchecked("notes-2", one().batch());
    REQUIRE(told_of);
    CHECK(*told_of == std::nullopt);
    CHECK(seen == std::vector<std::string>{"notes-2 1"});
}

TEST_CASE("Copies of a sink whose type is forgotten are copies of what is inside") {
    struct Counts {
        std::vector<int>* calls;
        int own = 0;
        void operator()(es::StreamNameView, const es::EventBatch&) { calls->push_back(++own); }
    };
    std::vector<int> calls;
    const es::AnySink first{es::CallbackSink{Counts{&calls}}};
    REQUIRE(first.append_unchecked("notes-1", one().batch()));
    es::AnySink second = first;
    REQUIRE(second.append_unchecked("notes-1", one().batch()));
    REQUIRE(first.append_unchecked("notes-1", one().batch()));
    CHECK(calls == std::vector<int>{1, 2, 2});
    second = es::MemoryStore{};
    CHECK(second.name() == "MemoryStore");
}

TEST_CASE("What a sink whose type is forgotten throws or refuses comes back") {
    const es::AnySink refuses{
        es::CallbackSink{[](es::StreamNameView, const es::EventBatch&) -> es::Result<void> {
            return es::errc::unavailable;
        }}};
    CHECK(refuses.append_unchecked("notes-1", one().batch()).error() == es::errc::unavailable);

    const es::AnySink throws{Throws{}};
    const auto thrown = throws.append_unchecked("notes-1", one().batch());
    REQUIRE(thrown.error() == es::errc::threw);
    CHECK(thrown.error().message() == "the sink inside threw: no wire");
    CHECK(thrown.error().outcome() == es::Outcome::unknown);
}

TEST_CASE("A sink whose type is forgotten opens the pipelines of the sink inside, and says whether "
          "that has any") {
    const es::PipelinedMemorySink inside;
    const es::AnySink sink = inside;
    CHECK(sink.opens_pipelines());
    CHECK(es::opens_pipelines(sink));
    CHECK(es::opens_pipelines(inside));
    auto opened = sink.open_pipeline();
    REQUIRE(opened);
    es::PipelineAnswers answers;
    REQUIRE(opened->submit("notes-1", one().batch(), answers));
    REQUIRE(opened->flush(answers));
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].result.value()->first == es::Revision{0});
    CHECK(told(inside.store(), "notes-1").size() == 1);
    CHECK(sink.open_pipeline({.most_batches = 0}).error() == es::errc::invalid);

    const es::AnySink without = es::MemoryStore{};
    CHECK_FALSE(without.opens_pipelines());
    CHECK_FALSE(es::opens_pipelines(without));
    CHECK_FALSE(es::opens_pipelines(es::MemoryStore{}));
    const auto refused = without.open_pipeline();
    REQUIRE(fails_with(es::errc::unsupported, refused));
    CHECK(message_of(refused) == "MemoryStore opens no pipelines, as AnySink::opens_pipelines() "
                                 "says: use append_unchecked, or a sink that does");
}

TEST_CASE("A pipeline whose type is forgotten can be moved, and what was moved away is closed") {
    const es::PipelinedMemorySink inside;
    auto first = es::AnySink(inside).open_pipeline().value();
    es::PipelineAnswers answers;
    REQUIRE(first.submit("notes-1", one().batch(), answers));
    es::AnyPipeline second = std::move(first);
    CHECK(fails_with(es::errc::closed, first.poll(answers))); // moved away on purpose
    first.close(answers);
    CHECK(answers.empty());
    REQUIRE(second.flush(answers));
    CHECK(answers.size() == 1);
    second.close(answers);
    CHECK(fails_with(es::errc::closed, second.submit("notes-1", one().batch(), answers)));
}

namespace {
/// Its pipelines throw.
struct ThrowingSink : Throws {
    struct Pipeline {
        es::Result<es::Ticket> submit(es::StreamNameView, const es::EventBatch&,
                                      es::PipelineAnswers&, const es::CallOptions& = {}) {
            throw_or_skip(std::runtime_error("no wire"));
        }
        es::Result<void> poll(es::PipelineAnswers&, const es::CallOptions& = {}) {
            throw_or_skip(std::runtime_error("no wire"));
        }
        es::Result<void> flush(es::PipelineAnswers& answers, const es::CallOptions& call = {}) {
            return poll(answers, call);
        }
        void close(es::PipelineAnswers&) { throw_or_skip(std::runtime_error("no wire")); }
    };
    es::Result<Pipeline> open_pipeline(const es::PipelineOptions& options = {}) const {
        if (options.most_batches == 7)
            throw_or_skip(std::runtime_error("seven"));
        return Pipeline{};
    }
};
} // namespace

TEST_CASE("What a pipeline whose type is forgotten throws comes back as an error") {
    const es::AnySink sink{ThrowingSink{}};
    CHECK(message_of(sink.open_pipeline({.most_batches = 7})) == "the sink inside threw: seven");
    auto opened = sink.open_pipeline();
    REQUIRE(opened);
    es::PipelineAnswers answers;
    const auto taken = opened->submit("notes-1", one().batch(), answers);
    REQUIRE(fails_with(es::errc::threw, taken));
    CHECK(message_of(taken) == "the pipeline inside threw: no wire");
    CHECK(taken.error().outcome() == es::Outcome::unknown);
    CHECK(fails_with(es::errc::threw, opened->poll(answers)));
    opened->close(answers);
}
