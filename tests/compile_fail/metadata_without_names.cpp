// SPDX-License-Identifier: MIT
// Metadata without the names of its members: a key and a value would become one text, made of two
// pointers.
// expect 1: es: name the members of es::Metadata: {.values = {{
// expect 2: es: name the members of es::Metadata: {.values = {{
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

auto go(es::Dispatcher<shop::Shop, Nowhere>& shop, std::string id) {
#if MUST_FAIL == 1
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1",
                         {.metadata = {{"user", "ann"}}});
#elif MUST_FAIL == 2
    return es::Metadata{id};
#else
    const es::Metadata metadata{.correlation_id = id, .values = {{"user", "ann"}}};
    (void)shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1", {.metadata = metadata});
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1",
                         {.metadata = {.values = {{"user", "ann"}}}});
#endif
}
