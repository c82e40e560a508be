// SPDX-License-Identifier: MIT
// A pipelined memory sink as the laws of pipelines want it, and ways to break it.
#ifndef EVENTSOURCING_TESTS_LAWS_PIPELINE_BENCH_HPP
#define EVENTSOURCING_TESTS_LAWS_PIPELINE_BENCH_HPP

#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include <string>
#include <utility>
#include <vector>

namespace pipeline_bench {

namespace es = eventsourcing;

inline es::Result<std::vector<es::Uuid>> ids_in(const es::MemoryStore& store,
                                                es::StreamNameView stream) {
    std::vector<es::Uuid> ids;
    const auto page = store.read_stream(stream, {.limit = 4096});
    if (!page)
        return page.error();
    for (const es::EventRecord& record : *page)
        ids.push_back(record.id);
    return ids;
}

struct HonestBench {
    es::PipelinedMemorySink sink{};

    es::Result<std::vector<es::Uuid>> written(es::StreamNameView stream) const {
        return ids_in(sink.store(), stream);
    }
    void refuse_next(es::StreamNameView stream) const { sink.refuse_next(stream); }
    void lose_next_answer(es::StreamNameView stream) const { sink.lose_next_answer(stream); }
};

} // namespace pipeline_bench

#endif
