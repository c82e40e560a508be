// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_LAG_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_LAG_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/verbs.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace eventsourcing::detail {

/// Adds to a status how far it is from the head of the store, as far as the store can say.
template <class Store>
void add_lag(SubscriptionStatus& status, const Store& store, const Query& query,
             const Environment& environment, const CallOptions& call) {
    if constexpr (TellsHead<Store>) {
        if (auto head = store.head(call)) {
            status.head = *head;
            const Position at = status.position.value_or(Position{});
            const Position end = head->value_or(Position{});
            if (at.prepare() == 0 && end.prepare() == 0)
                status.behind = end.value() > at.value() ? end.value() - at.value() : 0;
        }
    }
    // a page may be empty though there are more events, which the query leaves out
    AllRead which{.after = status.position, .query = query, .limit = 1};
    for (;; which.limit = default_page_size) {
        auto page = store.read_all(which, call);
        if (!page)
            return;
        if (!page->empty())
            status.lag = std::max(std::chrono::nanoseconds::zero(),
                                  environment.now() - page->records().front().recorded_at);
        else if (page->at_end)
            status.lag = std::chrono::nanoseconds::zero();
        if (status.lag || page->last_position == which.after)
            return;
        which.after = page->last_position;
    }
}

} // namespace eventsourcing::detail

#endif
