// SPDX-License-Identifier: MIT
// The Result of opening a store is loaded from.
// expect: es: this store is a Result: check it first, if (!store), and pass *store
#include <eventsourcing/runtime/load.hpp>
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

auto go(const es::Result<es::MemoryStore>& store) {
#ifdef MUST_FAIL
    return es::load<shop::Shop>(store, "shop-1");
#else
    return es::load<shop::Shop>(*store, "shop-1");
#endif
}
