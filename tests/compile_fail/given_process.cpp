// SPDX-License-Identifier: MIT
// What is told to a process before, now, and what is expected of it.
// expect 1: es: given takes the events that happened before, and this is a deadline or a refusal: pass it to when
// expect 2: es: given takes the events that happened before, each as an argument of its own: structs that P::Event names
// expect 3: es: when takes one input; what happened before is given as events
// expect 4: es: the process has no react for this refusal, so it would be quarantined
// expect 5: es: when takes an event that P::Event names, a deadline that P::Deadline names, or an es::Rejected<Command>
// expect 6: es: then takes what the process does: es::send<A>(id, command) to an aggregate of its Reaction
// expect 6: shop::Returns
// expect 7: es: this is no process: static_assert(es::Process<...>) says what is missing
#include "shop.hpp"

#include <eventsourcing/testing/given_process.hpp>

#include <chrono>

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
};
struct Kept {};
struct Returns {
    using Event = es::EventsOf<Shop>;
    using Deadline = Kept;
    using Reaction = es::Reaction<Shop>;
    struct State {
        std::string item;
    };
#if MUST_FAIL != 7
    static std::string process_id(const auto& e) { return e.event.item; }
#endif
    static void apply_event(State& s, const Bought& e) { s.item = e.item; }
    static Reaction react(const State&, const Bought&) {
        return {es::deadline<Kept>(std::chrono::hours(24))};
    }
    static Reaction react(const State&, const Refunded&) { return {es::complete}; }
    static Reaction react(const State&, const Kept&) { return {es::complete}; }
    static Reaction react(const State&, const es::Rejected<Refund>&) { return {es::complete}; }
};
} // namespace shop

bool go() {
    using namespace shop;
    const Bought hat{"hat"};
#if MUST_FAIL == 1
    return bool(es::given<Returns>(hat, Kept{}).when(hat).then(es::nothing));
#elif MUST_FAIL == 2
    return bool(es::given<Returns>(Buy{"hat"}).when(hat).then(es::nothing));
#elif MUST_FAIL == 3
    return bool(es::given<Returns>().when(hat, Refunded{"hat"}).then(es::complete));
#elif MUST_FAIL == 4
    return bool(es::given<Returns>(hat).when(es::Rejected<Buy>{}).then(es::complete));
#elif MUST_FAIL == 5
    return bool(es::given<Returns>(hat).when(Refund{"hat"}).then(es::complete));
#elif MUST_FAIL == 6
    return bool(es::given<Returns>(hat).when(Kept{}).then(Refund{"hat"}));
#else
    return es::given<Returns>(hat).when(Kept{}).then(es::complete) &&
           es::given<Returns>(hat).when(es::Rejected<Refund>{}).then(es::complete);
#endif
}
