// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_LOADED_HPP
#define EVENTSOURCING_RUNTIME_LOADED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/revision.hpp>

#include <optional>

namespace eventsourcing {

/// A state with the last revision that was read into it: `load` returns it and `dispatch` takes it.
template <Aggregate A>
struct Loaded {
    typename A::State state{};
    /// Absent if the stream had no events. It need not be the generation less one: a stream
    /// whose first events were deleted goes on counting.
    std::optional<Revision> revision{};
};

} // namespace eventsourcing

#endif
