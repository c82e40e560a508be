// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_AUDIT_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_AUDIT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/testing/simulation/audit_process.hpp>
#include <eventsourcing/testing/simulation/audit_relay.hpp>
#include <eventsourcing/testing/simulation/audit_subscription.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <string>

namespace eventsourcing::detail {

/// The laws of a component at the end of a run, when everybody has finished and nothing fails any
/// more: an empty text if they hold. Nothing is known of the application's own.
template <class Component>
std::string audit_component(Component& /*component*/, const SimWorld& /*world*/) {
    return {};
}

} // namespace eventsourcing::detail

#endif
