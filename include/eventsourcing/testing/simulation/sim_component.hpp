// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_COMPONENT_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_COMPONENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/testing/simulation/sim_actor.hpp>
#include <eventsourcing/testing/simulation/sim_audit.hpp>
#include <eventsourcing/testing/simulation/sim_random.hpp>
#include <eventsourcing/testing/simulation/sim_world.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// A component, which is built again after it has died.
template <class Factory>
class SimComponent final : public SimActor {
public:
    using Component = std::invoke_result_t<Factory&, const Environment&>;

    SimComponent(Factory factory, Environment environment)
        : factory_(std::move(factory)),
          environment_(std::move(environment)) {
        is_component = true;
    }

    bool turn() override {
        if (!component_)
            restart();
        if (sleeps())
            return false;
        last_ = component_->step();
        begun_ = true;
        return last_.kind == Step::Kind::worked;
    }
    void restart() override {
        component_.reset();
        component_.reset(new Component(factory_(environment_)));
        last_ = {};
        begun_ = false;
    }
    [[nodiscard]] std::unique_ptr<SimActor> another() override {
        return std::make_unique<SimComponent>(factory_, environment_);
    }
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> next() const override {
        return last_.next;
    }
    void release() override {
        begun_ = false; // it looks at once whether there is something to do
        if constexpr (requires { component_->release(std::string()); }) {
            const auto parked = component_->parked();
            for (std::size_t i = 0; parked && i < parked->size(); ++i)
                if (i == 0 || (*parked)[i].key != (*parked)[i - 1].key)
                    static_cast<void>(component_->release((*parked)[i].key));
        }
    }
    [[nodiscard]] std::string stopped() override {
        if (dead || last_.kind != Step::Kind::stopped)
            return {};
        return joined({full_name(), " has stopped", reason()});
    }
    [[nodiscard]] std::string audit(const SimWorld& world) override {
        if (!component_)
            return {};
        auto fault = audit_component(*component_, world);
        return fault.empty() ? fault : joined({full_name(), ": ", fault});
    }

private:
    /// As in `es::run`: who has nothing to do is stepped when an event wakes it, or it is due.
    bool sleeps() {
        if (!begun_ || last_.kind != Step::Kind::idle ||
            (last_.next && *last_.next <= environment_.steady_now()))
            return false;
        if constexpr (requires {
                          { component_->wait_for_append({}) } -> std::same_as<Result<bool>>;
                      }) {
            const auto woken = component_->wait_for_append({});
            return woken && !*woken;
        }
        return false;
    }
    [[nodiscard]] std::string full_name() const {
        if constexpr (requires { std::string(component_->name()); })
            return joined({name, " (", component_->name(), ")"});
        else
            return name;
    }
    [[nodiscard]] std::string reason() const {
        if constexpr (requires { component_->status().failure->message; })
            if (const auto status = component_->status(); status.failure)
                return joined({": ", status.failure->message});
        return {};
    }

    Factory factory_;
    Environment environment_;
    std::unique_ptr<Component> component_;
    Step last_{};
    bool begun_ = false;
};

/// A client, whose turn is one call of a function.
template <class F>
class SimClient final : public SimActor {
public:
    SimClient(F f, std::uint64_t seed, Environment environment)
        : f_(std::move(f)),
          random_(seed),
          environment_(std::move(environment)) {}

    bool turn() override {
        f_(random_, environment_);
        return true;
    }
    void restart() override {}

private:
    F f_;
    Random random_;
    Environment environment_;
};

} // namespace eventsourcing::detail

#endif
