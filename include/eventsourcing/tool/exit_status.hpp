// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_EXIT_STATUS_HPP
#define EVENTSOURCING_TOOL_EXIT_STATUS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>

namespace eventsourcing::detail::tool {

/// How a verb ended: what the program returns.
enum class ExitStatus : int {
    done = 0,
    /// The answer is no: there is no such stream, verify found a fault, the user said no.
    refused = 1,
    /// The command line can't be understood.
    wrong_use = 2,
    /// The store can't be opened, or can't do that.
    cannot_serve = 3,
};

inline ExitStatus exit_status_of(const Error& error) {
    for (const errc kind : {errc::invalid, errc::beyond_head})
        if (error == kind)
            return ExitStatus::wrong_use;
    for (const errc kind : {errc::denied, errc::corrupt, errc::not_sent, errc::unavailable,
                            errc::timed_out, errc::cancelled, errc::unknown_outcome, errc::failed,
                            errc::closed, errc::unsupported, errc::internal})
        if (error == kind)
            return ExitStatus::cannot_serve;
    return ExitStatus::refused;
}

} // namespace eventsourcing::detail::tool

#endif
