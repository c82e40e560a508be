// SPDX-License-Identifier: MIT
// As deduced_return_type.cpp, for handle_command.
// expect: WriteTheReturnTypeInsteadOfAuto<shop::Shop>
// expect: item
#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = Bought;
    using State = shop::State;

    static State apply_event(State s, const Bought&) { return s; }
#ifdef MUST_FAIL
    static auto handle_command(const State&, const auto& c){
#else
    static Bought handle_command(const State&, const auto& c) {
#endif
        return Bought {
            c.item
        };
}
}; // namespace shop
} // namespace shop

template class es::Dispatcher<shop::Shop, Nowhere>;
