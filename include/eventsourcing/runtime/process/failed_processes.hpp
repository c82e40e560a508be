// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_FAILED_PROCESSES_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_FAILED_PROCESSES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/process/process_options.hpp>
#include <eventsourcing/runtime/process/retry.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The processes that failed: each is tried again, after waits, until its budget is used up.
class FailedProcesses {
public:
    struct Parked {
        Timestamp since{};
        /// As it is stored: by any runner.
        std::uint64_t attempts = 0;
    };

    FailedProcesses(const ProcessOptions& options, Environment environment)
        : budget_(options.budget),
          backoff_(options.backoff),
          environment_(std::move(environment)) {}

    /// Takes over which ones there are now, and calls `quarantined` with the key of each one that
    /// is not tried any more from now on.
    template <class Quarantined>
    void look(const std::map<std::string, Parked>& parked, const Quarantined& quarantined) {
        std::erase_if(all_, [&](const auto& failed) {
            const auto now = parked.find(failed.first);
            return now == parked.end() || now->second.since != failed.second.since;
        });
        for (const auto& [key, now] : parked) {
            Failed& failed = all_.try_emplace(key, now.since).first->second;
            if (failed.retry.attempts == 0)
                begin(failed, now.attempts);
            if (!may_be_tried(failed) && !std::exchange(failed.quarantined, true))
                quarantined(key);
        }
    }
    /// Those whose wait is over.
    [[nodiscard]] std::vector<std::string> due() const {
        std::vector<std::string> out;
        for (const auto& [key, failed] : all_)
            if (!failed.quarantined && failed.retry.next <= environment_.steady_now())
                out.push_back(key);
        return out;
    }
    /// When the first wait of the others is over.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> next() const {
        std::optional<std::chrono::steady_clock::time_point> first;
        for (const auto& [key, failed] : all_)
            if (!failed.quarantined && failed.retry.next > environment_.steady_now())
                first = first ? std::min(*first, failed.retry.next) : failed.retry.next;
        return first;
    }
    /// It was tried, and failed again.
    void failed_again(const std::string& key) {
        if (const auto found = all_.find(key); found != all_.end())
            found->second.retry.put_off(backoff_, environment_);
    }
    void forget(const std::string& key) { all_.erase(key); }

private:
    struct Failed {
        explicit Failed(Timestamp when) : since(when) {}

        Timestamp since;
        /// How much of the budget was used up when this object saw it first, by the clock that
        /// programs share; from then on the monotonic clock counts, which nobody sets.
        std::chrono::nanoseconds before{};
        std::chrono::steady_clock::time_point seen{};
        Retry retry{};
        bool quarantined = false;
    };

    /// A process is not quarantined because nobody ran it for a while.
    static constexpr unsigned least_attempts = 3;

    void begin(Failed& failed, std::uint64_t attempts) const {
        failed.before =
            std::max(std::chrono::nanoseconds::zero(), environment_.now() - failed.since);
        failed.seen = environment_.steady_now();
        failed.retry.put_off(backoff_, environment_);
        // by the runner before, or another one
        failed.quarantined = attempts > least_attempts && failed.before > budget_;
    }
    [[nodiscard]] bool may_be_tried(const Failed& failed) const {
        const std::chrono::nanoseconds tried = environment_.steady_now() - failed.seen;
        return failed.retry.attempts <= least_attempts || failed.before <= budget_ - tried;
    }

    const std::chrono::nanoseconds budget_;
    const Backoff backoff_;
    const Environment environment_;
    std::map<std::string, Failed> all_;
};

} // namespace eventsourcing::detail

#endif
