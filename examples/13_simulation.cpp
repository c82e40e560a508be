// SPDX-License-Identifier: MIT
// A test that breaks everything on purpose: crashes, lost answers, slow readers, clocks that jump.
// All of it comes from a seed: a run that fails fails again, with as few faults as it takes.
// Prints:
//   one ticket for each booking, in each of 20 runs
//   a counter that forgets where it was: found, and 1 fault is enough for that
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/testing/simulation.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <variant>

namespace es = eventsourcing;

struct Book {};
struct Issue {};
struct Booked {};
struct Issued {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "cinema", .source = "events://example.org/cinema"};
}
struct Seat {
    using Command = std::variant<Book, Issue>;
    using Event = std::variant<Booked, Issued>;
    struct State {
        int booked = 0, issued = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Booked&) { ++s.booked; }
    static void apply_event(State& s, const Issued&) { ++s.issued; }
    static Booked handle_command(const State&, const Book&) { return {}; }
    static Issued handle_command(const State&, const Issue&) { return {}; }
};
struct BoxOffice { // the process that is tested: a ticket for each booking
    using Event = es::EventsOf<Seat>;
    using Reaction = es::Reaction<Seat>;
    struct State {};
    static std::string process_id(const auto& e) { return std::string(e.stream.id()); }
    static Reaction react(const State&, const es::Recorded<Booked>& e) {
        return {es::send<Seat>(process_id(e), Issue{})};
    }
};

es::SimStore open_office(es::Simulation& sim) {
    auto store = sim.store();
    sim.component([=](const es::Environment& e) { // a factory: a crash makes it again
        return es::ProcessManager<BoxOffice, es::SimStore>{store, es::from_beginning, e};
    });
    sim.clients(3, [=](es::Random&, const es::Environment&) {
        static_cast<void>(es::Repository<Seat, es::SimStore>(store).execute("1", Book{}));
    });
    sim.finally("one ticket for each booking", [=] { // without faults, and all is done
        const auto seat = es::Repository<Seat, es::MemoryStore>(store.inside()).load("1");
        return seat && seat->state.booked > 0 && seat->state.issued == seat->state.booked;
    });
    return store;
}

struct Counter { // of one's own, and wrong: a crash counts everything once more
    es::SimStore store;
    std::shared_ptr<std::size_t> count;
    std::size_t seen = 0;
    es::Step step() {
        const auto page = store.read_all({.limit = 4096});
        if (!page || page->records().size() <= seen)
            return {};
        *count += page->records().size() - seen;
        seen = page->records().size();
        return {.kind = es::Step::Kind::worked};
    }
};

int main() {
    const auto report = es::simulate({.seeds = 20, .turns = 100}, open_office);
    std::cout << (report ? "one ticket for each booking, in each of 20 runs\n" : report.describe());
    const auto wrong = es::simulate({.turns = 100}, [](es::Simulation& sim) {
        const auto store = open_office(sim);
        const auto count = std::make_shared<std::size_t>(0);
        sim.component([=](const es::Environment&) { return Counter{store, count}; });
        sim.finally("all are counted", [=] {
            return *count == store.inside().read_all({.limit = 4096})->records().size();
        });
    });
    std::cout << "a counter that forgets where it was: " << (wrong ? "not found" : "found, and ")
              << wrong.faults.size() << " fault is enough for that\n";
}
