// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_SINK_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_SINK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/capabilities.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// A broker of a simulation: it keeps whatever it is given in the order in which it came, also what
/// it has already. Calls fail as those of a `SimStore` do. `Simulation::sink` makes it.
///
/// A handle: copies share what was given.
class SimSink {
public:
    static constexpr Capabilities capabilities{};

    struct Delivered {
        std::string stream;
        Uuid id{};
        std::string type;
        std::string data;
        std::string metadata;
    };

    SimSink(detail::SimWorld& world, std::string name) : world_(&world), name_(std::move(name)) {}

    Result<void> append_unchecked(StreamNameView stream, const EventBatch& batch,
                                  const CallOptions& /*call*/ = {}) const {
        return world_->call<Result<void>>(name_, true, [&]() -> Result<void> {
            auto events = batch.encoded();
            if (!events)
                return std::move(events).error();
            for (const NewEvent& event : *events)
                delivered_->push_back({.stream = std::string(stream.view()),
                                       .id = event.id,
                                       .type = std::string(event.type),
                                       .data = std::string(event.data),
                                       .metadata = std::string(event.metadata)});
            return {};
        });
    }

    [[nodiscard]] const std::string& name() const { return name_; }
    /// Everything it was given, the oldest first.
    [[nodiscard]] const std::vector<Delivered>& delivered() const { return *delivered_; }

private:
    detail::SimWorld* world_;
    std::string name_;
    std::shared_ptr<std::vector<Delivered>> delivered_ = std::make_shared<std::vector<Delivered>>();
};

} // namespace eventsourcing

#endif
