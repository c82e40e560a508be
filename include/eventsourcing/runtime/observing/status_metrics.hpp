// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVING_STATUS_METRICS_HPP
#define EVENTSOURCING_RUNTIME_OBSERVING_STATUS_METRICS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/observing/metric_text.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail {

/// One gauge for each of them; `value(status)` may be absent.
template <class Value>
void write_gauge(MetricText& to, std::span<const SubscriptionStatus* const> all,
                 std::string_view name, std::string_view help, Value value) {
    const MetricName metric{name, help, "subscription"};
    bool begun = false;
    for (const SubscriptionStatus* const status : all) {
        const std::optional<std::string> number = value(*status);
        if (!number)
            continue;
        if (!begun)
            to.begin(metric, "gauge");
        begun = true;
        to.sample(metric, "", status->name, "", *number);
    }
}

inline void write_states(MetricText& to, std::span<const SubscriptionStatus* const> all) {
    using enum SubscriptionState;
    const MetricName metric{"eventsourcing_subscription_state",
                            "1 for the state that it is in, 0 for the others.", "subscription"};
    if (!all.empty())
        to.begin(metric, "gauge");
    for (const SubscriptionStatus* const status : all)
        for (const auto state : {not_started, catching_up, live, waiting, stopped})
            to.sample(metric, "", status->name, joined({",state=\"", status_word(state), "\""}),
                      state == status->state ? "1" : "0");
}

/// Gauges of subscriptions, relays and process managers. Of several of one name the first counts.
inline void write_statuses(MetricText& to, std::span<const SubscriptionStatus> statuses) {
    std::set<std::string_view> names;
    std::vector<const SubscriptionStatus*> all;
    for (const SubscriptionStatus& status : statuses)
        if (names.insert(status.name).second)
            all.push_back(&status);
    using Number = std::optional<std::string>;
    const auto text = [](const std::optional<Position>& position) {
        return Number(std::to_string(position.value_or(Position{}).value()));
    };
    write_states(to, all);
    write_gauge(to, all, "eventsourcing_subscription_position",
                "Position of the last event that was handled or passed over; 0 before the first.",
                [&](const auto& status) { return text(status.position); });
    write_gauge(to, all, "eventsourcing_subscription_head_position",
                "Position of the last event of the store.",
                [&](const auto& status) { return status.head ? text(status.head) : Number(); });
    write_gauge(to, all, "eventsourcing_subscription_behind_events",
                "How many events come after its position.", [](const auto& status) {
                    return status.behind ? Number(std::to_string(*status.behind)) : Number();
                });
    write_gauge(to, all, "eventsourcing_subscription_lag_seconds",
                "Age of the oldest event that was not handled; 0 if there is none.",
                [](const auto& status) {
                    return status.lag ? Number(number_text(in_seconds(*status.lag))) : Number();
                });
    write_gauge(to, all, "eventsourcing_subscription_parked_keys",
                "How many keys have parked events.",
                [](const auto& status) { return Number(std::to_string(status.parked_keys)); });
    write_gauge(to, all, "eventsourcing_subscription_failures",
                "How often the event was tried that holds it up; 0 if none does.",
                [](const auto& status) {
                    return Number(std::to_string(status.failure ? status.failure->attempts : 0));
                });
}

} // namespace eventsourcing::detail

#endif
