// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PENDING_APPEND_ALL_HPP
#define EVENTSOURCING_RUNTIME_PENDING_APPEND_ALL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/runtime/loaded.hpp>

#include <tuple>

namespace eventsourcing {

/// A stream that a pending append to several must find as it was read.
template <Aggregate A>
struct PendingUnchanged {
    StreamName stream;
    Loaded<A> loaded;
};

/// An append to several streams whose outcome is unknown, with all that is needed to send the same
/// bytes and ids again. The error of `execute_all` carries it; `retry_all` takes it.
template <class... Parts>
struct PendingAppendAll {
    /// In the order of the arguments: a `PendingAppend` for a command, with no events if it emitted
    /// none, and a `PendingUnchanged` for a stream that has to stay unchanged.
    std::tuple<typename Parts::Part::Pending...> parts;
};

/// The pending append that an error of `execute_all` with these parts carries, or null if the
/// outcome is known. Valid as long as the error. `pending_append_all(done)`, of the result itself,
/// needs no names of parts.
template <class... Parts>
    requires(sizeof...(Parts) > 0)
[[nodiscard]] const PendingAppendAll<Parts...>* pending_append_all(const Error& error) {
    return error.attached<PendingAppendAll<Parts...>>();
}

} // namespace eventsourcing

#endif
