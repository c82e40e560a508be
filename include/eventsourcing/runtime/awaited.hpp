// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_AWAITED_HPP
#define EVENTSOURCING_RUNTIME_AWAITED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <concepts>
#include <memory>

namespace eventsourcing {

/// A subscription that a command waits for, type-erased: `{.wait_for = board}`. By default
/// none. The subscription must outlive the call.
class Awaited {
public:
    Awaited() = default;

    template <class S>
        requires(!std::same_as<S, Awaited> &&
                 requires(S& subscription, const Receipt& receipt, const CallOptions& call) {
                     { subscription.wait_for(receipt, call) } -> std::same_as<Result<void>>;
                 })
    Awaited(S& subscription)
        : subscription_(std::addressof(subscription)),
          wait_([](void* waiting, const Receipt& receipt, const CallOptions& call) {
              return static_cast<S*>(waiting)->wait_for(receipt, call);
          }) {}

    explicit operator bool() const { return subscription_ != nullptr; }
    /// Waits until its read model holds the events of the receipt; `threw` if it throws.
    [[nodiscard]] Result<void> wait(const Receipt& receipt, const CallOptions& call) const {
        return detail::guarded("wait_for", [&] { return wait_(subscription_, receipt, call); });
    }

private:
    void* subscription_ = nullptr;
    Result<void> (*wait_)(void* waiting, const Receipt& receipt, const CallOptions& call) = nullptr;
};

} // namespace eventsourcing

#endif
