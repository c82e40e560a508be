// SPDX-License-Identifier: MIT
// What StreamName::of returned is given as the stream without a check, and what is no stream.
// expect 1: es: this stream name is a Result, as StreamName::of and parse return it: check it first, if (!name), and pass *name
// expect 2: es: dispatch takes the name of a stream as its third argument: dispatch(state, command,
// expect 3: es: text known at run time becomes a stream name by es::StreamName::of(category, id) or es::StreamName::parse(text)
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

auto go(es::Dispatcher<shop::Shop, Nowhere>& shop, const std::string& id) {
    const auto name = es::StreamName::of("shop", id);
#if MUST_FAIL == 1
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, name);
#elif MUST_FAIL == 2
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, 17);
#elif MUST_FAIL == 3
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-" + id);
#else
    (void)shop.dispatch(shop::State{}, shop::Buy{"hat"}, "shop-1");
    return shop.dispatch(shop::State{}, shop::Buy{"hat"}, *name);
#endif
}
