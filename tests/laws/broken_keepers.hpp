// SPDX-License-Identifier: MIT
// Stores of progress and snapshots that break one law each, so that the laws can be seen to notice.
#ifndef EVENTSOURCING_TESTS_LAWS_BROKEN_KEEPERS_HPP
#define EVENTSOURCING_TESTS_LAWS_BROKEN_KEEPERS_HPP

#include <eventsourcing/store/memory_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace broken_keepers {

namespace es = eventsourcing;

using Listed = std::vector<std::pair<es::ProgressKey, es::Progress>>;
using After = std::optional<std::string_view>;

/// Passes everything on to a memory store, whose events are hidden; those below hide what they
/// break.
class HonestKeeper {
public:
    es::Result<std::optional<es::Progress>> load_progress(const es::ProgressKey& key,
                                                          const es::CallOptions& call) const {
        return inner.load_progress(key, call);
    }
    es::Result<Listed> list_progress(const es::CallOptions& call) const {
        return inner.list_progress(call);
    }
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call) const {
        return inner.commit_progress(commit, call);
    }
    es::Result<bool> drop_progress(const es::ProgressKey& key, const es::CallOptions& call) const {
        return inner.drop_progress(key, call);
    }
    es::Result<std::optional<std::string>>
    load_row(const es::ProgressKey& key, std::string_view row, const es::CallOptions& call) const {
        return inner.load_row(key, row, call);
    }
    es::Result<std::vector<es::RowCommit>> load_rows(const es::ProgressKey& key, After after,
                                                     std::size_t limit,
                                                     const es::CallOptions& call) const {
        return inner.load_rows(key, after, limit, call);
    }
    es::Result<std::vector<es::ParkedEvent>> load_parked(const es::ProgressKey& key, After after,
                                                         std::size_t limit,
                                                         const es::CallOptions& call) const {
        return inner.load_parked(key, after, limit, call);
    }
    es::Result<void> save_snapshot(const es::Snapshot& snapshot,
                                   const es::CallOptions& call) const {
        return inner.save_snapshot(snapshot, call);
    }
    es::Result<std::optional<es::Snapshot>> load_snapshot(es::StreamNameView stream,
                                                          std::string_view kind,
                                                          std::string_view fingerprint,
                                                          const es::CallOptions& call) const {
        return inner.load_snapshot(stream, kind, fingerprint, call);
    }
    es::Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view keep,
                                              const es::CallOptions& call) const {
        return inner.prune_snapshots(kind, keep, call);
    }
    void close() { inner.close(); }

    es::MemoryStore inner;
};

/// What is stored, after the same checks as ever.
inline std::optional<es::Progress> stored(const es::MemoryStore& store,
                                          const es::ProgressKey& key) {
    auto found = store.load_progress(key);
    return found ? *found : std::nullopt;
}

/// A checkpoint that moved on meanwhile is overwritten.
class OverwritesProgress : public HonestKeeper {
public:
    es::Result<void> commit_progress(es::ProgressCommit commit, const es::CallOptions& call) const {
        auto done = inner.commit_progress(commit, call);
        const auto now = stored(inner, commit.key);
        if (done || done.error() != es::errc::conflict || !now || !commit.loaded ||
            now->fence != commit.loaded->fence || !commit.rows.empty())
            return done;
        commit.loaded = now;
        return inner.commit_progress(commit, call);
    }
};

/// Only the checkpoint is compared.
class IgnoresFences : public HonestKeeper {
public:
    es::Result<void> commit_progress(es::ProgressCommit commit, const es::CallOptions& call) const {
        auto done = inner.commit_progress(commit, call);
        const auto now = stored(inner, commit.key);
        if (done || done.error() != es::errc::conflict || !now || !commit.loaded ||
            now->checkpoint != commit.loaded->checkpoint || commit.key.rebuild)
            return done;
        commit.loaded = now;
        commit.next.fence = std::max(commit.next.fence, now->fence);
        return inner.commit_progress(commit, call);
    }
};

/// Those that lose a race are told that they won.
class TellsAllTheyWon : public HonestKeeper {
public:
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call) const {
        auto done = inner.commit_progress(commit, call);
        if (!done && done.error() == es::errc::conflict && commit.next.owner.starts_with("runner"))
            return {};
        return done;
    }
};

/// A commit that comes again is a conflict.
class ForgetsWhatItDid : public HonestKeeper {
public:
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call) const {
        if (stored(inner, commit.key) == commit.next)
            return es::Error(es::errc::conflict, "expected other progress");
        return inner.commit_progress(commit, call);
    }
};

/// Rows are stored before the checkpoint is looked at.
class TearsACommit : public HonestKeeper {
public:
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call) const {
        auto done = inner.commit_progress(commit, call);
        const auto now = stored(inner, commit.key);
        if (!done && done.error() == es::errc::conflict && now && !commit.unpark.empty()) {
            es::ProgressCommit rows{.key = commit.key, .loaded = now, .next = *now};
            rows.next.fence += 1;
            rows.rows = commit.rows;
            static_cast<void>(inner.commit_progress(rows, call));
        }
        return done;
    }
};

