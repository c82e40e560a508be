// SPDX-License-Identifier: MIT
// How the laws are checked here: without an upper limit, as ctest ends tests that hang.
#ifndef EVENTSOURCING_TESTS_LAWS_PATIENT_HPP
#define EVENTSOURCING_TESTS_LAWS_PATIENT_HPP

#include <eventsourcing/testing/store_laws.hpp>

#include <chrono>

namespace law_tests {

inline constexpr eventsourcing::LawOptions patient{.patience = std::chrono::hours(1)};
inline constexpr eventsourcing::LawOptions patient_and_typed{.form = eventsourcing::LawForm::typed,
                                                             .patience = std::chrono::hours(1)};

} // namespace law_tests

#endif
