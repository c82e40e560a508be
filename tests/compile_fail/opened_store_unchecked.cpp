// SPDX-License-Identifier: MIT
// The Result of opening a store is given where the store belongs.
// expect: es: this store is a Result: check it first, if (!store), and pass *store
// expect: eventsourcing::MemoryStore
// expect 1: Result
// expect 2: Result
// expect 3: Result
// expect 4: Result
// expect 5: Result
// expect 6: Result
#include <eventsourcing/cloudevents/export_events.hpp>
#include <eventsourcing/cloudevents/import_events.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/fan_out.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <cstdio>

namespace es = eventsourcing;

es::Result<es::MemoryStore> opened();
void told(const es::FollowerFailure& failure);

bool go(std::FILE* file) {
    auto store = opened();
    const es::MemoryStore other;
#if MUST_FAIL == 1
    const es::AnyStore any = store;
#elif MUST_FAIL == 2
    const es::AnyStore any{opened()};
#else
    const es::AnyStore any = *store;
#endif
#if MUST_FAIL == 3
    const es::FanOutPrimaryDecides fan(told, store, other);
#elif MUST_FAIL == 4
    const es::FanOutPrimaryDecides fan(told, other, store);
#else
    const es::FanOutPrimaryDecides fan(told, other, *store);
#endif
#if MUST_FAIL == 5
    return bool(es::export_events(store, "/shop", file));
#elif MUST_FAIL == 6
    return bool(es::import_events(file, store));
#else
    return es::export_events(*store, "/shop", file) && es::import_events(file, *store) &&
           any.read_all() && fan.read_all();
#endif
}
