// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_RUNNABLE_HPP
#define EVENTSOURCING_RUNTIME_RUNNABLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <concepts>
#include <optional>
#include <stop_token>

namespace eventsourcing {

/// What `es::run` drives: a step machine over the events of a store.
///
/// * `step(stop) -> Step`: does a bounded amount of work, and never waits for events.
/// * `wait_for_append(call) -> Result<bool>`: as a store's, for an event after what was handled.
/// * `store_id() -> std::optional<Uuid>`: of the store; those with the same one share a waker.
/// * `environment()`: by whose clock `Step::next` is.
/// * `driven(n)`: 1 more loop runs it, or -1.
template <class F>
concept Followable =
    requires(F& follower, const F& same, const std::stop_token& stop, const CallOptions& call) {
        { follower.step(stop) } -> std::same_as<Step>;
        { same.wait_for_append(call) } -> std::same_as<Result<bool>>;
        { same.store_id() } -> std::same_as<std::optional<Uuid>>;
        { same.environment() } -> std::same_as<Environment>;
        follower.driven(1);
    };

/// Refers to any of them, type-erased, for `es::run` of a number that is known at run time
/// only. The object must outlive it.
class Runnable {
public:
    template <Followable F>
        requires(!std::same_as<F, Runnable>)
    explicit Runnable(F& follower) : object_(&follower),
                                     functions_(&functions<F>) {}

    Step step(const std::stop_token& stop) const { return functions_->step(object_, stop); }
    [[nodiscard]] Result<bool> wait_for_append(const CallOptions& call) const {
        return functions_->wait(object_, call);
    }
    [[nodiscard]] std::optional<Uuid> store_id() const { return functions_->store_id(object_); }
    [[nodiscard]] Environment environment() const { return functions_->environment(object_); }
    void driven(int more) const { functions_->driven(object_, more); }

private:
    struct Functions {
        Step (*step)(void* object, const std::stop_token& stop);
        Result<bool> (*wait)(void* object, const CallOptions& call);
        std::optional<Uuid> (*store_id)(void* object);
        Environment (*environment)(void* object);
        void (*driven)(void* object, int more);
    };
    template <class F>
    static constexpr Functions functions{
        [](void* object, const std::stop_token& stop) {
            return static_cast<F*>(object)->step(stop);
        },
        [](void* object, const CallOptions& call) {
            return static_cast<const F*>(object)->wait_for_append(call);
        },
        [](void* object) { return static_cast<const F*>(object)->store_id(); },
        [](void* object) { return static_cast<const F*>(object)->environment(); },
        [](void* object, int more) { static_cast<F*>(object)->driven(more); }};

    void* object_;
    const Functions* functions_;
};

} // namespace eventsourcing

#endif
