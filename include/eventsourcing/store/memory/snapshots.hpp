// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_SNAPSHOTS_HPP
#define EVENTSOURCING_STORE_MEMORY_SNAPSHOTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/store/memory/kept.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// The snapshots that a memory store keeps. May be used from several threads at once.
///
/// A template, so that only files that use it compile it.
template <class T>
class MemorySnapshotsOf {
public:
    Result<void> save(const Snapshot& snapshot) {
        std::unique_ptr<MemoryKept> made(new Saved(snapshot)); // whole, or none without memory
        const auto key = kept_key({snapshot.stream.view(), snapshot.kind, snapshot.fingerprint});
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        all_[key] = std::move(made);
        return {};
    }

    [[nodiscard]] Result<std::optional<Snapshot>>
    load(std::string_view stream, std::string_view kind, std::string_view fingerprint) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        const auto found = all_.find(kept_key({stream, kind, fingerprint}));
        if (found == all_.end())
            return std::optional<Snapshot>{};
        return std::optional(kept_as<Saved>(*found).snapshot);
    }

    Result<std::uint64_t> prune(std::string_view kind, std::string_view keep_fingerprint) {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        return std::erase_if(all_, [&](const auto& item) {
            const Snapshot& snapshot = kept_as<Saved>(item).snapshot;
            return snapshot.kind == kind && snapshot.fingerprint != keep_fingerprint;
        });
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

private:
    struct Saved final : MemoryKept {
        explicit Saved(const Snapshot& its_snapshot) : snapshot(its_snapshot) {}
        Snapshot snapshot;
    };

    mutable std::mutex mutex_;
    Dependent<MemoryKeptMap, T> all_; // by stream, kind, fingerprint
    bool closed_ = false;
};

} // namespace eventsourcing::detail

#endif
