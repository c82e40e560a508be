// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_PIPELINED_MEMORY_SINK_HPP
#define EVENTSOURCING_TESTING_PIPELINED_MEMORY_SINK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>
#include <eventsourcing/testing/simulated_engine.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace eventsourcing {

/// A sink whose engine is slow and unreliable in a way that can be repeated: a memory store behind
/// pipelines that delay batches, exchange those of different streams, refuse some and lose some
/// answers. What happens, and in which order, depends on the seed and on the calls, never on the
/// time or on threads.
///
/// Nothing happens by itself. `step()` makes one thing happen: a batch arrives at the engine, or an
/// answer comes back. A call that waits (`flush`, `poll` before the first answer, `submit` to a
/// full pipeline) makes such steps until it has what it waits for, its deadline has passed, or
/// nothing can happen any more since the answers that are missing were lost. The last is like a
/// deadline: nobody else could end the wait.
///
/// A handle: copies share one engine. One handle may be used from several threads at once, a
/// pipeline from one at a time.
class PipelinedMemorySink {
public:
    static constexpr Capabilities capabilities{.remembers_ids = true, .compares_content = true};

    /// With the environment of the store.
    explicit PipelinedMemorySink(MemoryStore store = {}, SimulatedFaults faults = {})
        : PipelinedMemorySink(store, faults, store.environment()) {}
    PipelinedMemorySink(MemoryStore store, SimulatedFaults faults, Environment environment)
        : engine_(std::make_shared<detail::SimulatedEngine>(std::move(store), faults,
                                                            std::move(environment))) {}

    /// At once, beside all pipelines.
    Result<Receipt> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                     const CallOptions& call = {}) const {
        return engine_->store().append_unchecked(stream, batch, call);
    }

    class Pipeline;
    [[nodiscard]] Result<Pipeline> open_pipeline(const PipelineOptions& options = {}) const;

    /// Makes one thing happen; false if nothing can.
    bool step() const { return engine_->step(); }
    /// The next batch of this stream that arrives is refused: `unavailable`, nothing is written.
    void refuse_next(StreamNameView stream) const {
        engine_->script(stream, detail::Arrival::refused);
    }
    /// The answer to the next batch of this stream that arrives is lost after it was written.
    void lose_next_answer(StreamNameView stream) const {
        engine_->script(stream, detail::Arrival::answer_lost);
    }
    /// The next batch of this stream is lost on its way to the engine.
    void lose_next_batch(StreamNameView stream) const {
        engine_->script(stream, detail::Arrival::batch_lost);
    }

    /// What its deadlines are measured by.
    [[nodiscard]] const Environment& environment() const { return engine_->environment(); }
    /// Where the events are.
    [[nodiscard]] const MemoryStore& store() const { return engine_->store(); }

private:
    std::shared_ptr<detail::SimulatedEngine> engine_;
};

/// See the concept `Pipeline`.
class PipelinedMemorySink::Pipeline {
public:
    Pipeline(std::shared_ptr<detail::SimulatedEngine> engine, const PipelineOptions& options)
        : engine_(std::move(engine)),
          line_(engine_->open(options)) {}
    Pipeline(Pipeline&&) = default;
    Pipeline& operator=(Pipeline&& other) noexcept {
        std::swap(engine_, other.engine_);
        std::swap(line_, other.line_);
        return *this;
    }
    ~Pipeline() {
        PipelineAnswers untold;
        if (line_)
            engine_->close(*line_, untold);
    }

    [[nodiscard]] Result<Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                        PipelineAnswers& answers, const CallOptions& call = {}) {
        return engine_->submit(*line_, stream, batch, answers, call);
    }
    [[nodiscard]] Result<void> poll(PipelineAnswers& answers, const CallOptions& call = {}) {
        return engine_->poll(*line_, answers, call);
    }
    [[nodiscard]] Result<void> flush(PipelineAnswers& answers, const CallOptions& call = {}) {
        return engine_->flush(*line_, answers, call);
    }
    void close(PipelineAnswers& answers) { engine_->close(*line_, answers); }

private:
    std::shared_ptr<detail::SimulatedEngine> engine_;
    std::shared_ptr<detail::SimulatedLine> line_;
};

inline Result<PipelinedMemorySink::Pipeline>
PipelinedMemorySink::open_pipeline(const PipelineOptions& options) const {
    if (options.most_batches == 0)
        return Error(errc::invalid, "PipelineOptions::most_batches is 0: expected at least 1");
    return Pipeline(engine_, options);
}

} // namespace eventsourcing

#endif
