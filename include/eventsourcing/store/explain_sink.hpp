// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EXPLAIN_SINK_HPP
#define EVENTSOURCING_STORE_EXPLAIN_SINK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/store/sink.hpp>

#include <concepts>

namespace eventsourcing::detail {

/// Says in the compiler's first error line what a sink lacks for the events of this variant. Always
/// true, so that it adds no error of its own.
///
/// A sink that says `expected_revision` without an `append` that fits is refused: its expectations
/// would silently not be checked.
template <class S, class Event>
consteval bool explain_sink() {
    EVENTSOURCING_EXPLAIN(std::copy_constructible<S>, "a sink is a handle that can be copied", S);
    EVENTSOURCING_EXPLAIN(
        HasCapabilities<S>,
        "say what the sink can do, public: `static constexpr es::Capabilities capabilities{...};`",
        S);
    if constexpr (!HasCapabilities<S>)
        return false;
    EVENTSOURCING_EXPLAIN((AppendsUnchecked<S, Event>),
                          "a sink has append_unchecked(es::StreamNameView, const "
                          "es::Batch<Event>&), or with an es::EventBatch, which returns "
                          "es::Result<es::Receipt> or es::Result<void>",
                          S, Event);
    if constexpr (SinkFor<S, Event>)
        EVENTSOURCING_EXPLAIN((!S::capabilities.expected_revision || CheckedSinkFor<S, Event>),
                              "a sink that says expected_revision has append(stream, "
                              "es::ExpectedRevision, batch, const es::AppendCondition& = {}, const "
                              "es::CallOptions& = {}), which returns es::Result<es::Receipt>",
                              S, Event);
    return true;
}

} // namespace eventsourcing::detail

#endif
