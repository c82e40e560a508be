// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_VERIFY_REPORT_HPP
#define EVENTSOURCING_ENGINES_SHARED_VERIFY_REPORT_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

/// What `verify` has found in a store.
struct VerifyReport {
    /// How many were checked.
    std::uint64_t streams = 0;
    std::uint64_t events = 0;
    /// Which checks were completed, a sentence each, and whether in one read transaction.
    std::vector<std::string> checked{};
    /// What is wrong, one sentence each, which names the place; the first thousand.
    std::vector<std::string> problems{};
    /// How many there are in all.
    std::uint64_t problem_count = 0;

    /// Whether nothing is wrong.
    [[nodiscard]] bool ok() const { return problem_count == 0; }

    /// For engines.
    void add_problem(std::string sentence) {
        constexpr std::size_t most = 1'000;
        ++problem_count;
        if (problems.size() < most)
            problems.push_back(std::move(sentence));
    }
};

} // namespace eventsourcing

#endif
