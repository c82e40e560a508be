// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_PROGRESS_HPP
#define EVENTSOURCING_STORE_MEMORY_PROGRESS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/memory/kept.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_conflict.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The progress that a memory store keeps. May be used from several threads at once.
///
/// A commit makes all that needs memory before its first change, so a lack of memory leaves
/// everything as it was.
///
/// A template, so that only files that use it compile it.
template <class T>
class MemoryProgressOf {
    template <class X>
    using List = std::vector<Dependent<X, T>>;
    using Map = Dependent<MemoryKeptMap, T>;

public:
    [[nodiscard]] Result<std::optional<Progress>> load(const ProgressKey& key) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        return stored(key);
    }

    [[nodiscard]] Result<std::vector<std::pair<ProgressKey, Progress>>> list() const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        List<std::pair<ProgressKey, Progress>> all;
        for (const auto& item : entries_) {
            const auto& entry = kept_as<Entry>(item);
            all.emplace_back(entry.key, entry.progress);
        }
        return all;
    }

    Result<void> commit(const ProgressCommit& asked) {
        Staged staged(asked);
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        auto is_new = should_commit(asked, stored(asked.key), stored(live(asked.key)));
        if (!is_new || !*is_new)
            return is_new ? Result<void>{} : std::move(is_new).error();
        if (asked.drops) {
            entries_.erase(staged.key);
            return {};
        }
        auto& entry = entries_[staged.key]; // the last that needs memory
        if (!entry)
            entry = std::move(staged.made);
        staged.move_to(static_cast<Entry&>(*entry));
        if (asked.replaces_live)
            replace_live(staged.key, staged.live_key);
        return {};
    }

    Result<bool> drop(const ProgressKey& key) {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        return entries_.erase(text_of(key)) > 0;
    }

    [[nodiscard]] Result<std::optional<std::string>> row(const ProgressKey& key,
                                                         std::string_view row) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        std::optional<std::string> data;
        if (const Entry* entry = find(key))
            if (const auto found = entry->rows.find(std::string(row)); found != entry->rows.end())
                data = kept_as<Row>(*found).data;
        return data;
    }

    [[nodiscard]] Result<std::vector<RowCommit>>
    rows(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        List<RowCommit> page;
        const Entry* const entry = find(key);
        if (!entry)
            return page;
        auto next = after ? entry->rows.upper_bound(std::string(*after)) : entry->rows.begin();
        for (; next != entry->rows.end() && page.size() < limit; ++next)
            page.push_back({.key = next->first, .data = kept_as<Row>(*next).data});
        return page;
    }

    [[nodiscard]] Result<std::vector<ParkedEvent>>
    parked(const ProgressKey& key, std::optional<std::string_view> after, std::size_t limit) const {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return memory_closed();
        List<ParkedEvent> page;
        const Entry* const entry = find(key);
        if (!entry)
            return page;
        constexpr auto last = std::numeric_limits<std::uint64_t>::max();
        auto next =
            after ? entry->parked.upper_bound(text_of(*after, last)) : entry->parked.begin();
        for (; next != entry->parked.end(); ++next) {
            const ParkedEvent& event = kept_as<Parked>(*next).event;
            if (page.size() >= limit && event.key != page.back().key)
                break;
            page.push_back(event);
        }
        return page;
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

private:
    struct Row final : MemoryKept {
        explicit Row(std::string content) : data(std::move(content)) {}
        std::string data;
    };
    struct Parked final : MemoryKept {
        explicit Parked(const ParkedEvent& parked) : event(parked) {}
        ParkedEvent event;
    };
    struct Entry final : MemoryKept {
        explicit Entry(const ProgressKey& its_key) : key(its_key) {}
        ProgressKey key;
        Progress progress{};
        Map rows{};
        Map parked{};
    };

    /// Copies of what a commit stores, made before its first change.
    struct Staged {
        explicit Staged(const ProgressCommit& commit)
            : key(text_of(commit.key)),
              live_key(text_of(live(commit.key))),
              made(new Entry(commit.key)),
              progress(commit.next) {
            for (const RowCommit& row : commit.rows) {
                rows.erase(row.key);
                if (row.data)
                    rows[row.key].reset(new Row(*row.data));
                old_rows.push_back(row.key);
            }
            for (const UnparkedEvent& event : commit.unpark)
                old_parked.push_back(text_of(event.key, event.sequence));
            for (const ParkedEvent& event : commit.park) {
                old_parked.push_back(text_of(event.key, event.sequence));
                parked[old_parked.back()].reset(new Parked(event));
            }
        }
        void move_to(Entry& entry) noexcept {
            entry.progress = std::move(progress);
            for (const std::string& row : old_rows)
                entry.rows.erase(row);
            entry.rows.merge(rows);
            for (const std::string& event : old_parked)
                entry.parked.erase(event);
            entry.parked.merge(parked);
        }

        std::string key;
        std::string live_key;
        std::unique_ptr<MemoryKept> made;
        Progress progress;
        Map rows{};
        List<std::string> old_rows{};
        Map parked{};
        List<std::string> old_parked{};
    };

    static ProgressKey live(const ProgressKey& key) {
        return {.name = key.name, .fingerprint = key.fingerprint, .rebuild = false};
    }
    static std::string text_of(const ProgressKey& key) {
        return kept_key({key.name, key.fingerprint, key.rebuild ? "1" : "0"});
    }
    static std::string text_of(std::string_view key, std::uint64_t sequence) {
        return kept_key({key}) + kept_number(sequence);
    }

    [[nodiscard]] const Entry* find(const ProgressKey& key) const {
        const auto found = entries_.find(text_of(key));
        return found != entries_.end() ? &kept_as<Entry>(*found) : nullptr;
    }
    [[nodiscard]] std::optional<Progress> stored(const ProgressKey& key) const {
        const Entry* const entry = find(key);
        return entry ? std::optional(entry->progress) : std::nullopt;
    }

    /// The rebuild at `rebuilt` takes the place of what is at `live_key`.
    void replace_live(const std::string& rebuilt, std::string& live_key) noexcept {
        entries_.erase(live_key);
        auto node = entries_.extract(rebuilt);
        static_cast<Entry&>(*node.mapped()).key.rebuild = false;
        node.key() = std::move(live_key);
        entries_.insert(std::move(node));
    }

    mutable std::mutex mutex_;
    Map entries_;
    bool closed_ = false;
};

} // namespace eventsourcing::detail

#endif
