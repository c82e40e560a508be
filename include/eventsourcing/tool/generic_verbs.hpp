// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_GENERIC_VERBS_HPP
#define EVENTSOURCING_TOOL_GENERIC_VERBS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/tool/verb.hpp>
#include <eventsourcing/tool/verbs/backup.hpp>
#include <eventsourcing/tool/verbs/completion.hpp>
#include <eventsourcing/tool/verbs/copy.hpp>
#include <eventsourcing/tool/verbs/event.hpp>
#include <eventsourcing/tool/verbs/export.hpp>
#include <eventsourcing/tool/verbs/import.hpp>
#include <eventsourcing/tool/verbs/parked.hpp>
#include <eventsourcing/tool/verbs/show.hpp>
#include <eventsourcing/tool/verbs/skip.hpp>
#include <eventsourcing/tool/verbs/status.hpp>
#include <eventsourcing/tool/verbs/streams.hpp>
#include <eventsourcing/tool/verbs/tail.hpp>
#include <eventsourcing/tool/verbs/verify.hpp>

#include <memory>

namespace eventsourcing::detail::tool {

template <class... Vs>
void add_verbs(VerbList& verbs) {
    (verbs.push_back(std::make_unique<Vs>()), ...);
}

/// The verbs that need no types of an application.
inline VerbList generic_verbs() {
    VerbList verbs;
    add_verbs<StreamsVerb, ShowVerb, EventVerb, TailVerb, StatusVerb, ParkedVerb, SkipVerb,
              VerifyVerb, BackupVerb, ExportVerb, ImportVerb, CopyVerb, CompletionVerb>(verbs);
    return verbs;
}

} // namespace eventsourcing::detail::tool

#endif
