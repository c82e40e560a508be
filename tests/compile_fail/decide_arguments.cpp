// SPDX-License-Identifier: MIT
// The state and the command of a decision are exchanged, what was loaded stands for its state,
// there is no command, and there is no aggregate.
// expect 1: es: decide takes a state, A::State or the .state of what es::load returned, and then a command
// expect 1: shop::Shop, shop::Buy, shop::State
// expect 2: es: decide takes a state, A::State or the .state of what es::load returned, and then a command
// expect 3: es: decide takes a state, A::State or the .state of what es::load returned, and then a command
// expect 4: es: an aggregate names the types Command, Event and State
#include "shop.hpp"

#include <eventsourcing/core/decide.hpp>

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

bool go(const es::Loaded<shop::Shop>& loaded) {
#if MUST_FAIL == 1
    return es::decide<shop::Shop>(shop::Buy{"hat"}, shop::State{}).has_value();
#elif MUST_FAIL == 2
    return es::decide<shop::Shop>(loaded, shop::Buy{"hat"}).has_value();
#elif MUST_FAIL == 3
    return es::decide<shop::Shop>(shop::State{}).has_value();
#elif MUST_FAIL == 4
    return es::decide<shop::Bought>(shop::State{}, shop::Buy{"hat"}).has_value();
#else
    return es::decide<shop::Shop>(loaded.state, shop::Buy{"hat"}) &&
           es::decide<shop::Shop>({.last = "hat"}, shop::Buy{"hat"});
#endif
}
