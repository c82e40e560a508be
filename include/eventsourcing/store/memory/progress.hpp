// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_PROGRESS_HPP
#define EVENTSOURCING_STORE_MEMORY_PROGRESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_conflict.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The progress that a memory store keeps. May be used from several threads at once.
///
/// A commit makes all that needs memory before its first change, so a lack of memory leaves
/// everything as it was.
class MemoryProgress {
public:
    [[nodiscard]] Result<std::optional<Progress>> load(const ProgressKey& key) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        return stored(key);
    }

    [[nodiscard]] Result<std::vector<std::pair<ProgressKey, Progress>>> list() const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        std::vector<std::pair<ProgressKey, Progress>> all;
        for (const auto& [key, entry] : entries_)
            all.emplace_back(key, entry.progress);
        return all;
    }

    Result<void> commit(const ProgressCommit& asked) {
        Staged staged(asked);
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        auto is_new = should_commit(asked, stored(asked.key), stored(staged.live_key));
        if (!is_new || !*is_new)
            return is_new ? Result<void>{} : std::move(is_new).error();
        Entry& entry = entries_.try_emplace(asked.key).first->second; // the last to need memory
        staged.move_to(entry);
        if (asked.replaces_live)
            replace_live(asked.key, staged.live_key);
        return {};
    }

    Result<bool> drop(const ProgressKey& key) {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        return entries_.erase(key) > 0;
    }

    [[nodiscard]] Result<std::optional<std::string>> row(const ProgressKey& key,
                                                         std::string_view row) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        std::optional<std::string> data;
        if (const Entry* entry = find(key))
            if (const auto found = entry->rows.find(std::string(row)); found != entry->rows.end())
                data = found->second;
        return data;
    }

    [[nodiscard]] Result<std::vector<RowCommit>>
    rows(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        std::vector<RowCommit> page;
        const Entry* const entry = find(key);
        if (!entry)
            return page;
        auto next = after ? entry->rows.upper_bound(std::string(*after)) : entry->rows.begin();
        for (; next != entry->rows.end() && page.size() < limit; ++next)
            page.push_back({.key = next->first, .data = next->second});
        return page;
    }

    [[nodiscard]] Result<std::vector<ParkedEvent>>
    parked(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return closed_error();
        std::vector<ParkedEvent> page;
        const Entry* const entry = find(key);
        if (!entry)
            return page;
        constexpr auto last = std::numeric_limits<std::uint64_t>::max();
        auto next =
            after ? entry->parked.upper_bound({std::string(*after), last}) : entry->parked.begin();
        for (; next != entry->parked.end() &&
               (page.size() < limit || next->second.key == page.back().key);
             ++next)
            page.push_back(next->second);
        return page;
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

private:
    struct ByKey {
        bool operator()(const ProgressKey& a, const ProgressKey& b) const {
            return std::tie(a.name, a.fingerprint, a.rebuild) <
                   std::tie(b.name, b.fingerprint, b.rebuild);
        }
    };
    using Rows = std::map<std::string, std::string>;
    using Parked = std::map<std::pair<std::string, std::uint64_t>, ParkedEvent>;
    struct Entry {
        Progress progress{};
        Rows rows{};
        Parked parked{};
    };

    /// Copies of what a commit stores.
    struct Staged {
        explicit Staged(const ProgressCommit& asked)
            : progress(asked.next),
              live_key(live(asked.key)) {
            for (const RowCommit& row : asked.rows)
                if (row.data)
                    rows.insert_or_assign(row.key, *row.data);
                else
                    rows.erase(row.key);
            for (const RowCommit& row : asked.rows)
                old_rows.push_back(row.key);
            for (const UnparkedEvent& event : asked.unpark)
                old_parked.emplace_back(event.key, event.sequence);
            for (const ParkedEvent& event : asked.park) {
                parked.insert_or_assign({event.key, event.sequence}, event);
                old_parked.emplace_back(event.key, event.sequence);
            }
        }
        void move_to(Entry& entry) noexcept {
            entry.progress = std::move(progress);
            for (const auto& key : old_rows)
                entry.rows.erase(key);
            entry.rows.merge(rows);
            for (const auto& key : old_parked)
                entry.parked.erase(key);
            entry.parked.merge(parked);
        }

        Progress progress;
        ProgressKey live_key;
        Rows rows{};
        std::vector<std::string> old_rows{};
        Parked parked{};
        std::vector<std::pair<std::string, std::uint64_t>> old_parked{};
    };

    static Error closed_error() { return {errc::closed, "the memory store was closed"}; }

    static ProgressKey live(const ProgressKey& key) {
        return {.name = key.name, .fingerprint = key.fingerprint, .rebuild = false};
    }

    [[nodiscard]] const Entry* find(const ProgressKey& key) const {
        const auto found = entries_.find(key);
        return found != entries_.end() ? &found->second : nullptr;
    }
    [[nodiscard]] std::optional<Progress> stored(const ProgressKey& key) const {
        const Entry* const entry = find(key);
        return entry ? std::optional(entry->progress) : std::nullopt;
    }

    void replace_live(const ProgressKey& rebuilt, ProgressKey& live_key) noexcept {
        entries_.erase(live_key);
        auto node = entries_.extract(rebuilt);
        node.key() = std::move(live_key);
        entries_.insert(std::move(node));
    }

    mutable std::mutex mutex_;
    std::map<ProgressKey, Entry, ByKey> entries_;
    bool closed_ = false;
};

} // namespace eventsourcing::detail

#endif
