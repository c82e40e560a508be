// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_PROGRESS_REQUEST_HPP
#define EVENTSOURCING_ENGINES_SHARED_PROGRESS_REQUEST_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace eventsourcing::detail::shared {

struct ProgressCommitRequest {
    const ProgressCommit& commit;
    const CallOptions& call;
};

struct ProgressDropRequest {
    const ProgressKey& key;
    const CallOptions& call;
};

/// About how many bytes the request adds to a transaction.
inline std::size_t weight_of(const ProgressCommitRequest& request) {
    constexpr std::size_t columns_and_indexes = 200;
    const ProgressCommit& commit = request.commit;
    std::size_t bytes = columns_and_indexes * (1 + commit.rows.size() + commit.statements.size() +
                                               commit.park.size() + commit.unpark.size());
    for (const RowCommit& row : commit.rows)
        bytes += row.key.size() + (row.data ? row.data->size() : 0);
    for (const SqlStatement& statement : commit.statements)
        for (const SqlValue& value : statement.values) {
            if (const auto* text = std::get_if<std::string>(&value))
                bytes += text->size();
            else if (const auto* blob = std::get_if<std::vector<std::byte>>(&value))
                bytes += blob->size();
        }
    for (const ParkedEvent& event : commit.park)
        bytes += event.key.size() + (event.failure ? event.failure->size() : 0);
    return bytes;
}

/// What it removes is not known yet; most progress is small.
inline std::size_t weight_of(const ProgressDropRequest& /*request*/) {
    return 4096;
}

} // namespace eventsourcing::detail::shared

#endif
