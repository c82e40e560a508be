// SPDX-License-Identifier: MIT
// Which laws a report says are broken.
#ifndef EVENTSOURCING_TESTS_LAWS_BROKEN_LAWS_HPP
#define EVENTSOURCING_TESTS_LAWS_BROKEN_LAWS_HPP

#include <eventsourcing/testing/law_report.hpp>

#include "catch.hpp"

#include <string_view>
#include <vector>

using Laws = std::vector<std::string_view>;

/// The broken laws of a report, each of which says what was seen.
inline Laws broken_laws(const eventsourcing::LawReport& report) {
    INFO(report);
    Laws broken;
    for (const eventsourcing::LawResult& result : report.results())
        if (result.verdict == eventsourcing::LawVerdict::broken) {
            CHECK_FALSE(result.seen.empty());
            broken.push_back(result.law);
        }
    CHECK(bool(report) == broken.empty());
    return broken;
}

#endif
