// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVING_SENTENCE_OF_HPP
#define EVENTSOURCING_RUNTIME_OBSERVING_SENTENCE_OF_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/runtime/observing/plain_text.hpp>
#include <eventsourcing/runtime/told.hpp>

#include <optional>
#include <string>
#include <string_view>

// A sentence for each thing that an observer is told. It begins with the name of what tells it.

namespace eventsourcing::detail {

inline std::string revision_text(Revision revision) {
    return joined({"revision ", std::to_string(revision.value())});
}

inline std::string sentence_of(const Appended& told) {
    return joined(
        {told.stream, ": ", counted(told.events, "event"), " appended in ",
         time_text(told.duration),
         told.attempts > 1 ? joined({", after ", counted(told.attempts, "attempt")}) : ""});
}
inline std::string sentence_of(const ConflictRetried& told) {
    return joined({told.stream, ": attempt ", std::to_string(told.attempt),
                   " met events of others, the command is decided again in ", time_text(told.wait),
                   ": ", told.error.message()});
}
inline std::string sentence_of(const OutcomeRetried& told) {
    return joined({told.stream, ": whether append ", std::to_string(told.attempt),
                   " was done is unknown, it is sent again in ", time_text(told.wait), ": ",
                   told.error.message()});
}
inline std::string sentence_of(const CommandRepeated& told) {
    return joined({told.stream, ": command ", told.command_id.to_string(),
                   " was executed before, at ", revision_text(told.revision)});
}
inline std::string sentence_of(const StateLoaded& told) {
    return joined({told.stream, ": ", counted(told.folded, "event"), " folded",
                   told.cached ? std::string(" onto a state of the cache")
                   : told.snapshot
                       ? joined({" onto the snapshot at ", revision_text(*told.snapshot)})
                       : std::string()});
}
inline std::string sentence_of(const SnapshotIgnored& told) {
    return joined({told.stream, ": the snapshot",
                   told.revision ? joined({" at ", revision_text(*told.revision)}) : "",
                   " is not used: ", told.error.message()});
}
inline std::string sentence_of(const SnapshotFailed& told) {
    return joined({told.stream, ": no snapshot is stored at ", revision_text(told.revision), ": ",
                   told.error.message()});
}
inline std::string sentence_of(const Skipped& told) {
    if (told.subscription.empty())
        return joined({told.stream, ": ", revision_text(told.revision), " is left out"});
    return joined({told.subscription, ": ", told.stream, ", ", revision_text(told.revision),
                   " is left out: ", told.reason});
}

inline std::string sentence_of(const Lagging& told) {
    return joined({told.subscription, ": there is more to read",
                   told.behind ? joined({", ", counted(*told.behind, "event")}) : "",
                   told.lag ? joined({", the oldest one ", time_text(*told.lag), " old"}) : ""});
}
inline std::string sentence_of(const CaughtUp& told) {
    return joined({told.subscription, ": has caught up"});
}
inline std::string sentence_of(const Waiting& told) {
    return joined({told.subscription, ": tries again in ", time_text(told.wait), " after ",
                   counted(told.attempts, "failure"), ": ", told.error.message()});
}
inline std::string sentence_of(const Stopped& told) {
    return joined({told.subscription, ": has stopped: ", told.error.message()});
}
inline std::string sentence_of(const Recovered& told) {
    return joined({told.subscription, ": goes on after ", counted(told.attempts, "failure"), " in ",
                   time_text(told.duration)});
}
inline std::string sentence_of(const ProgressConflict& told) {
    return joined({told.subscription,
                   ": another runner was faster, this one goes on from what it has stored"});
}
inline std::string sentence_of(const Parked& told) {
    return joined({told.subscription, ": ", told.stream, ", ", revision_text(told.revision),
                   " is parked for key ", in_quotes(told.key),
                   told.reason.empty() ? ", after the one that failed" : ": ", told.reason});
}
inline std::string sentence_of(const Released& told) {
    return joined({told.subscription, ": ", counted(told.events, "parked event"), " of key ",
                   in_quotes(told.key), " handled, ", std::to_string(told.left), " left"});
}
inline std::string sentence_of(const Rebuilt& told) {
    return joined({told.subscription, ": rebuilt from ", counted(told.events, "event"), " in ",
                   time_text(told.duration)});
}
inline std::string sentence_of(const Relayed& told) {
    return joined({told.subscription, ": the sink has ", counted(told.events, "event"),
                   told.stream.empty() ? "" : " of ", told.stream});
}

inline std::string sentence_of(const ProcessStepped& told) {
    return joined({told.process, ": ", revision_text(told.revision), " is ", told.input, ", with ",
                   counted(told.commands, "command"), " and ", counted(told.deadlines, "deadline"),
                   told.completes ? ", the last one" : ""});
}
inline std::string sentence_of(const CommandSent& told) {
    return joined({told.process, ": sent command ", told.command_id.to_string(), " to ",
                   told.target, " ", told.id});
}
inline std::string sentence_of(const CommandRefused& told) {
    return joined({told.process, ": ", told.target, " ", told.id, " refused command ",
                   told.command_id.to_string(), ": ", told.error.message()});
}
inline std::string sentence_of(const LateInput& told) {
    return joined({told.process, ": has ended, so ", told.input, " is ignored"});
}
inline std::string sentence_of(const Quarantined& told) {
    return joined({told.subscription, ": process ", in_quotes(told.key),
                   " has failed too long, and takes no input until it is released"});
}

} // namespace eventsourcing::detail

#endif
