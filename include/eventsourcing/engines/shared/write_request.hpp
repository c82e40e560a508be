// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_WRITE_REQUEST_HPP
#define EVENTSOURCING_ENGINES_SHARED_WRITE_REQUEST_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/engines/shared/append_request.hpp>
#include <eventsourcing/engines/shared/progress_request.hpp>
#include <eventsourcing/engines/shared/snapshot_request.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace eventsourcing::detail::shared {

/// What a caller may ask the writer to do, whole or not at all, in a transaction that it shares
/// with others. Each kind has a member `call` and a function `weight_of`, and has passed all checks
/// that need no database. It is a view of what the caller holds, which waits for the answer.
///
/// A new kind needs its name here, and a function `write_one` in the writer of each engine.
using WriteRequest = std::variant<const AppendRequest*, const AppendAllRequest*,
                                  const ProgressCommitRequest*, const ProgressDropRequest*,
                                  const SnapshotSaveRequest*, const SnapshotPruneRequest*>;

/// The answer to a request that was done; each kind fills in what it answers.
struct Written {
    /// Of an append.
    Receipt receipt{};
    /// Of an append to several streams.
    std::vector<std::optional<Receipt>> receipts{};
    /// What was there and is removed: of a request to drop or to prune.
    std::uint64_t removed = 0;
};

} // namespace eventsourcing::detail::shared

#endif
