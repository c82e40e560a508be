// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_KNOWN_ENDS_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_KNOWN_ENDS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/stream_name.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace eventsourcing::detail::eventstoredb {

/// The last known ends of streams: a first guess for appends without an expected revision. May be
/// used from several threads at once.
class KnownEnds {
public:
    [[nodiscard]] std::optional<std::int64_t> of(StreamNameView stream) const {
        const std::lock_guard lock(mutex_);
        const auto found = ends_.find(stream.str());
        return found == ends_.end() ? std::nullopt : std::optional(found->second);
    }

    void remember(StreamNameView stream, std::int64_t last) {
        const std::lock_guard lock(mutex_);
        if (ends_.size() >= most)
            ends_.clear(); // a wrong guess costs one request
        ends_[stream.str()] = last;
    }

private:
    static constexpr std::size_t most = 1'024;

    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::int64_t> ends_;
};

} // namespace eventsourcing::detail::eventstoredb

#endif
