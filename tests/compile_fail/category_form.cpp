// SPDX-License-Identifier: MIT
// The category of an aggregate holds a dash, or something that no stream may be named, or is
// declared in a form that is not read.
// expect 1: es: a category holds no dash, which separates it from the id
// expect 2: es: a category is 1 to 127 bytes of UTF-8 without
// expect 3: es: `category` is declared in a form that the library does not read
// expect: Shop
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;
#if MUST_FAIL == 1
    static constexpr std::string_view category = "web-shop";
#elif MUST_FAIL == 2
    static constexpr std::string_view category = "web/shop";
#elif MUST_FAIL == 3
    static std::string category() { return "web_shop"; }
#else
    static constexpr std::string_view category = "web_shop";
#endif

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static void apply_event(State& s, const Refunded& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
    static Refunded handle_command(const State&, const Refund& c) { return {c.item}; }
};
} // namespace shop

es::Repository<shop::Shop, es::MemoryStore> shops{es::MemoryStore{}};
