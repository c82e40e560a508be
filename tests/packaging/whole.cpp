// SPDX-License-Identifier: MIT
// Makes what `main.cpp` does not: the application layer on a memory store and, WITH_SQLITE, on a
// file, so that the optimiser's warnings of all templates are seen as a user sees them.
#include <eventsourcing/cloudevents/export_events.hpp>
#include <eventsourcing/cloudevents/import_events.hpp>
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/testing/given.hpp>
#ifdef WITH_SQLITE
#    include <eventsourcing/engines/sqlite.hpp>
#endif

#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace counting {

struct Increment {
    int by;
};
struct Incremented {
    std::string counter;
    int by;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"counter:" + counter}; }
};
struct Reset {
    std::string counter;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"counter:" + counter}; }
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "counting", .source = "events://example.org/counting", .version = "1.0"};
}

struct State {
    int value = 0;
    es::Generation generation{};
};

struct Counter {
    using Command = std::variant<Increment>;
    using Event = std::variant<Incremented, Reset>;
    using State = counting::State;

    static void apply_event(State& state, const Incremented& event) { state.value += event.by; }
    static void apply_event(State& state, const Reset&) { state.value = 0; }
    static Incremented handle_command(const State&, const Increment& command) {
        return {"all", command.by};
    }
};

/// A decision: across streams, by tags.
struct Total {
    std::string counter;
    int value = 0;
    using Event = Incremented;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"counter:" + counter}; }
    static void apply_event(Total& total, const Incremented& event) { total.value += event.by; }
};
struct Clear {
    std::string counter;
};
struct Clearing {
    using Event = std::variant<Incremented, Reset>;
    static std::tuple<Total> boundary(const Clear& command) { return {Total{command.counter}}; }
    static es::Result<Incremented> handle_command(const Total& total, const Clear& command) {
        if (total.value == 0)
            return es::reject("it is zero");
        return Incremented{command.counter, -total.value};
    }
};

/// A read model.
struct Sums {
    using Event = es::EventsOf<Counter>;
    struct State {
        int sum = 0;
    };
    static void apply_event(State& state, const Incremented& event) { state.sum += event.by; }
};

/// A process without a state of its own.
struct Note {
    using Command = Increment;
};
struct NoteTaker {
    static es::Result<void> handle(const Increment&, const es::SentCommand&) { return {}; }
};
struct Notes {
    using Event = es::EventsOf<Counter>;
    using Reaction = es::Reaction<Note>;
    struct State {};
    static std::string process_id(const auto& event) { return event.event.counter; }
    static Reaction react(const State&, const Incremented& event) {
        return {es::send<Note>(event.counter, Increment{event.by})};
    }
};

} // namespace counting

namespace {

using namespace counting;

int failures = 0;
template <class R>
void expect(const R& result, const char* what) {
    if (result)
        return;
    std::fprintf(stderr, "%s: %s\n", what, result.error().message().c_str());
    ++failures;
}

/// (Of one type: each further one costs half a minute of compile time.)
void use(const es::AnyStore& store) {
    using Store = es::AnyStore;
    const es::Repository<Counter, Store> counters{store};
    expect(counters.execute("1", Increment{1}), "execute");
    expect(counters.load("1"), "load");
    expect(es::execute_all(store, es::command<Counter>("1", Increment{1}),
                           es::command<Counter>("2", Increment{1})),
           "execute_all");
    es::Decisions<Clearing, Store> clearing{store};
    expect(clearing.execute(Clear{"all"}), "decide");

    es::Subscription<Sums, Store> sums{store};
    es::ProcessManager<Notes, Store, NoteTaker> notes{store, es::from_beginning, NoteTaker{}};
    es::Relay relay{store, es::MemoryStore{}, {.name = "copy"}};
    for (int i = 0; i < 9; ++i) {
        (void)sums.step();
        (void)notes.step();
        (void)relay.step();
    }
    sums.view([](const Sums::State& state) { failures += state.sum == 0 ? 0 : 1; });

    std::FILE* const file = std::tmpfile();
    if (file == nullptr)
        return;
    expect(es::export_events(store, "/counting", file), "export");
    std::rewind(file);
    es::MemoryStore copy;
    expect(es::import_events(file, copy), "import");
    std::fclose(file);
}

} // namespace

int main() {
    const es::MemoryStore memory;
    use(memory);
    const es::FanOutPrimaryDecides fan([](const es::FollowerFailure&) { ++failures; }, memory,
                                       es::AnySink(es::MemoryStore()));
    es::Dispatcher<Counter, std::remove_const_t<decltype(fan)>> dispatcher{fan};
    expect(dispatcher.dispatch(counting::State{}, Increment{1}, "counter-fan"), "dispatch");
    const auto verdict = es::given<Counter>().when(Increment{1}).then(Incremented{"all", 1});
    if (!verdict)
        std::fprintf(stderr, "%s\n", verdict.describe().c_str()), ++failures;
#ifdef WITH_SQLITE
    std::string path = "whole.db";
    std::remove(path.c_str());
    auto opened = es::SqliteStore::open(path);
    expect(opened, "open");
    if (opened) {
        const es::SqliteStore store = *opened;
        use(store);
        const auto page = store.read_all();
        expect(page, "read_all");
        if (page && !page->empty())
            expect(store.find_event(page->records().front().id), "find_event");
        const auto head = store.head();
        expect(head, "head");
        if (head && *head)
            expect(store.sync(**head), "sync");
        const auto report = store.verify();
        expect(report, "verify");
        failures += report && report->problem_count == 0 ? 0 : 1;
        std::remove("whole_backup.db");
        expect(store.backup("whole_backup.db"), "backup");
        expect(es::SqliteStore::restored("whole_backup.db"), "restored");
    }
#endif
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
