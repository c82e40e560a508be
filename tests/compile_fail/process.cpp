// SPDX-License-Identifier: MIT
// Processes that lack something.
// expect 1: es: process_id of this process
// expect 2: es: no public react of the process for this deadline
// expect 3: es: this process sends to an aggregate that its Reaction does not name
// expect 4: no JSON form
// expect 5: es: a process has no data members: they belong to its State
// expect 6: es: react of this input does not return the Reaction of the process
// expect 7: es: say where the process manager begins on a store that has events already
// expect 8: es: this process sends to what is no aggregate, so it needs a handler
// expect 9: es: StartedBy names an event that the process is not told
// expect 10: es: a process names, public: using Event = es::EventsOf<Aggregate>
// expect 11: es: react of this input does not return the Reaction of the process
// expect 12: `apply_revision` is declared in a form that the library does not read
// expect 13: es: this store is a Result
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

#include <chrono>
#include <variant>

#ifndef MUST_FAIL
#    define MUST_FAIL 0
#endif

namespace shop {
struct Shop {
    using Command = std::variant<Buy, Refund>;
    using Event = std::variant<Bought, Refunded>;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static void apply_event(State& s, const Refunded& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
    static Refunded handle_command(const State&, const Refund& c) { return {c.item}; }
};
struct Other {
    using Command = Buy;
    using Event = Bought;
    using State = shop::State;

    static void apply_event(State& s, const Bought& e) { s.last = e.item; }
    static Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
struct Print {
#if MUST_FAIL == 4
    const char* text = "";
#else
    std::string text;
#endif
};
struct Printer {
    using Command = Print;
};
struct Later {};

struct Refunds {
    using Event = es::EventsOf<Shop>;
    using Deadline = Later;
#if MUST_FAIL == 9
    using StartedBy = Refunded;
#endif
#if MUST_FAIL == 4 || MUST_FAIL == 8
    using Reaction = es::Reaction<Shop, Printer>;
#elif MUST_FAIL == 10
    using Reaction = Shop;
#else
    using Reaction = es::Reaction<Shop>;
#endif
    struct State {};

#if MUST_FAIL == 1
    static std::string process_id(const es::Recorded<Refunded>& e) { return e.event.item; }
#else
    static std::string process_id(const auto& e) { return e.event.item; }
#endif
#if MUST_FAIL == 3
    static Reaction react(const State&, const Bought& e) {
        return {es::send<Other>(e.item, Buy{e.item})};
    }
#elif MUST_FAIL == 6
    static void react(const State&, const Bought&) {}
    static void apply_event(State&, const Refunded&) {}
#elif MUST_FAIL == 10
    static void react(const State&, const Bought&) {}
#else
    static Reaction react(const State&, const Bought& e) {
        return {es::send<Shop>(e.item, Refund{e.item}), es::deadline<Later>(std::chrono::hours(1))};
    }
#endif
#if MUST_FAIL == 11
    static void react(const State&, const es::Rejected<Refund>&) {}
#endif
#if MUST_FAIL != 2 && MUST_FAIL != 10
    static Reaction react(const State&, const Later&) { return es::nothing; }
#endif
#if MUST_FAIL == 12
    static constexpr int apply_revision = 2;
#endif
#if MUST_FAIL == 5
    int count = 0;
#endif
};

} // namespace shop

void go(const es::MemoryStore& store) {
#if MUST_FAIL == 7
    es::ProcessManager<shop::Refunds, es::MemoryStore> refunds{store};
#elif MUST_FAIL == 13
    const es::Result<es::MemoryStore> opened = store;
    es::ProcessManager<shop::Refunds, es::MemoryStore> refunds{opened, es::from_now};
#else
    es::ProcessManager<shop::Refunds, es::MemoryStore> refunds{store, es::from_now};
#endif
    refunds.step();
}
