// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROMETHEUS_TEXT_HPP
#define EVENTSOURCING_RUNTIME_PROMETHEUS_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/runtime/observing/metric_counts.hpp>
#include <eventsourcing/runtime/observing/metric_text.hpp>
#include <eventsourcing/runtime/observing/status_metrics.hpp>
#include <eventsourcing/runtime/ready.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/runtime/told.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// An observer that counts what it is told, and writes it in the text format of Prometheus, with
/// gauges of the subscriptions, relays and process managers that it is given. Serving or storing
/// the text is the application's.
///
/// A handle: copies count together. All functions may be called from several threads at once.
class PrometheusText {
    using Counter = detail::Counter;

public:
    /// All metrics. It asks each of these for its status, which reads the head of its store.
    template <TellsStatus... Fs>
    [[nodiscard]] std::string text(const Fs&... followers) const {
        const std::array<SubscriptionStatus, sizeof...(Fs)> statuses{followers.status()...};
        return text(std::span<const SubscriptionStatus>(statuses));
    }
    /// The same for a number of them that is known at run time only.
    [[nodiscard]] std::string text(std::span<const SubscriptionStatus> statuses) const {
        detail::MetricText to;
        detail::write_statuses(to, statuses);
        counts_->write(to);
        return std::move(to).take();
    }
    /// Writes `text(followers...)` to a stream, or to a function that takes a `std::string_view`.
    template <class Out, TellsStatus... Fs>
    void write(Out&& out, const Fs&... followers) const {
        const std::string all = text(followers...);
        if constexpr (std::invocable<Out&, std::string_view>)
            out(std::string_view(all));
        else
            out << std::string_view(all);
    }

    void on(const Appended& told) const {
        count(Counter::appends, category(told.stream));
        count(Counter::appended_events, category(told.stream), told.events);
        counts_->executed(category(told.stream), detail::in_seconds(told.duration));
    }
    void on(const ConflictRetried& told) const { count(Counter::conflicts, category(told.stream)); }
    void on(const OutcomeRetried& told) const { count(Counter::retries, category(told.stream)); }
    void on(const CommandRepeated& told) const { count(Counter::repeated, category(told.stream)); }
    void on(const StateLoaded& told) const {
        if (told.cached)
            count(Counter::cache_hits, category(told.stream));
        counts_->folded(category(told.stream), told.folded);
    }
    void on(const SnapshotIgnored& told) const {
        count(Counter::snapshots_ignored, category(told.stream));
    }
    void on(const SnapshotFailed& told) const {
        count(Counter::snapshots_failed, category(told.stream));
    }
    void on(const Skipped& told) const {
        if (told.subscription.empty())
            count(Counter::left_out, category(told.stream));
        else
            count(Counter::skipped, told.subscription);
    }

    void on(const Waiting& told) const { count(Counter::waits, told.subscription); }
    void on(const Stopped& told) const { count(Counter::stops, told.subscription); }
    void on(const Recovered& told) const { count(Counter::recoveries, told.subscription); }
    void on(const ProgressConflict& told) const {
        count(Counter::progress_conflicts, told.subscription);
    }
    void on(const Parked& told) const { count(Counter::parked, told.subscription); }
    void on(const Released& told) const {
        count(Counter::released, told.subscription, told.events);
    }
    void on(const Rebuilt& told) const { count(Counter::rebuilds, told.subscription); }
    void on(const Relayed& told) const { count(Counter::relayed, told.subscription, told.events); }

    void on(const ProcessStepped& told) const { count(Counter::steps, category(told.process)); }
    void on(const CommandSent& told) const { count(Counter::sent, category(told.process)); }
    void on(const CommandRefused& told) const { count(Counter::refused, category(told.process)); }
    void on(const LateInput& told) const { count(Counter::late, category(told.process)); }
    void on(const Quarantined& told) const { count(Counter::quarantined, told.subscription); }

private:
    /// Few, while there may be any number of streams.
    static std::string_view category(std::string_view stream) {
        return stream.substr(0, stream.find('-'));
    }
    void count(Counter counter, std::string_view label, std::size_t number = 1) const {
        counts_->add(counter, label, number);
    }

    std::shared_ptr<detail::MetricCounts> counts_ = std::make_shared<detail::MetricCounts>();
};

} // namespace eventsourcing

#endif
