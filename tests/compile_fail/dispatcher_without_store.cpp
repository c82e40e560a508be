// The store of a dispatcher is not named.
// expect: es: name the store as well: es::Dispatcher<TheAggregate, es::MemoryStore>
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

#ifdef MUST_FAIL
es::Dispatcher<shop::Shop> dispatcher{Nowhere{}};
#else
es::Dispatcher<shop::Shop, Nowhere> dispatcher{Nowhere{}};
#endif
