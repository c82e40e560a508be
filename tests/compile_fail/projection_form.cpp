// SPDX-License-Identifier: MIT
// A projection that does not take each event of its variant; whose function can't have an effect;
// that has no function, or private ones; that has data; whose State has no JSON form; whose `key`
// is no text, or asks for more than the event; whose `create` is no text, or stands beside a State
// of its own; that has rows and statements.
// expect 1: es: no public apply_event of the projection for this event of its variant; add static void apply_event(State&, const <the event named here>&), or name es::EventsOf<Aggregate...> to follow only some
// expect 1: shop::Board, shop::Refunded
// expect 2: es: apply_event of this event has no effect, or returns what nothing is done with: it takes State& and returns void, es::Result<void> or, with a key, es::RowChange; or it returns the State
// expect 2: shop::Board, shop::Bought
// expect 3: es: a projection has, public, for one of its events at least: static void apply_event(State&, const E&), or (State&, const es::Recorded<E>&)
// expect 3: shop::Board
// expect 4: es: a projection has, public, for one of its events at least: static void apply_event(State&, const E&), or (State&, const es::Recorded<E>&)
// expect 4: shop::Board
// expect 5: es: a projection has no data members: they belong to its State
// expect 6: es: the State of a projection is stored as JSON, and a part of it has no JSON form; give the type named here a form
// expect 6: StatePartWithoutJson<shop::Board::State
// expect 7: be called with this event, or returns no key; write, public: static std::string key(const auto& e)
// expect 7: shop::Board, shop::Bought
// expect 8: es: `create` is declared in a form that the library does not read; write, public: `static constexpr std::string_view create =
// expect 9: es: `create` is for a projection whose State is es::SqliteStatements; this one has its own State, which the library stores
// expect 10: es: a projection of statements has no rows of the library: remove `key`, and let its statements name the row
// expect 11: es: a projection names, public: using Event = es::EventsOf<Aggregate>; and struct State { ... };
// expect 12: be called with this event, or returns no key; write, public: static std::string key(const auto& e)
// expect 12: it is given the event alone
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

namespace shop {
struct Shop {
    using Event = std::variant<Bought, Refunded>;
};

struct Board {
#if MUST_FAIL == 1
    using Event = std::variant<Bought, Refunded>;
#else
    using Event = es::EventsOf<Shop>;
#endif

#if MUST_FAIL == 6
    struct State {
        int* sold = nullptr;
    };
#elif MUST_FAIL == 8 || MUST_FAIL == 10
    using State = es::SqliteStatements;
#elif MUST_FAIL != 11
    struct State {
        int sold = 0;
    };
#endif

#if MUST_FAIL == 2
    static void apply_event(const State&, const Bought&) {}
#elif MUST_FAIL == 11
    static void apply_event(int&, const Bought&) {}
#elif MUST_FAIL != 3
#    if MUST_FAIL == 4
private:
#    endif
    static void apply_event(State&, const Bought&) {}
#endif

#if MUST_FAIL == 5
    int count = 0;
#elif MUST_FAIL == 7
    static int key(const auto&) { return 7; }
#elif MUST_FAIL == 12
    static std::string key(const auto& e, const State& seen) {
        return e.event.item + std::to_string(seen.sold);
    }
#elif MUST_FAIL == 8
    static constexpr int create = 7;
#elif MUST_FAIL == 9
    static constexpr std::string_view create = "CREATE TABLE sold(item TEXT) STRICT";
#elif MUST_FAIL == 10
    static std::string key(const auto& e) { return e.event.item; }
#endif
};
} // namespace shop

es::Step go(es::Subscription<shop::Board, es::MemoryStore>& board) {
    return board.step();
}
