// SPDX-License-Identifier: MIT
// An upcast in a form that would be ignored, found where the aggregate is used. All forms are in
// tests/static/customisation.cpp.
// expect: es: `upcast` is declared in a form that the library does not read; write, public and once: `static E upcast(const EBefore& old)`
// expect: shop::Sold
#include "shop.hpp"

namespace shop {
struct SoldV1 {
    static constexpr std::string_view event_type = "shop.sold";
    std::string item;
};
struct SoldV2 {
    static constexpr std::string_view event_type = "shop.sold";
    static constexpr std::string_view event_type_version = "2.0";
    std::string item;
};
struct Sold {
    static constexpr std::string_view event_type_version = "3.0";
    std::string item;
    static Sold upcast(const SoldV1& old);
#ifdef MUST_FAIL
    static Sold upcast(const SoldV2& old);
#endif
};

struct Shop {
    using Command = Buy;
    using Event = Sold;
    using State = shop::State;

    static State apply_event(State s, const Sold&) { return s; }
    static Sold handle_command(const State&, const Buy& c) { return {c.item}; }
};
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
