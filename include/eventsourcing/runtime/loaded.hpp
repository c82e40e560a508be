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
    /// Absent if the stream had no events. It may differ from the generation minus one:
    /// revisions go on after the first events of a stream were deleted.
    std::optional<Revision> revision{};
};

} // namespace eventsourcing

#endif
