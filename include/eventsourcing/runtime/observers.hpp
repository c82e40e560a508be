// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVERS_HPP
#define EVENTSOURCING_RUNTIME_OBSERVERS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/runtime/observer.hpp>

#include <array>
#include <utility>

namespace eventsourcing {

/// Several observers as one: `{.observer = es::Observers{metrics, es::TextObserver{stderr}}}`. Each
/// is told what it has a function for, one after the other; one that throws changes nothing for the
/// others.
template <class... Os>
    requires(sizeof...(Os) > 0)
class Observers {
public:
    explicit Observers(Os... observers) : all_{Observer(std::move(observers))...} {}

    template <class Told>
        requires(detail::HearsOf<Os, Told> || ...)
    void on(const Told& told) const {
        for (const Observer& observer : all_)
            observer.tell([&]() -> Told { return told; });
    }

private:
    std::array<Observer, sizeof...(Os)> all_;
};

} // namespace eventsourcing

#endif
