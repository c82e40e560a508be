// SPDX-License-Identifier: MIT
// An execute of another aggregate's command, of an event, without an id, with options of another
// call; and the same for a single call.
// expect 1: es: this is no command of the aggregate: execute takes one of the structs of A::Command
// expect 1: shop::Shop, Other
// expect 2: es: execute takes a command, and this is an event
// expect 3: es: execute takes the id of a thing, a command and perhaps es::ExecuteOptions
// expect 4: es: the third argument of execute is an es::ExecuteOptions
// expect 5: es: this is no command of the aggregate
// expect 6: es: execute takes the id of a thing first, as text
#include <eventsourcing/runtime/execute.hpp>
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

struct Other {};

auto go(const es::Repository<shop::Shop, es::MemoryStore>& shops) {
#if MUST_FAIL == 1
    return shops.execute("1", Other{});
#elif MUST_FAIL == 2
    return shops.execute("1", shop::Bought{"hat"});
#elif MUST_FAIL == 3
    return shops.execute(shop::Buy{"hat"});
#elif MUST_FAIL == 4
    return shops.execute("1", shop::Buy{"hat"}, es::CallOptions{});
#elif MUST_FAIL == 5
    return es::execute<shop::Shop>(shops.store(), "shop-1", Other{});
#elif MUST_FAIL == 6
    return shops.execute(1, shop::Buy{"hat"});
#else
    (void)es::execute<shop::Shop>(shops.store(), "shop-1", shop::Buy{"hat"}, {.stale_ok = true});
    return shops.execute("1", shop::Shop::Command(shop::Buy{"hat"}), {.stale_ok = true});
#endif
}
