// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_RECEIPT_HPP
#define EVENTSOURCING_STORE_RECEIPT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>

#include <optional>

namespace eventsourcing {

/// The result of an append: where the events are.
struct Receipt {
    /// The revisions of the first and the last event of the batch; contiguous between.
    Revision first;
    Revision last;
    /// The position of the last event, if the engine has positions.
    std::optional<Position> position;

    constexpr bool operator==(const Receipt&) const = default;
};

} // namespace eventsourcing

#endif
