// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SIMULATION_SIM_CHECK_HPP
#define EVENTSOURCING_TESTING_SIMULATION_SIM_CHECK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// A check of the scenario, type-erased.
class SimCheck {
public:
    SimCheck() = default;
    SimCheck(const SimCheck&) = delete;
    SimCheck& operator=(const SimCheck&) = delete;
    virtual ~SimCheck() = default;
    /// Why it does not hold; empty if it does.
    virtual std::string fault() = 0;

    std::string name;
};
template <class F>
class SimCheckOf final : public SimCheck {
public:
    explicit SimCheckOf(F f) : f_(std::move(f)) {}

    std::string fault() override {
        const char* const who = name.c_str();
        const auto found = guarded(who, [&]() -> Result<std::string> { return ask(); });
        return found ? *found : std::string(found.error().message());
    }

private:
    std::string ask() {
        if constexpr (std::convertible_to<std::invoke_result_t<F&>, bool> &&
                      !is_result<std::remove_cvref_t<std::invoke_result_t<F&>>>) {
            return f_() ? std::string() : name;
        } else {
            auto done = f_();
            return done ? std::string() : joined({name, ": ", std::string(done.error().message())});
        }
    }

    F f_;
};

/// A repair of the scenario, type-erased.
class SimRepair {
public:
    SimRepair() = default;
    SimRepair(const SimRepair&) = delete;
    SimRepair& operator=(const SimRepair&) = delete;
    virtual ~SimRepair() = default;
    /// Why it could not; empty if it is done.
    virtual std::string make() = 0;
};
template <class F>
class SimRepairOf final : public SimRepair {
public:
    explicit SimRepairOf(F f) : f_(std::move(f)) {}
    std::string make() override {
        static const char* const who = "a repair";
        const auto done = guarded(who, [&]() -> Result<void> {
            f_();
            return {};
        });
        return done ? std::string() : std::string(done.error().message());
    }

private:
    F f_;
};

} // namespace eventsourcing::detail

#endif
