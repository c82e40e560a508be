// SPDX-License-Identifier: MIT
// What is no expectation, and two commands at once.
// expect: shop::Shop
// expect 1: es: then takes events, and this is a command: pass the structs of A::Event that it causes
// expect 2: es: a rejection is expected by then(es::rejected(reason))
// expect 3: es: a rejection is expected by then(es::rejected(reason))
// expect 4: es: then takes what is expected: structs of A::Event, or es::nothing, es::rejected(reason), es::state(predicate)
// expect 5: es: what is true for the state is expected by then(es::state(predicate))
// expect 6: es: then takes structs of A::Event, each as an argument of its own, or one of es::nothing
// expect 7: es: when takes one command; what other commands have caused before is given as events
#include "shop.hpp"

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/given.hpp>

namespace shop {
enum class Refusal { sold_out };
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
    const auto is_hat = [](const shop::State& state) { return state.last == "hat"; };
    const auto bought = es::given<shop::Shop>().when(shop::Buy{"hat"});
#if MUST_FAIL == 1
    return bool(bought.then(shop::Buy{"hat"}));
#elif MUST_FAIL == 2
    return bool(bought.then(es::reject(shop::Refusal::sold_out)));
#elif MUST_FAIL == 3
    return bool(bought.then(shop::Refusal::sold_out));
#elif MUST_FAIL == 4
    return bool(bought.then());
#elif MUST_FAIL == 5
    return bool(bought.then(is_hat));
#elif MUST_FAIL == 6
    return bool(bought.then(shop::Bought{"hat"}, es::nothing));
#elif MUST_FAIL == 7
    return bool(es::given<shop::Shop>()
                    .when(shop::Buy{"hat"}, shop::Refund{"hat"})
                    .then(shop::Refunded{"hat"}));
#else
    return bought.then(es::rejected(shop::Refusal::sold_out)) && bought.then(es::state(is_hat)) &&
           bought.then(es::nothing) && bought.then(shop::Bought{"hat"}, shop::Refunded{"hat"});
#endif
}
