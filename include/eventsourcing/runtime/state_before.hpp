// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_STATE_BEFORE_HPP
#define EVENTSOURCING_RUNTIME_STATE_BEFORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/fold_stream.hpp>
#include <eventsourcing/runtime/load_options.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/loaded_until.hpp>

#include <optional>
#include <utility>

namespace eventsourcing::detail {

/// Whether an error is one of an event that could not be read or applied.
inline bool is_of_event(const Error& error) {
    return error == errc::malformed || error == errc::unknown_type ||
           error == errc::unknown_version || error == errc::cannot_apply || error == errc::threw ||
           error == errc::overflow;
}

/// The error of an event, with the state before it, which is made again: that which could not be
/// folded further is unspecified. Any other error as it is.
///
/// `last` is the last revision that was folded, and `from` a state before it.
template <Aggregate A, class Store>
[[gnu::cold]] Error with_state_before(Error error, const Store& store, StreamNameView stream,
                                      LoadOptions options, std::optional<Revision> last,
                                      const SkipList& skip = {}, Loaded<A>&& from = {}) {
    if (!is_of_event(error))
        return error;
    LoadedUntil<A> until{last ? std::move(from) : Loaded<A>{}, error};
    if (last && until.revision != last) {
        options.at = last;
        options.as_of.reset();
        if (auto again = fold_stream<A>(until, store, stream, options, skip); !again)
            return error;
    }
    return std::move(error).with_attached(std::move(until));
}

} // namespace eventsourcing::detail

#endif
