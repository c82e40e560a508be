// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVING_METRIC_COUNTS_HPP
#define EVENTSOURCING_RUNTIME_OBSERVING_METRIC_COUNTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/observing/metric_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

enum class Counter : std::uint8_t {
    appends,
    appended_events,
    conflicts,
    retries,
    repeated,
    cache_hits,
    snapshots_ignored,
    snapshots_failed,
    left_out,
    steps,
    late,
    sent,
    refused,
    relayed,
    parked,
    released,
    skipped,
    waits,
    stops,
    recoveries,
    progress_conflicts,
    rebuilds,
    quarantined,
    number // of the others
};

inline constexpr std::array<MetricName, static_cast<std::size_t>(Counter::number)> counters{{
    {"eventsourcing_appends_total", "Commands whose events were stored.", "category"},
    {"eventsourcing_appended_events_total", "Events that were stored.", "category"},
    {"eventsourcing_conflicts_total", "Attempts that met events of others.", "category"},
    {"eventsourcing_append_retries_total", "Appends with an unknown outcome, sent again.",
     "category"},
    {"eventsourcing_repeated_commands_total", "Commands that were executed before.", "category"},
    {"eventsourcing_cache_hits_total", "States that came out of the cache.", "category"},
    {"eventsourcing_snapshots_ignored_total", "Snapshots that could not be used.", "category"},
    {"eventsourcing_snapshots_failed_total", "Snapshots that could not be stored.", "category"},
    {"eventsourcing_left_out_events_total", "Events left out of states by a list.", "category"},
    {"eventsourcing_process_steps_total", "Inputs that processes were told.", "category"},
    {"eventsourcing_process_late_inputs_total", "Inputs that came after the end of their process.",
     "category"},
    {"eventsourcing_process_commands_sent_total", "Commands of processes that were executed.",
     "category"},
    {"eventsourcing_process_commands_refused_total", "Commands of processes that were refused.",
     "category"},
    {"eventsourcing_relayed_events_total", "Events that a sink has acknowledged.", "subscription"},
    {"eventsourcing_subscription_parked_events_total", "Events that were parked.", "subscription"},
    {"eventsourcing_subscription_released_events_total",
     "Parked events that were handled after all.", "subscription"},
    {"eventsourcing_subscription_skipped_events_total", "Events that were left out.",
     "subscription"},
    {"eventsourcing_subscription_retries_total", "Failures that may pass.", "subscription"},
    {"eventsourcing_subscription_stops_total", "Failures that stopped it.", "subscription"},
    {"eventsourcing_subscription_recoveries_total", "Successes after failures.", "subscription"},
    {"eventsourcing_subscription_conflicts_total", "Times that another runner was faster.",
     "subscription"},
    {"eventsourcing_subscription_rebuilds_total", "Read models that were rebuilt.", "subscription"},
    {"eventsourcing_process_quarantined_total", "Processes that failed for longer than the budget.",
     "subscription"},
}};

/// Numbers sorted into buckets.
template <std::size_t N>
class Histogram {
public:
    constexpr Histogram(const MetricName& metric, const std::array<double, N>& limits)
        : metric_(metric),
          limits_(limits) {}

    void observe(std::string_view label, double number) {
        auto found = by_label_.find(label);
        if (found == by_label_.end())
            found = by_label_.emplace(label, Row{}).first;
        Row& row = found->second;
        const auto at = std::lower_bound(limits_.begin(), limits_.end(), number);
        if (at != limits_.end())
            ++row.buckets[static_cast<std::size_t>(at - limits_.begin())];
        ++row.all;
        row.sum += number;
    }
    void write(MetricText& to) const {
        if (by_label_.empty())
            return;
        to.begin(metric_, "histogram");
        for (const auto& [label, row] : by_label_) {
            std::uint64_t so_far = 0;
            for (std::size_t i = 0; i < N; ++i) {
                so_far += row.buckets[i];
                to.sample(metric_, "_bucket", label,
                          joined({",le=\"", number_text(limits_[i]), "\""}),
                          std::to_string(so_far));
            }
            to.sample(metric_, "_bucket", label, ",le=\"+Inf\"", std::to_string(row.all));
            to.sample(metric_, "_sum", label, "", number_text(row.sum));
            to.sample(metric_, "_count", label, "", std::to_string(row.all));
        }
    }

private:
    struct Row {
        std::array<std::uint64_t, N> buckets{};
        std::uint64_t all = 0;
        double sum = 0;
    };

    MetricName metric_;
    std::array<double, N> limits_;
    std::map<std::string, Row, std::less<>> by_label_;
};

/// What was counted so far. Any thread.
class MetricCounts {
public:
    void add(Counter counter, std::string_view label, std::uint64_t number = 1) {
        const std::lock_guard lock(mutex_);
        auto& of = counts_[static_cast<std::size_t>(counter)];
        if (const auto found = of.find(label); found != of.end())
            found->second += number;
        else
            of.emplace(label, number);
    }
    void folded(std::string_view label, std::uint64_t events) {
        const std::lock_guard lock(mutex_);
        folded_.observe(label, static_cast<double>(events));
    }
    void executed(std::string_view label, double seconds) {
        const std::lock_guard lock(mutex_);
        durations_.observe(label, seconds);
    }
    void write(MetricText& to) const {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i].empty())
                continue;
            to.begin(counters[i], "counter");
            for (const auto& [label, number] : counts_[i])
                to.sample(counters[i], "", label, "", std::to_string(number));
        }
        folded_.write(to);
        durations_.write(to);
    }

private:
    mutable std::mutex mutex_;
    std::array<std::map<std::string, std::uint64_t, std::less<>>, counters.size()> counts_;
    Histogram<7> folded_{
        {"eventsourcing_folded_events", "Events that were folded to load a state.", "category"},
        {0, 1, 10, 100, 1'000, 10'000, 100'000}};
    Histogram<8> durations_{
        {"eventsourcing_execute_duration_seconds",
         "Time from the call to the answer of the store, for commands whose events were stored.",
         "category"},
        {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5}};
};

} // namespace eventsourcing::detail

#endif
