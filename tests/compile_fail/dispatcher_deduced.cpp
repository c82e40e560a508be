// SPDX-License-Identifier: MIT
// A dispatcher whose template arguments are all left out, and one that is given a pointer.
// expect 1: es: name the aggregate and the store: es::Dispatcher<TheAggregate, es::MemoryStore>
// expect 2: es: name the aggregate and the store: es::Dispatcher<TheAggregate, es::MemoryStore>
// expect 3: es: this store is a pointer: pass *store
// expect 4: es: this store is a pointer: pass *store
// expect: Nowhere
#include "shop.hpp"

#include <memory>
#include <utility>

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

bool go(Nowhere& store, const std::shared_ptr<Nowhere>& shared) {
#if MUST_FAIL == 1
    es::Dispatcher shop{store};
#elif MUST_FAIL == 2
    es::Dispatcher shop(store, es::Environment{});
#elif MUST_FAIL == 3
    es::Dispatcher<shop::Shop, Nowhere> shop{&store};
#elif MUST_FAIL == 4
    es::Dispatcher<shop::Shop, Nowhere> shop{shared};
#else
    es::Dispatcher<shop::Shop, Nowhere> shop{store};
    const es::Dispatcher<shop::Shop, Nowhere> other{*shared, es::Environment{}};
    es::Dispatcher copy{other};
    es::Dispatcher moved = std::move(copy);
    shop = moved;
#endif
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1").has_value();
}
