// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_CHECK_BATCHES_HPP
#define EVENTSOURCING_STORE_CHECK_BATCHES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/validate.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Refuses a stream that is named twice: which of its batches came first would be a guess.
///
/// A template, as is `check_batches`, so that only files with a store compile it.
template <class T = void>
Result<void> check_streams(std::span<const StreamBatch> batches) {
    if (batches.empty())
        return Error(errc::invalid, "an append to several streams needs at least one batch");
    std::vector<Dependent<std::string_view, T>> names;
    names.reserve(batches.size());
    for (const StreamBatch& part : batches)
        names.push_back(part.stream.view());
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
        return Error(errc::invalid, "stream " + std::string(*twice) +
                                        " is named twice in an append to several streams; put its "
                                        "events into one batch");
    return {};
}

/// What every store checks before it takes batches of several streams. Their events, encoded; none
/// for a batch that only checks.
template <class T = void>
Result<std::vector<std::span<const NewEvent>>> check_batches(std::span<const StreamBatch> batches) {
    if (auto good = check_streams(batches); !good)
        return std::move(good).error();
    std::vector<Dependent<std::span<const NewEvent>, T>> encoded;
    encoded.reserve(batches.size());
    std::vector<Dependent<Uuid, T>> ids;
    for (const StreamBatch& part : batches) {
        const auto events = part.batch.encoded();
        if (!events)
            return meant_for(events.error(), part.stream);
        if (!events->empty())
            if (auto good = check_batch(*events); !good)
                return meant_for(std::move(good).error(), part.stream);
        for (const NewEvent& event : *events)
            ids.push_back(event.id);
        encoded.push_back(*events);
    }
    if (!ids.empty())
        if (auto good = check_batch_size(ids.size()); !good)
            return std::move(good).error();
    if (auto good = check_ids(ids); !good)
        return std::move(good).error();
    return encoded;
}

} // namespace eventsourcing::detail

#endif
