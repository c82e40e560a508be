// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_SNAPSHOT_REQUEST_HPP
#define EVENTSOURCING_ENGINES_SHARED_SNAPSHOT_REQUEST_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <cstddef>
#include <string_view>

namespace eventsourcing::detail::shared {

struct SnapshotSaveRequest {
    const Snapshot& snapshot;
    const CallOptions& call;
};

struct SnapshotPruneRequest {
    std::string_view kind;
    std::string_view keep_fingerprint;
    const CallOptions& call;
};

/// About how many bytes the request adds to a transaction.
inline std::size_t weight_of(const SnapshotSaveRequest& request) {
    constexpr std::size_t columns_and_indexes = 200;
    return columns_and_indexes + request.snapshot.data.size();
}

/// What it removes is not known yet.
inline std::size_t weight_of(const SnapshotPruneRequest& /*request*/) {
    return 4096;
}

} // namespace eventsourcing::detail::shared

#endif
