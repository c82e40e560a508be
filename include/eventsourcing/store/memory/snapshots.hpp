// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_SNAPSHOTS_HPP
#define EVENTSOURCING_STORE_MEMORY_SNAPSHOTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace eventsourcing::detail {

/// The snapshots that a memory store keeps. May be used from several threads at once.
class MemorySnapshots {
public:
    Result<void> save(const Snapshot& snapshot) {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        const Key key(snapshot.stream.str(), snapshot.kind, snapshot.fingerprint);
        const auto found = all_.find(key);
        if (found == all_.end())
            all_.emplace(key, snapshot);
        else if (found->second.revision <= snapshot.revision)
            found->second = Snapshot(snapshot); // whole, or not at all without memory
        return {};
    }

    [[nodiscard]] Result<std::optional<Snapshot>>
    load(std::string_view stream, std::string_view kind, std::string_view fingerprint) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        const auto found = all_.find(Key(stream, kind, fingerprint));
        return found != all_.end() ? std::optional(found->second) : std::nullopt;
    }

    Result<std::uint64_t> prune(std::string_view kind, std::string_view keep_fingerprint) {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        return std::erase_if(all_, [&](const auto& item) {
            return item.second.kind == kind && item.second.fingerprint != keep_fingerprint;
        });
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

private:
    /// Stream, kind, fingerprint.
    using Key = std::tuple<std::string, std::string, std::string>;

    static Error closed_error() { return {errc::closed, "the memory store was closed"}; }

    mutable std::mutex mutex_;
    std::map<Key, Snapshot> all_;
    bool closed_ = false;
};

} // namespace eventsourcing::detail

#endif
