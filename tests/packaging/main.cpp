// SPDX-License-Identifier: MIT
// A consumer: one aggregate, dispatched to the memory store and, WITH_SQLITE, to a file. WITH_CURL
// there is an HTTP client, too, which finds nobody to talk to.
#include <eventsourcing/eventsourcing.hpp>
#ifdef WITH_CURL
#    include <eventsourcing/engines/eventstoredb.hpp>
#endif
#ifdef WITH_SQLITE
#    include <eventsourcing/engines/sqlite.hpp>
#endif

#include <chrono>
#include <cstdio>
#include <variant>

namespace es = eventsourcing;

namespace counting {

struct Increment {
    int by;
};
struct Incremented {
    int by;
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
    using Event = std::variant<Incremented>;
    using State = counting::State;

    static void apply_event(State& state, const Incremented& event) { state.value += event.by; }
    static Incremented handle_command(const State&, const Increment& command) {
        return {command.by};
    }
};

template <class Store>
bool counts_to_two(Store store) {
    es::Dispatcher<Counter, Store> dispatcher{store};
    const auto one = dispatcher.dispatch(State{}, Increment{1}, "counter-1");
    if (!one || !dispatcher.dispatch(*one, Increment{1}, "counter-1"))
        return false;
    const auto loaded = es::load<Counter>(store, "counter-1");
    return loaded && loaded->state.value == 2 && loaded->state.generation == es::Generation{2};
}

} // namespace counting

int main() {
    bool good = counting::counts_to_two(es::MemoryStore{});
#ifdef WITH_SQLITE
    std::remove("counter.db");
    const auto store = es::SqliteStore::open("counter.db");
    good = good && store && counting::counts_to_two(*store);
#endif
#ifdef WITH_CURL
    const auto nobody = es::EventStoreDb::open(
        "esdb://127.0.0.1:1?tls=false", es::CallOptions::within(std::chrono::milliseconds(50)));
    good = good && !nobody && nobody.error() == es::errc::not_sent;
#endif
    return good ? 0 : 1;
}
