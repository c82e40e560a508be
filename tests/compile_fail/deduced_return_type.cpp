// SPDX-License-Identifier: MIT
// A catch-all template with a deduced return type: to learn it, the compiler must look at the body,
// with an argument that no event resembles.
// expect: WriteTheReturnTypeInsteadOfAuto<shop::Shop>
// expect: item
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = Buy;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

#ifdef MUST_FAIL
    static auto apply_event(State s, const auto& event){
#else
    static State apply_event(State s, const auto& event) {
#endif
        s.last = event.item;
    return s;
} static Bought handle_command(const State&, const Buy& c) {
    return {c.item};
}
}; // namespace shop
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
