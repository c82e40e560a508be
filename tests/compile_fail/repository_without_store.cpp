// SPDX-License-Identifier: MIT
// The store of a repository is not named, named before the aggregate, only a sink, or not checked.
// expect 1: es: name the store as well: es::Repository<TheAggregate, es::MemoryStore>
// expect 2: es: name the aggregate first, and then the store: es::Repository<TheAggregate, es::MemoryStore>
// expect 3: es: a repository reads and checks what it expects, so it needs an event store
// expect 4: es: name the aggregate and the store: es::Repository<TheAggregate, es::MemoryStore>
// expect 5: es: this store is a Result: check it first, if (!store), and pass *store
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static void apply_event(State& s, const Refunded& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
    static Refunded handle_command(const State&, const Refund& c) { return {c.item}; }
};
} // namespace shop

#if MUST_FAIL == 1
es::Repository<shop::Shop> shops{es::MemoryStore{}};
#elif MUST_FAIL == 2
es::Repository<es::MemoryStore, shop::Shop> shops{es::MemoryStore{}};
#elif MUST_FAIL == 3
es::Repository<shop::Shop, Nowhere> shops{Nowhere{}};
#elif MUST_FAIL == 4
es::Repository shops{es::MemoryStore{}};
#elif MUST_FAIL == 5
es::Result<es::MemoryStore> opened;
es::Repository<shop::Shop, es::MemoryStore> shops{opened};
#else
es::Repository<shop::Shop, es::MemoryStore> shops{es::MemoryStore{}};
#endif
