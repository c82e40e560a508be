// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_RETRY_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_RETRY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <algorithm>
#include <chrono>

namespace eventsourcing::detail {

/// When something that failed is tried again: after waits that grow.
struct Retry {
    unsigned attempts = 0;
    std::chrono::steady_clock::time_point next{};

    void put_off(const Backoff& backoff, const Environment& environment) {
        attempts = std::min(attempts + 1, 32U);
        next = later(environment.steady_now(), backoff.after(attempts, environment));
    }
};

} // namespace eventsourcing::detail

#endif
