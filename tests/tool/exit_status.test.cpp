// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/exit_status.hpp>

#include "catch.hpp"

#include <set>
#include <utility>

namespace es = eventsourcing;
using es::errc;
using es::detail::tool::ExitStatus;

// C1
TEST_CASE("Each kind of error has its exit status") {
    const std::set<std::pair<errc, ExitStatus>> table{
        {errc::rejected, ExitStatus::refused},
        {errc::conflict, ExitStatus::refused},
        {errc::condition_failed, ExitStatus::refused},
        {errc::denied, ExitStatus::cannot_serve},
        {errc::gone, ExitStatus::refused},
        {errc::not_found, ExitStatus::refused},
        {errc::invalid, ExitStatus::wrong_use},
        {errc::too_large, ExitStatus::refused},
        {errc::malformed, ExitStatus::refused},
        {errc::unknown_type, ExitStatus::refused},
        {errc::unknown_version, ExitStatus::refused},
        {errc::corrupt, ExitStatus::cannot_serve},
        {errc::duplicate_id, ExitStatus::refused},
        {errc::overflow, ExitStatus::refused},
        {errc::threw, ExitStatus::refused},
        {errc::cannot_apply, ExitStatus::refused},
        {errc::not_sent, ExitStatus::cannot_serve},
        {errc::unavailable, ExitStatus::cannot_serve},
        {errc::timed_out, ExitStatus::cannot_serve},
        {errc::cancelled, ExitStatus::cannot_serve},
        {errc::unknown_outcome, ExitStatus::cannot_serve},
        {errc::failed, ExitStatus::cannot_serve},
        {errc::closed, ExitStatus::cannot_serve},
        {errc::unsupported, ExitStatus::cannot_serve},
        {errc::internal, ExitStatus::cannot_serve},
        {errc::beyond_head, ExitStatus::wrong_use}};
    int kinds = 0;
    for (const auto& [kind, status] : table) {
        CHECK(static_cast<int>(kind) == ++kinds); // none is left out
        CHECK(es::detail::tool::exit_status_of(es::Error(kind)) == status);
    }
    CHECK(kinds == static_cast<int>(errc::beyond_head));
}
