// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_APPEND_TO_HPP
#define EVENTSOURCING_STORE_APPEND_TO_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/sink.hpp>

#include <utility>

namespace eventsourcing::detail {

/// Whether a sink takes batches of this form.
template <class S, class B>
concept TakesUnchecked = requires(S& sink, StreamNameView stream, const B& batch) {
    { sink.append_unchecked(stream, batch) } -> SinkAnswer;
};
template <class S, class B>
using UncheckedAnswer = decltype(std::declval<S&>().append_unchecked(std::declval<StreamNameView>(),
                                                                     std::declval<const B&>()));

/// Appends without a check to a sink that takes the options of a call or one that does not.
template <class S, class B>
UncheckedAnswer<S, B> append_to(S& sink, StreamNameView stream, const B& batch,
                                const CallOptions& call) {
    if constexpr (requires { sink.append_unchecked(stream, batch, call); })
        return sink.append_unchecked(stream, batch, call);
    else
        return sink.append_unchecked(stream, batch);
}

} // namespace eventsourcing::detail

#endif
