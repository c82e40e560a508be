// A state that the library can't count the events of.
// expect: es: add to the state: es::Generation generation{};
// expect: shop::Shop, shop::Stock
#include "shop.hpp"

namespace shop {
struct Stock {
    int items = 0;
#ifndef MUST_FAIL
    es::Generation generation{};
#endif
};

struct Shop {
    using Command = Buy;
    using Event = Bought;
    using State = Stock;

    static void apply_event(Stock& s, const Bought&) { --s.items; }
    static Bought handle_command(const Stock&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
