// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_AUDIT_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_AUDIT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include <string>

namespace eventsourcing::detail {

/// The laws of a component at the end of a run; nothing is known of the application's own.
template <class Component>
std::string audit_component(Component& /*component*/) {
    return {};
}

/// S2, S3: what is stored is the fold of all events.
template <class P, class Store>
std::string audit_component(Subscription<P, Store>& subscription) {
    if constexpr (HasOneState<P>) {
        const auto parked = subscription.parked();
        if (!parked || !parked->empty())
            return {}; // what is parked is not in it
        const auto stored = subscription.load();
        const auto folded = fold<P>(subscription.store());
        if (!stored || !folded)
            return joined({subscription.name(), ": what is stored can't be read"});
        const auto a = encode_json(*stored);
        const auto b = encode_json(*folded);
        if (!a || !b || *a != *b)
            return joined({subscription.name(), ": stored is ", a ? *a : "nothing",
                           ", but the events give ", b ? *b : "nothing"});
    }
    return {};
}

} // namespace eventsourcing::detail

#endif
