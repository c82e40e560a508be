// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_ANY_PIPELINE_HPP
#define EVENTSOURCING_STORE_ANY_PIPELINE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace eventsourcing {

/// Any pipeline, type-erased: what `AnySink::open_pipeline` opens. See the concept
/// `Pipeline`.
///
/// An exception of the pipeline inside is `errc::threw`, with an unknown outcome. One that was
/// moved away is `closed`.
class AnyPipeline {
public:
    template <class P>
        requires(!std::same_as<P, AnyPipeline> && Pipeline<P>)
    explicit AnyPipeline(P pipeline) : inside_(std::make_unique<Of<P>>(std::move(pipeline))) {}

    [[nodiscard]] Result<Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                        PipelineAnswers& answers, const CallOptions& call = {}) {
        return ask<Ticket>([&] { return inside_->submit(stream, batch, answers, call); });
    }
    [[nodiscard]] Result<void> poll(PipelineAnswers& answers, const CallOptions& call = {}) {
        return ask<void>([&] { return inside_->poll(answers, call); });
    }
    [[nodiscard]] Result<void> flush(PipelineAnswers& answers, const CallOptions& call = {}) {
        return ask<void>([&] { return inside_->flush(answers, call); });
    }
    void close(PipelineAnswers& answers) {
        // What throws here has nobody to tell: `close` returns nothing.
        static_cast<void>(ask<void>([&]() -> Result<void> {
            inside_->close(answers);
            return {};
        }));
    }

private:
    struct Inside {
        Inside() = default;
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        virtual ~Inside() = default;

        virtual Result<Ticket> submit(StreamNameView stream, const EventBatch& batch,
                                      PipelineAnswers& answers, const CallOptions& call) = 0;
        virtual Result<void> poll(PipelineAnswers& answers, const CallOptions& call) = 0;
        virtual Result<void> flush(PipelineAnswers& answers, const CallOptions& call) = 0;
        virtual void close(PipelineAnswers& answers) = 0;
    };

    template <class P>
    struct Of final : Inside {
        explicit Of(P its_pipeline) : pipeline(std::move(its_pipeline)) {}

        Result<Ticket> submit(StreamNameView stream, const EventBatch& batch,
                              PipelineAnswers& answers, const CallOptions& call) override {
            return pipeline.submit(stream, batch, answers, call);
        }
        Result<void> poll(PipelineAnswers& answers, const CallOptions& call) override {
            return pipeline.poll(answers, call);
        }
        Result<void> flush(PipelineAnswers& answers, const CallOptions& call) override {
            return pipeline.flush(answers, call);
        }
        void close(PipelineAnswers& answers) override { pipeline.close(answers); }

        P pipeline;
    };

    template <class T, class F>
    Result<T> ask(const F& f) {
        if (!inside_)
            return errc::closed;
        return detail::guarded_append("the pipeline inside", f);
    }

    std::unique_ptr<Inside> inside_;
};

} // namespace eventsourcing

#endif
