// SPDX-License-Identifier: MIT
// What is no golden history: an event without a container, several arguments, a tuple with a
// command in it, a text. No aggregate is named.
// expect 1: es: a golden history is one argument, a std::tuple of events, also of a single one: (path, std::tuple{event})
// expect 1: shop::Shop, shop::Bought
// expect 2: es: a golden history is one argument, a std::tuple of events, also of a single one: (path, std::tuple{event})
// expect 3: es: a golden history is a std::tuple of structs of A::Event, also in older forms, or a range of A::Event
// expect 4: es: a golden history is a std::tuple of structs of A::Event, also in older forms, or a range of A::Event
// expect 5: es: name the aggregate: es::check_folds<TheAggregate>(path, history)
// expect 6: es: a golden history is one argument, a std::tuple of events, also of a single one: (path, std::tuple{event})
#include "shop.hpp"

#include <eventsourcing/testing/check_folds.hpp>

#include <string>
#include <tuple>
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
} // namespace shop

bool go() {
    const std::string path = "shop.lock";
    const shop::Bought bought{"hat"};
#if MUST_FAIL == 1
    return bool(es::check_folds<shop::Shop>(path, bought));
#elif MUST_FAIL == 2
    return bool(es::check_folds<shop::Shop>(path, bought, bought));
#elif MUST_FAIL == 3
    return bool(es::check_folds<shop::Shop>(path, std::tuple{bought, shop::Buy{"hat"}}));
#elif MUST_FAIL == 4
    return bool(es::check_folds<shop::Shop>(path, path));
#elif MUST_FAIL == 5
    return bool(es::check_folds(path, std::tuple{bought}));
#elif MUST_FAIL == 6
    return es::accept_schema<shop::Shop>(path, bought).has_value();
#else
    const std::vector<shop::Shop::Event> events{bought};
    return bool(es::check_folds<shop::Shop>(path, std::tuple{bought})) &&
           bool(es::check_folds<shop::Shop>(path, events)) &&
           es::accept_schema<shop::Shop>(path, std::tuple{bought}).has_value();
#endif
}
