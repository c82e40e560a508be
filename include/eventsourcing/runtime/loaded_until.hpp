// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_LOADED_UNTIL_HPP
#define EVENTSOURCING_RUNTIME_LOADED_UNTIL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/runtime/loaded.hpp>

namespace eventsourcing {

/// The state before the event that could not be read or applied: it has all events up to and with
/// `revision`. The next one is the one at fault.
template <Aggregate A>
struct LoadedUntil : Loaded<A> {
    /// The error as it was, with what the application attached to it.
    Error cause;
};

/// What was loaded before an error of a repository, or null if the error is not one of an event.
/// Valid as long as the error.
template <Aggregate A>
[[nodiscard]] const LoadedUntil<A>* loaded_until(const Error& error) {
    return error.attached<LoadedUntil<A>>();
}

} // namespace eventsourcing

#endif
