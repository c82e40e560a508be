// SPDX-License-Identifier: MIT
// A snapshot of a state that can't be written as JSON, or in a store that keeps none.
// expect 1: es: a snapshot is the state as JSON, and a part of this State has no JSON form
// expect 2: es: this store keeps no snapshots: leave .snapshot_every out, or give a store that does beside it
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    struct State {
        const char* last = "";
        es::Generation generation{};
    };

    static void apply_event(State& s, const Bought&) { s.last = "hat"; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
struct Storable {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

/// A store that keeps no snapshots.
struct Plain {
    static constexpr es::Capabilities capabilities{.expected_revision = true};

    es::Result<es::Receipt> append(es::StreamNameView, es::ExpectedRevision, const es::EventBatch&,
                                   const es::AppendCondition& = {},
                                   const es::CallOptions& = {}) const;
    es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::EventBatch&,
                                             const es::CallOptions& = {}) const;
    es::Result<es::Page> read_stream(es::StreamNameView, const es::StreamRead& = {},
                                     const es::CallOptions& = {}) const;
};

void go(const es::MemoryStore& store, const Plain& plain) {
#if MUST_FAIL == 1
    es::Repository<shop::Shop, es::MemoryStore> shops{store, {.snapshot_every = 500}};
#elif MUST_FAIL == 2
    es::Repository<shop::Storable, Plain> shops{plain, {.snapshot_every = 500}};
#else
    es::Repository<shop::Shop, es::MemoryStore> shops{store, {.cache = 500}};
    es::Repository<shop::Storable, es::MemoryStore> storable{store, {.snapshot_every = 500}};
    es::Repository<shop::Storable, Plain, es::MemoryStore> beside{
        plain, store, {.snapshot_every = 500}};
#endif
}
