// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_PIPELINED_SINK_HPP
#define EVENTSOURCING_STORE_PIPELINED_SINK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/sink.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

namespace eventsourcing {

/// Stands for a batch that a pipeline has taken. Those of one pipeline ascend in the order of
/// `submit`; they mean nothing in another pipeline.
class Ticket {
public:
    constexpr Ticket() = default;
    constexpr explicit Ticket(std::uint64_t number) : number_(number) {}

    [[nodiscard]] constexpr std::uint64_t number() const { return number_; }

    constexpr auto operator<=>(const Ticket&) const = default;

private:
    std::uint64_t number_ = 0;
};

/// The answer to a batch that a pipeline has taken.
struct PipelineAnswer {
    Ticket ticket;
    /// Where the events are. Success without a receipt if the engine has no revisions (a broker):
    /// then no answer of this sink has one, and none is made up.
    ///
    /// Errors: the engine's, and nothing was written; `not_sent` for a batch after one of its
    /// stream that failed, which was not written either; `unknown_outcome`.
    Result<std::optional<Receipt>> result;
};
using PipelineAnswers = std::vector<PipelineAnswer>;

/// How much a pipeline holds: batches whose answers it has not passed on yet.
struct PipelineOptions {
    std::size_t most_batches = 1'000;
    /// Of data and metadata. A larger batch is taken when the pipeline is empty.
    std::size_t most_bytes = std::size_t{64} * 1024 * 1024;
};

/// Sends many batches before the first answer comes. It belongs to one thread at a time, and
/// answers come only in its calls, which append them to `answers`; it calls no code of the
/// application.
///
/// * `submit(stream, batch, answers, call = {}) -> Result<Ticket>`: takes a copy of the bytes and
///   returns at once. Only if the pipeline is full it waits, and passes on the answers that come
///   meanwhile. `timed_out` at the deadline, `cancelled` after a stop: the batch was not taken. One
///   that no store would take (`invalid`, `too_large`) is refused at once and has no ticket.
/// * `poll(answers, call = {}) -> Result<void>`: passes on the answers that have come. If there is
///   none, but a ticket without an answer, it waits for the first; success without one at the
///   deadline, `cancelled` after a stop.
/// * `flush(answers, call = {}) -> Result<void>`: until each ticket has its answer. At the deadline
///   or after a stop it gives up: the others are answered `unknown_outcome` (or `not_sent`, if that
///   is certain), and so is the call. What was given up may still be written, but before any batch
///   of its stream that is submitted later.
/// * `close(answers)`: answers every ticket without waiting, with what is known, or else as a
///   `flush` that gives up. Later calls return `closed`. The destructor does the same and tells
///   nobody.
///
/// Each ticket is answered once, and never forgotten. Batches of one stream are written and
/// answered in the order of `submit`; between streams there is no order. What is written of a
/// stream has no holes: after a batch that failed, or whose outcome is unknown, none of its stream
/// succeeds until a `flush` has ended, also one that is submitted after the failure was passed on.
/// So after a failure: flush, and submit again from the first one on that has no success, with the
/// same ids. There is no check of a revision, for which the answer to the batch before would be
/// needed.
template <class P>
concept Pipeline =
    (std::movable<P> || unmet<"es: a pipeline can be moved">) &&
    (requires(P& pipeline, StreamNameView stream, const EventBatch& batch, PipelineAnswers& answers,
              const CallOptions& call) {
        { pipeline.submit(stream, batch, answers) } -> std::same_as<Result<Ticket>>;
        { pipeline.submit(stream, batch, answers, call) } -> std::same_as<Result<Ticket>>;
    } ||
     unmet<"es: a pipeline has submit(es::StreamNameView, const es::EventBatch&, "
           "es::PipelineAnswers&, const es::CallOptions& = {}), which returns "
           "es::Result<es::Ticket>">) &&
    (requires(P& pipeline, PipelineAnswers& answers, const CallOptions& call) {
        { pipeline.poll(answers) } -> std::same_as<Result<void>>;
        { pipeline.poll(answers, call) } -> std::same_as<Result<void>>;
        { pipeline.flush(answers) } -> std::same_as<Result<void>>;
        { pipeline.flush(answers, call) } -> std::same_as<Result<void>>;
    } || unmet<"es: a pipeline has poll and flush(es::PipelineAnswers&, const es::CallOptions& = "
               "{}), which return es::Result<void>">) &&
    (requires(P& pipeline, PipelineAnswers& answers) {
        { pipeline.close(answers) } -> std::same_as<void>;
    } || unmet<"es: a pipeline has void close(es::PipelineAnswers&), which answers every ticket">);

/// A sink whose engine works asynchronously:
///
/// * `open_pipeline(options = {}) -> Result<P>`: a new `Pipeline`, independent of others of this
///   sink and of its `append_unchecked`; there is no order between them.
template <class S>
concept PipelinedSink =
    Sink<S> && (requires(const S& sink, const PipelineOptions& options) {
        requires Pipeline<std::remove_cvref_t<decltype(*sink.open_pipeline(options))>>;
        requires std::same_as<decltype(sink.open_pipeline()),
                              decltype(sink.open_pipeline(options))>;
    } || unmet<"es: a pipelined sink has open_pipeline(const es::PipelineOptions& = {}) const, "
               "which returns an es::Result of an es::Pipeline">);

/// Whether this sink opens pipelines: what its type says or, for one that holds another, such as
/// `AnySink`, what that one says. Where it says no, `open_pipeline` is `unsupported`.
template <class S>
[[nodiscard]] constexpr bool opens_pipelines([[maybe_unused]] const S& sink) {
    if constexpr (requires {
                      { sink.opens_pipelines() } -> std::same_as<bool>;
                  })
        return sink.opens_pipelines();
    else
        return PipelinedSink<S>;
}

} // namespace eventsourcing

#endif
