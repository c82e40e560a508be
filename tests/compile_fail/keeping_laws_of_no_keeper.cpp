// SPDX-License-Identifier: MIT
// The laws of progress and snapshots, asked of a store that keeps neither.
// expect: es: check_keeping_laws needs a ProgressStore or a SnapshotStore (store/progress_store.hpp, store/snapshot_store.hpp)
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/store_laws.hpp>

namespace es = eventsourcing;

struct Drawer {
    es::Result<void> save_snapshot(const es::Snapshot&) const { return {}; }
};

bool keeps_the_laws() {
#ifdef MUST_FAIL
    return bool(es::check_keeping_laws([] { return Drawer{}; }));
#else
    return bool(es::check_keeping_laws([] { return es::MemoryStore{}; }));
#endif
}
