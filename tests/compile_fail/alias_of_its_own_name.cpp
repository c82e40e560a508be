// SPDX-License-Identifier: MIT
// An event that has its own name among its aliases, or one alias twice: where an aggregate is used,
// and where a variant of events is.
// expect: es: an alias of this event is its own event_type, or stands twice in event_type_aliases; remove it
// expect: shop::Sold
// expect 1: shop::Shop
// expect 2: shop::Shop
// expect 3: shop::Sold
#include "shop.hpp"

#include <eventsourcing/codec/event_table.hpp>

#include <array>

namespace shop {
struct Sold {
#if MUST_FAIL == 1 || MUST_FAIL == 3
    static constexpr std::array event_type_aliases{std::string_view{"shop.sold"}};
#elif MUST_FAIL == 2
    static constexpr std::array event_type_aliases{std::string_view{"shop.given"},
                                                   std::string_view{"shop.given"}};
#else
    static constexpr std::array event_type_aliases{std::string_view{"shop.given"},
                                                   std::string_view{"shop.handed_over"}};
#endif
};
struct Shop {
    using Command = Buy;
    using Event = std::variant<Bought, Sold>;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
    static State apply_event(State s, const Sold&) { return s; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

#if MUST_FAIL == 3
const auto* row = es::EventTable<shop::Shop::Event>::find("shop.sold", "1.0");
#else
template class es::Dispatcher<shop::Shop, Nowhere>;
#endif
