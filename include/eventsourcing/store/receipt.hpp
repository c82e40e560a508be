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
    /// Whether the events were stored before this append, which was a repeat. False where the
    /// engine does not tell (EventStoreDB). Receipts are equal whatever it is: they are of the same
    /// events.
    bool repeated = false;

    friend constexpr bool operator==(const Receipt& a, const Receipt& b) {
        return a.first == b.first && a.last == b.last && a.position == b.position;
    }
};

} // namespace eventsourcing

#endif
