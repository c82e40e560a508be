// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_OUT_OF_RANGE_HPP
#define EVENTSOURCING_CORE_OUT_OF_RANGE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>

#include <string_view>

namespace eventsourcing::detail {

/// The error of an option: `RepositoryOptions::attempts: expected 1 or more, got 0`.
[[gnu::cold]] inline Error out_of_range(std::string_view option, std::string_view range,
                                        std::string_view found) {
    return {errc::invalid, joined({option, ": expected ", range, ", got ", found})};
}

} // namespace eventsourcing::detail

#endif
