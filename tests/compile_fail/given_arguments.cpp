// SPDX-License-Identifier: MIT
// What is given without its aggregate, and what is no history: a command, a list of events. An
// aggregate whose types are private.
// expect 1: es: given takes the events that happened before, and this is a command: pass it to when
// expect 1: shop::Shop, shop::Buy
// expect 2: es: name the aggregate: es::given<TheAggregate>(events...)
// expect 3: es: given takes the events that happened before, each as an argument of its own, or one A::State
// expect 4: es: an aggregate names the types Command, Event and State, public: using Command =
// expect 4: shop::Hidden
// expect 5: es: name the aggregate: es::given<TheAggregate>(events...)
#include "shop.hpp"

#include <eventsourcing/testing/given.hpp>

#include <vector>

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
class Hidden : public Shop {
#if MUST_FAIL != 4
public:
#endif
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;
};
} // namespace shop

auto go() {
    const std::vector<shop::Shop::Event> events{shop::Bought{"hat"}};
#if MUST_FAIL == 1
    return es::given<shop::Shop>(shop::Buy{"hat"}).when(shop::Refund{"hat"});
#elif MUST_FAIL == 2
    return es::given(shop::Bought{"hat"}).when(shop::Refund{"hat"});
#elif MUST_FAIL == 3
    return es::given<shop::Shop>(events).when(shop::Refund{"hat"});
#elif MUST_FAIL == 4
    return es::given<shop::Hidden>().when(shop::Buy{"hat"});
#elif MUST_FAIL == 5
    return es::given().when(shop::Buy{"hat"});
#else
    (void)es::given<shop::Shop>({.last = "hat"}).when(shop::Refund{"hat"});
    (void)es::given<shop::Hidden>(shop::State{}).when(shop::Buy{"hat"});
    return es::given<shop::Shop>(shop::Bought{"hat"}, events[0]).when(shop::Refund{"hat"});
#endif
}
