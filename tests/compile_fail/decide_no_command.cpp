// SPDX-License-Identifier: MIT
// An event, and a number, are given where `decide` and `when` take a command.
// expect 1: es: decide and when take a command, and this is an event: pass one of A::Command
// expect 2: es: decide and when take a command, and this is an event: pass one of A::Command
// expect 3: es: decide and when take a command, and this is an event: pass one of A::Command
// expect 4: es: decide and when take a command: one of the structs of A::Command, or A::Command itself
// expect: shop::Shop
#include "shop.hpp"

#include <eventsourcing/testing/given.hpp>

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

bool go() {
#if MUST_FAIL == 1
    return es::decide<shop::Shop>(shop::State{}, shop::Bought{"hat"}).has_value();
#elif MUST_FAIL == 2
    return bool(es::given<shop::Shop>().when(shop::Bought{"hat"}).then(shop::Bought{"hat"}));
#elif MUST_FAIL == 3
    const shop::Shop::Event event = shop::Bought{"hat"};
    return es::decide<shop::Shop>(shop::State{}, event).has_value();
#elif MUST_FAIL == 4
    return es::decide<shop::Shop>(shop::State{}, 7).has_value();
#else
    const shop::Shop::Command command = shop::Buy{"hat"};
    return es::decide<shop::Shop>(shop::State{}, shop::Buy{"hat"}).has_value() &&
           es::decide<shop::Shop>(shop::State{}, command).has_value() &&
           bool(es::given<shop::Shop>().when(shop::Buy{"hat"}).then(shop::Bought{"hat"}));
#endif
}