/// The last row of a full page is in no page.
class SkipsARow : public HonestKeeper {
public:
    es::Result<std::vector<es::RowCommit>> load_rows(const es::ProgressKey& key, After after,
                                                     std::size_t limit,
                                                     const es::CallOptions& call) const {
        auto page = inner.load_rows(key, after, limit, call);
        if (page && after && *after == "A" && limit == 1)
            return inner.load_rows(key, "a", limit, call);
        return page;
    }
};

/// A page ends at its limit, in the middle of a key.
class CutsALine : public HonestKeeper {
public:
    es::Result<std::vector<es::ParkedEvent>> load_parked(const es::ProgressKey& key, After after,
                                                         std::size_t limit,
                                                         const es::CallOptions& call) const {
        auto page = inner.load_parked(key, after, limit, call);
        if (page && page->size() > limit)
            page->erase(page->begin() + static_cast<std::ptrdiff_t>(limit), page->end());
        return page;
    }
};

/// Rows stay when their progress is dropped.
class KeepsDroppedRows : public HonestKeeper {
public:
    es::Result<std::optional<std::string>>
    load_row(const es::ProgressKey& key, std::string_view row, const es::CallOptions& call) const {
        auto found = inner.load_row(key, row, call);
        if (found && !*found && row == "r" && key.name == "b")
            return std::optional<std::string>("b");
        return found;
    }
};

/// What is replaced is told to be there still.
class KeepsTheReplaced : public HonestKeeper {
public:
    es::Result<std::optional<std::string>>
    load_row(const es::ProgressKey& key, std::string_view row, const es::CallOptions& call) const {
        auto found = inner.load_row(key, row, call);
        if (found && !*found && row == "gone")
            return std::optional<std::string>("old");
        return found;
    }
};

/// Statements are acknowledged and dropped.
class DropsStatements : public HonestKeeper {
public:
    es::Result<void> commit_progress(es::ProgressCommit commit, const es::CallOptions& call) const {
        commit.statements.clear();
        return inner.commit_progress(commit, call);
    }
};

/// Rows are stored though a statement is refused.
class KeepsRowsOfRefusedStatements : public HonestKeeper {
public:
    es::Result<void> commit_progress(es::ProgressCommit commit, const es::CallOptions& call) const {
        auto done = inner.commit_progress(commit, call);
        if (!commit.statements.empty()) {
            commit.statements.clear();
            static_cast<void>(inner.commit_progress(commit, call));
        }
        return done;
    }
};

/// A name without bytes is a name.
class TakesEmptyNames : public HonestKeeper {
public:
    es::Result<std::optional<es::Progress>> load_progress(es::ProgressKey key,
                                                          const es::CallOptions& call) const {
        if (key.name.empty())
            key.name = "empty";
        return inner.load_progress(key, call);
    }
};

/// Progress is kept though the call was called off.
class IgnoresDeadlines : public HonestKeeper {
public:
    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call) const {
        auto done = inner.commit_progress(commit, call);
        if (!done && done.error() == es::errc::timed_out)
            return inner.commit_progress(commit);
        return done;
    }
};

class NeverCloses : public HonestKeeper {
public:
    void close() {}
};

/// Trusts its disk less than it should: bytes are compared with what text would be.
class KeepsTextOnly : public HonestKeeper {
public:
    es::Result<std::optional<es::Snapshot>> load_snapshot(es::StreamNameView stream,
                                                          std::string_view kind,
                                                          std::string_view fingerprint,
                                                          const es::CallOptions& call) const {
        auto found = inner.load_snapshot(stream, kind, fingerprint, call);
        if (found && *found)
            (*found)->data = (*found)->data.substr(0, (*found)->data.find('\0'));
        return found;
    }
};

/// A snapshot of an earlier revision does not replace a later one.
class KeepsTheLaterSnapshot : public HonestKeeper {
public:
    es::Result<void> save_snapshot(const es::Snapshot& snapshot,
                                   const es::CallOptions& call) const {
        const auto kept =
            inner.load_snapshot(snapshot.stream, snapshot.kind, snapshot.fingerprint, call);
        if (kept && *kept && (*kept)->revision > snapshot.revision)
            return {};
        return inner.save_snapshot(snapshot, call);
    }
};

/// Pruning a kind prunes them all.
class PrunesEverything : public HonestKeeper {
public:
    es::Result<std::uint64_t> prune_snapshots(std::string_view kind, std::string_view keep,
                                              const es::CallOptions& call) const {
        if (kind == "Law" && keep == "new")
            static_cast<void>(inner.prune_snapshots("Other", keep, call));
        return inner.prune_snapshots(kind, keep, call);
    }
};

/// What is too large is acknowledged.
class AcknowledgesWhatItRefuses : public HonestKeeper {
public:
    es::Result<void> save_snapshot(const es::Snapshot& snapshot,
                                   const es::CallOptions& call) const {
        auto done = inner.save_snapshot(snapshot, call);
        return !done && done.error() == es::errc::too_large ? es::Result<void>{} : done;
    }
};

} // namespace broken_keepers

#endif
