// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_STREAM_BATCH_HPP
#define EVENTSOURCING_STORE_STREAM_BATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/event_record.hpp>

#include <span>

namespace eventsourcing {

/// A part of an append to several streams: what is appended to one of them, and what is expected of
/// it. Without a batch, or with one that has no events, it only checks the expectation. A view of
/// what it was made from.
struct StreamBatch {
    StreamNameView stream;
    ExpectedRevision expected;
    EventBatch batch{std::span<const NewEvent>{}};
};

} // namespace eventsourcing

#endif
