// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_TIME_WATCHERS_HPP
#define EVENTSOURCING_TESTING_TIME_WATCHERS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>

#include <mutex>
#include <vector>

namespace eventsourcing {

/// The watchers of an `EnvironmentSource` with a clock that is moved. May be used from several
/// threads at once.
class TimeWatchers {
public:
    void add(TimeWatcher& watcher) {
        const std::lock_guard lock(mutex_);
        watchers_.push_back(&watcher);
    }
    /// Waits for a `tell` of another thread.
    void remove(TimeWatcher& watcher) {
        const std::lock_guard lock(mutex_);
        std::erase(watchers_, &watcher);
    }
    /// After the clock has moved, without a lock that `steady_now` takes.
    void tell() {
        const std::lock_guard lock(mutex_);
        for (TimeWatcher* const watcher : watchers_)
            watcher->time_changed();
    }

private:
    std::mutex mutex_;
    std::vector<TimeWatcher*> watchers_;
};

} // namespace eventsourcing

#endif
