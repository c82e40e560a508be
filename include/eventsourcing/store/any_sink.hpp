// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_ANY_SINK_HPP
#define EVENTSOURCING_STORE_ANY_SINK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/store/any_pipeline.hpp>
#include <eventsourcing/store/append_to.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>
#include <eventsourcing/store/sink.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// Any sink, type-erased: for programs that choose at run time where events go. It appends
/// without a check; for a store that checks there is `AnyStore`.
///
/// It takes batches as bytes. A receipt comes back if the sink inside has one. What that sink
/// promises, `actual_capabilities()` says, and `opens_pipelines()` whether it is a `PipelinedSink`.
///
/// A copy holds a copy of the sink inside, and may be used by several threads at once as that may.
class AnySink {
public:
    /// Only what every sink keeps.
    static constexpr Capabilities capabilities{.keeps_bytes = false};

    template <class S>
        requires(!std::same_as<S, AnySink> && detail::HasCapabilities<S> && Sink<S> &&
                 detail::TakesUnchecked<S, EventBatch>)
    AnySink(S sink) : inside_(std::make_unique<Of<S>>(std::move(sink))) {}
    AnySink(const AnySink& other) : inside_(other.inside_->copy()) {}
    AnySink& operator=(const AnySink& other) {
        inside_ = other.inside_->copy();
        return *this;
    }
    // No move: every handle has a sink.
    ~AnySink() = default;

    /// The type of the sink inside, `CallbackSink<...>`.
    [[nodiscard]] std::string_view name() const { return inside_->name; }
    /// What the sink inside promises.
    [[nodiscard]] const Capabilities& actual_capabilities() const { return inside_->capabilities; }

    /// That of the sink inside.
    [[nodiscard]] Environment environment() const { return inside_->environment(); }

    /// An exception of the sink inside is `errc::threw`, with an unknown outcome.
    Result<std::optional<Receipt>> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                                    const CallOptions& call = {}) const {
        return inside_->append(stream, batch, call);
    }

    /// Whether the sink inside opens pipelines.
    [[nodiscard]] bool opens_pipelines() const { return inside_->pipelined; }
    /// A pipeline of the sink inside; `unsupported` if that opens none.
    [[nodiscard]] Result<AnyPipeline> open_pipeline(const PipelineOptions& options = {}) const {
        return inside_->open_pipeline(options);
    }

private:
    struct Inside {
        Inside(std::string_view its_name, const Capabilities& its_capabilities, bool is_pipelined)
            : name(its_name),
              capabilities(its_capabilities),
              pipelined(is_pipelined) {}
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        virtual ~Inside() = default;

        [[nodiscard]] virtual std::unique_ptr<Inside> copy() const = 0;
        virtual Result<std::optional<Receipt>>
        append(StreamNameView stream, const EventBatch& batch, const CallOptions& call) = 0;
        virtual Result<AnyPipeline> open_pipeline(const PipelineOptions& options) = 0;
        [[nodiscard]] virtual Environment environment() const = 0;

        std::string_view name;
        Capabilities capabilities;
        bool pipelined;
    };

    template <class S>
    struct Of final : Inside {
        explicit Of(S its_sink)
            : Inside(detail::type_name<S>(), promises_of(its_sink),
                     eventsourcing::opens_pipelines(its_sink)),
              sink(std::move(its_sink)) {}

        [[nodiscard]] std::unique_ptr<Inside> copy() const override {
            return std::make_unique<Of>(sink);
        }
        [[nodiscard]] Environment environment() const override {
            return detail::environment_of(sink);
        }
        Result<std::optional<Receipt>> append(StreamNameView stream, const EventBatch& batch,
                                              const CallOptions& call) override {
            using Answer = Result<std::optional<Receipt>>;
            return detail::guarded_append("the sink inside", [&]() -> Answer {
                auto done = detail::append_to(sink, stream, batch, call);
                if (!done)
                    return std::move(done).error();
                if constexpr (std::same_as<decltype(done), Result<void>>)
                    return std::optional<Receipt>{};
                else
                    return std::optional<Receipt>(*done);
            });
        }

        Result<AnyPipeline> open_pipeline(const PipelineOptions& options) override {
            if constexpr (PipelinedSink<S>)
                return detail::guarded("the sink inside", [&]() -> Result<AnyPipeline> {
                    auto opened = std::as_const(sink).open_pipeline(options);
                    if (!opened)
                        return std::move(opened).error();
                    return AnyPipeline(*std::move(opened));
                });
            else
                return Error(errc::unsupported,
                             detail::joined({name, " opens no pipelines, as "
                                                   "AnySink::opens_pipelines() says: use "
                                                   "append_unchecked, or a sink that does"}));
        }

        S sink;
    };

    std::unique_ptr<Inside> inside_;
};

} // namespace eventsourcing

#endif
