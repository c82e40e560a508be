// SPDX-License-Identifier: MIT
// A relay from a memory store to another one, and to a sink that works on its own, against
// `read_all` and `append_unchecked`, or `submit`, by hand: pages of 500, and two events of a stream
// after each other.
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>

#include "compare.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace es = eventsourcing;

namespace {

void must(bool good) {
    if (!good)
        std::abort();
}

/// A store with so many events, in pairs, of 1000 streams.
es::MemoryStore filled(unsigned long events) {
    es::MemoryStore store;
    const es::Environment environment;
    const std::string text =
        R"({"entity_id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f","damage":150,"weapon":"club"})";
    for (unsigned long i = 0; i < events; i += 2) {
        es::NewEvent two[2];
        for (es::NewEvent& event : two)
            event = {.id = environment.new_id(),
                     .type = "combat.entity_attacked",
                     .version = "1.0",
                     .content_type = "application/json",
                     .data = text,
                     .recorded_at = environment.now()};
        must(store
                 .append_unchecked(*es::StreamName::of("combat", std::to_string(i / 2 % 1'000)),
                                   es::EventBatch(std::span<const es::NewEvent>(two)))
                 .has_value());
    }
    return store;
}

/// A sink with a pipeline, which takes 20 us for an event, and as long as it does to answer. It
/// works while nobody calls it.
class SlowSink {
public:
    static constexpr es::Capabilities capabilities{};
    using Clock = std::chrono::steady_clock;

    es::Result<void> append_unchecked(es::StreamNameView /*stream*/,
                                      const es::EventBatch& /*batch*/,
                                      const es::CallOptions& /*call*/ = {}) const {
        return es::errc::unsupported;
    }

    class Pipeline {
    public:
        es::Result<es::Ticket> submit(es::StreamNameView /*stream*/, const es::EventBatch& batch,
                                      es::PipelineAnswers& /*answers*/,
                                      const es::CallOptions& /*call*/ = {}) {
            const auto events = batch.encoded();
            if (!events)
                return events.error();
            busy_until_ = std::max(busy_until_, Clock::now()) +
                          std::chrono::microseconds(20 * static_cast<std::int64_t>(batch.size()));
            tickets_.emplace_back(++last_);
            return tickets_.back();
        }
        es::Result<void> poll(es::PipelineAnswers& answers, const es::CallOptions& call = {}) {
            return flush(answers, call);
        }
        es::Result<void> flush(es::PipelineAnswers& answers, const es::CallOptions& /*call*/ = {}) {
            constexpr std::chrono::microseconds answer_after{300};
            if (!tickets_.empty())
                std::this_thread::sleep_until(busy_until_ + answer_after);
            close(answers);
            return {};
        }
        void close(es::PipelineAnswers& answers) {
            for (const es::Ticket& ticket : tickets_)
                answers.push_back({ticket, std::optional<es::Receipt>()});
            tickets_.clear();
        }

    private:
        Clock::time_point busy_until_{};
        std::uint64_t last_ = 0;
        std::deque<es::Ticket> tickets_;
    };
    [[nodiscard]] es::Result<Pipeline> open_pipeline(const es::PipelineOptions& = {}) const {
        return Pipeline();
    }
};

template <class Sink>
compare::Work relayed(unsigned long events) {
    const auto from = filled(events);
    auto relay = std::make_shared<es::Relay<es::MemoryStore, Sink>>(
        from, Sink{}, es::RelayOptions{.name = "relay"});
    return [relay, events] {
        std::size_t sent = 0;
        for (es::Step step = relay->step(); step.kind != es::Step::Kind::idle;
             step = relay->step()) {
            must(step.kind == es::Step::Kind::worked);
            sent += step.events;
        }
        must(sent == events);
        return sent;
    };
}

es::NewEvent new_event(const es::EventRecord& record) {
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

/// Calls `send(records)` with each page.
template <class Send>
std::size_t for_each_page(const es::MemoryStore& from, Send send) {
    std::size_t sent = 0;
    es::AllRead which{.limit = 500};
    for (;;) {
        const auto page = from.read_all(which);
        must(page.has_value());
        send(page->records());
        sent += page->records().size();
        if (page->at_end)
            return sent;
        which.after = page->last_position;
    }
}

/// The events of one stream that come after each other in one append.
void append(const es::MemoryStore& to, std::span<const es::EventRecord> records) {
    std::vector<es::NewEvent> batch;
    for (std::size_t i = 0; i < records.size(); ++i) {
        batch.push_back(new_event(records[i]));
        if (i + 1 < records.size() && records[i + 1].stream == records[i].stream)
            continue;
        must(to.append_unchecked(*es::StreamNameView::parse(records[i].stream),
                                 es::EventBatch(std::span<const es::NewEvent>(batch)))
                 .has_value());
        batch.clear();
    }
}

compare::Work appended_by_hand(unsigned long events) {
    return [from = filled(events), to = es::MemoryStore()]() -> unsigned long {
        return for_each_page(from, [&](auto records) { append(to, records); });
    };
}

compare::Work submitted_by_hand(unsigned long events) {
    return [from = filled(events)]() -> unsigned long {
        auto pipeline = *SlowSink().open_pipeline();
        es::PipelineAnswers answers;
        const auto sent = for_each_page(from, [&](std::span<const es::EventRecord> records) {
            for (const es::EventRecord& record : records) {
                const es::NewEvent event = new_event(record);
                must(pipeline
                         .submit(*es::StreamNameView::parse(record.stream),
                                 es::EventBatch(std::span(&event, 1)), answers)
                         .has_value());
            }
        });
        must(pipeline.flush(answers).has_value());
        must(answers.size() == sent);
        return sent;
    };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {
                             {"relay, memory to memory, per event", relayed<es::MemoryStore>,
                              appended_by_hand, 10'000, 0, 1 / 0.5, 10'000},
                             {"relay, memory to a pipelined sink of 20 us an event, per event",
                              relayed<SlowSink>, submitted_by_hand, 2'000, 0, 1.1},
                         });
}
