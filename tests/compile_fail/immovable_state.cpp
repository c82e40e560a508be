// SPDX-License-Identifier: MIT
// A state that stays where it was made, while folding goes on elsewhere.
// expect: es: a state can be moved
// expect: shop::Shop, shop::Stock
#include "shop.hpp"

namespace shop {
struct Stock {
    int items = 0;
    es::Generation generation{};

#ifdef MUST_FAIL
    Stock() = default;
    Stock(const Stock&) = delete;
    Stock& operator=(const Stock&) = delete;
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
