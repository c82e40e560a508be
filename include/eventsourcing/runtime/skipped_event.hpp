// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SKIPPED_EVENT_HPP
#define EVENTSOURCING_RUNTIME_SKIPPED_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>

#include <utility>

namespace eventsourcing {

/// An event that is left out of every state, because it can't be applied and can't be mended:
/// `{"combat-ogre", es::Revision{7}}`. The generation does not count it.
struct SkippedEvent {
    SkippedEvent(StreamNameView its_stream, Revision its_revision)
        : stream(its_stream),
          revision(its_revision) {}

    StreamName stream;
    Revision revision;
};

} // namespace eventsourcing

#endif
