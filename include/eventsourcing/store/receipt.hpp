// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_RECEIPT_HPP
#define EVENTSOURCING_STORE_RECEIPT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>

#include <optional>

namespace eventsourcing {

/// The answer of a store to an append that is done: where the events went.
struct Receipt {
    /// The revisions of the first and the last event of the batch; contiguous between.
    Revision first;
    Revision last;
    /// The position of the last event, where the engine has positions.
    std::optional<Position> position;

    constexpr bool operator==(const Receipt&) const = default;
};

} // namespace eventsourcing

#endif
