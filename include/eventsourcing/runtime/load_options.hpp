// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_LOAD_OPTIONS_HPP
#define EVENTSOURCING_RUNTIME_LOAD_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <cstddef>
#include <optional>

namespace eventsourcing {

struct LoadOptions {
    /// Load the state as it was right after this revision; nothing means the whole stream.
    /// `errc::not_found` if the stream ends before it.
    std::optional<Revision> at{};
    /// Load the state as it was before the first event that was recorded later than this. Clocks go
    /// back: later events may have an earlier time, and are left out all the same, so that a state
    /// is always one that the stream has had.
    std::optional<Timestamp> as_of{};
    /// How many records are in memory at a time, 1 to 4096. A repository takes that of its own
    /// options in place of this default.
    std::size_t page_size = 1'000;
    CallOptions call{};
};

} // namespace eventsourcing

#endif
