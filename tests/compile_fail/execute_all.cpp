// SPDX-License-Identifier: MIT
// A store that has no append_all; a command without its stream; no command; a Result in place of a
// store; an event in place of a command.
// expect 1: es: execute_all appends to several streams in one commit, and this store has no append_all
// expect 1: Plain
// expect 2: es: execute_all takes a store and then what happens to each stream: es::command<TheAggregate>(id, command)
// expect 2: shop::Buy
// expect 3: es: execute_all needs at least one command: es::command<TheAggregate>(id, command)
// expect 4: es: this store is a Result: check it first, if (!store), and pass *store
// expect 5: es: execute takes a command, and this is an event: pass one of A::Command
// expect 5: shop::Shop, shop::Bought
#include "shop.hpp"

#include <eventsourcing/runtime/execute_all.hpp>
#include <eventsourcing/store/memory_store.hpp>

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static State apply_event(State s, const Refunded&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
    static Refunded handle_command(const State&, const Refund& c) { return {c.item}; }
};
} // namespace shop

struct Plain : es::MemoryStore {
    void append_all() const;
};

void go(const es::MemoryStore& store, const es::Result<es::MemoryStore>& opened,
        const Plain& plain) {
    static_cast<void>(plain);
    static_cast<void>(opened);
    const auto buy = es::command<shop::Shop>("1", shop::Buy{"hat"});
#if MUST_FAIL == 1
    static_cast<void>(es::execute_all(plain, buy));
#elif MUST_FAIL == 2
    static_cast<void>(es::execute_all(store, buy, shop::Buy{"hat"}));
#elif MUST_FAIL == 3
    static_cast<void>(es::execute_all(store, es::unchanged<shop::Shop>("1")));
#elif MUST_FAIL == 4
    static_cast<void>(es::execute_all(opened, buy));
#elif MUST_FAIL == 5
    static_cast<void>(es::execute_all(store, es::command<shop::Shop>("1", shop::Bought{"hat"})));
#endif
    static_cast<void>(es::execute_all(store, buy, es::unchanged<shop::Shop>("2")));
}
