// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_FRESH_APPENDS_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_FRESH_APPENDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/stream_name.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace eventsourcing::detail::eventstoredb {

/// The streams to which this process appended a moment ago and that it has not read since. A server
/// says "no such stream" for some milliseconds after an append to a stream that had been deleted.
/// May be used from several threads at once.
class FreshAppends {
public:
    using Clock = std::chrono::steady_clock;

    /// For how long an answer "no such stream" is doubted.
    static constexpr std::chrono::seconds doubted_for{5};

    explicit FreshAppends(Environment environment) : environment_(std::move(environment)) {}

    void appended(StreamNameView stream) {
        const std::lock_guard lock(mutex_);
        if (streams_.size() >= most)
            std::erase_if(streams_, [now = environment_.steady_now()](const auto& one) {
                return one.second + doubted_for < now;
            });
        if (streams_.size() < most)
            streams_[stream.str()] = environment_.steady_now();
    }

    /// The stream was read, or deleted by this process.
    void settled(StreamNameView stream) {
        const std::lock_guard lock(mutex_);
        streams_.erase(stream.str());
    }

    /// Whether a server that says "no such stream" must be asked again.
    [[nodiscard]] bool doubts_missing(StreamNameView stream) const {
        const std::lock_guard lock(mutex_);
        const auto found = streams_.find(stream.str());
        return found != streams_.end() && environment_.steady_now() < found->second + doubted_for;
    }

private:
    static constexpr std::size_t most = 16'384;

    const Environment environment_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Clock::time_point> streams_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
