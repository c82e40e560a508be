// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_SINK_HPP
#define EVENTSOURCING_STORE_SINK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/capabilities.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <concepts>
#include <optional>
#include <variant>

namespace eventsourcing {

namespace detail {

template <class S>
concept HasCapabilities = !HasField_capabilities<S> && requires {
    { S::capabilities } -> std::convertible_to<const Capabilities&>;
    typename Constant<bool, Capabilities(S::capabilities).stamps>;
};

template <class R>
concept SinkAnswer = std::same_as<R, Result<Receipt>> || std::same_as<R, Result<void>> ||
                     std::same_as<R, Result<std::optional<Receipt>>>;

template <class S, class Event>
concept AppendsUnchecked = requires(S& sink, StreamNameView stream, const Batch<Event>& batch) {
    { sink.append_unchecked(stream, batch) } -> SinkAnswer;
};

template <class S, class Event>
concept AppendsChecked =
    requires(S& sink, StreamNameView stream, ExpectedRevision expected, const Batch<Event>& batch,
             const AppendCondition& condition, const CallOptions& call) {
        { sink.append(stream, expected, batch) } -> std::same_as<Result<Receipt>>;
        { sink.append(stream, expected, batch, condition, call) } -> std::same_as<Result<Receipt>>;
    };

/// An event of no application, with which a concept can check a sink before the events are known.
struct ArchetypeEvent {
    static constexpr std::string_view event_type = "archetype";
    static constexpr std::string_view event_source = "archetype";
};

} // namespace detail

/// Takes batches of events of the variant `Event`, all of one stream, and returns a receipt, or
/// only success if it has no revisions (`Result<void>`, or `Result<std::optional<Receipt>>` if that
/// differs from one to the next, as in `AnySink`).
///
/// A batch is taken whole or not at all, in order. Distinct copies of a sink may be used from
/// several threads at once. The class of a sink says whether one object may.
template <class S, class Event>
concept SinkFor =
    (std::copy_constructible<S> || unmet<"es: a sink is a handle that can be copied">) &&
    (detail::HasCapabilities<S> ||
     unmet<"es: say what the sink can do: static constexpr es::Capabilities capabilities{...}">) &&
    (detail::AppendsUnchecked<S, Event> ||
     unmet<
         "es: a sink has append_unchecked(es::StreamNameView, const es::Batch<Event>&), or with an "
         "es::EventBatch, which returns es::Result<es::Receipt> or es::Result<void>">);

/// A sink that takes the events of any aggregate.
template <class S>
concept Sink = SinkFor<S, std::variant<detail::ArchetypeEvent>>;

/// A sink that checks what an append expects of its stream.
template <class S, class Event>
concept CheckedSinkFor =
    SinkFor<S, Event> && S::capabilities.expected_revision &&
    (detail::AppendsChecked<S, Event> ||
     unmet<"es: a sink that says expected_revision has append(stream, es::ExpectedRevision, batch, "
           "const es::AppendCondition& = {}, const es::CallOptions& = {})">);

/// A checked sink that also checks append conditions.
template <class S, class Event>
concept ConditionalSinkFor = CheckedSinkFor<S, Event> && S::capabilities.conditions;

} // namespace eventsourcing

#endif
