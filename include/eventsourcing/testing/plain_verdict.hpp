// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_PLAIN_VERDICT_HPP
#define EVENTSOURCING_TESTING_PLAIN_VERDICT_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <string>
#include <utility>

namespace eventsourcing {

/// Whether an expectation of a projection or a process holds, and if not, why. Converts to bool;
/// `describe()` tells the rest.
class [[nodiscard]] PlainVerdict {
public:
    /// It holds.
    PlainVerdict() = default;
    /// It does not if `why`, several lines, is not empty.
    explicit PlainVerdict(std::string why) : why_(std::move(why)) {}

    explicit operator bool() const { return why_.empty(); }

    /// What was expected and what came, field by field, and what is wrong with it when it is
    /// stored. Several lines.
    [[nodiscard]] std::string describe() const { return why_.empty() ? "as expected\n" : why_; }

private:
    std::string why_;
};

} // namespace eventsourcing

#endif
