// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_ROW_CHANGE_HPP
#define EVENTSOURCING_RUNTIME_ROW_CHANGE_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstdint>

namespace eventsourcing {

/// What becomes of a row after an event: what `apply_event` of a projection with a `key` may
/// return.
enum class RowChange : std::uint8_t {
    keep, ///< the row is stored as it is now
    drop, ///< there is no row any more; a later event of the key begins one again
};

inline constexpr RowChange keep_row = RowChange::keep;
inline constexpr RowChange drop_row = RowChange::drop;

} // namespace eventsourcing

#endif
