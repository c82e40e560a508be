// SPDX-License-Identifier: MIT
// ProgressStore, SnapshotStore: what is one, and what is none.
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace es = eventsourcing;

namespace kept {

static_assert(es::ProgressStore<es::MemoryStore>);
static_assert(es::SnapshotStore<es::MemoryStore>);
static_assert(es::ProgressStore<es::AnyStore>);
static_assert(es::SnapshotStore<es::AnyStore>);
static_assert(!es::ProgressStore<int>);
static_assert(!es::SnapshotStore<int>);

/// One that is a store of progress and of nothing else.
struct Shelf {
    es::Result<std::optional<es::Progress>> load_progress(const es::ProgressKey&,
                                                          const es::CallOptions&) const;
    es::Result<std::vector<std::pair<es::ProgressKey, es::Progress>>>
    list_progress(const es::CallOptions&) const;
    es::Result<void> commit_progress(const es::ProgressCommit&, const es::CallOptions&) const;
    es::Result<bool> drop_progress(const es::ProgressKey&, const es::CallOptions&) const;
    es::Result<std::optional<std::string>> load_row(const es::ProgressKey&, std::string_view,
                                                    const es::CallOptions&) const;
    es::Result<std::vector<es::RowCommit>> load_rows(const es::ProgressKey&,
                                                     std::optional<std::string_view>, std::size_t,
                                                     const es::CallOptions&) const;
    es::Result<std::vector<es::ParkedEvent>> load_parked(const es::ProgressKey&,
                                                         std::optional<std::string_view>,
                                                         std::size_t, const es::CallOptions&) const;
};
static_assert(es::ProgressStore<Shelf>);
static_assert(!es::SnapshotStore<Shelf>);

struct AnswersOtherRows : Shelf {
    es::Result<std::vector<std::string>> load_rows(const es::ProgressKey&,
                                                   std::optional<std::string_view>, std::size_t,
                                                   const es::CallOptions&) const;
};
static_assert(!es::ProgressStore<AnswersOtherRows>);

struct ChangesWhenItCommits : Shelf {
    es::Result<void> commit_progress(const es::ProgressCommit&, const es::CallOptions&);
};
static_assert(!es::ProgressStore<ChangesWhenItCommits>); // it is not const

/// A page after the empty key and a first page are not the same.
struct TakesTheEmptyKeyForTheStart : Shelf {
    es::Result<std::vector<es::RowCommit>> load_rows(const es::ProgressKey&, std::string_view,
                                                     std::size_t, const es::CallOptions&) const;
};
static_assert(!es::ProgressStore<TakesTheEmptyKeyForTheStart>);

struct Album {
    es::Result<void> save_snapshot(const es::Snapshot&, const es::CallOptions&) const;
    es::Result<std::optional<es::Snapshot>> load_snapshot(es::StreamNameView, std::string_view,
                                                          std::string_view,
                                                          const es::CallOptions&) const;
    es::Result<std::uint64_t> prune_snapshots(std::string_view, std::string_view,
                                              const es::CallOptions&) const;
};
static_assert(es::SnapshotStore<Album>);
static_assert(!es::ProgressStore<Album>);

} // namespace kept
