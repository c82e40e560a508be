// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_DRIVEN_HPP
#define EVENTSOURCING_TOOL_TYPED_DRIVEN_HPP

#include <eventsourcing/core/require_cxx20.hpp>

namespace eventsourcing::detail::tool {

/// While there is one, the tool runs a subscription or a process manager, as `es::run` does. At its
/// end the store says so: whoever waits for it, and `projections prune`, take nobody for its runner
/// who is gone.
template <class Machine>
class Driven {
public:
    explicit Driven(Machine& machine) : machine_(machine) { machine_.driven(1); }
    Driven(const Driven&) = delete;
    Driven& operator=(const Driven&) = delete;
    ~Driven() { machine_.driven(-1); }

private:
    Machine& machine_;
};

} // namespace eventsourcing::detail::tool

#endif
