// SPDX-License-Identifier: MIT
// A consumer: one aggregate, dispatched to the memory store and, WITH_SQLITE, to a file; its events
// as JSON and as CloudEvents. WITH_CURL there is an HTTP client, too, which finds no server;
// WITH_PERSONAL a value is sealed, with keys in a file if there is SQLite, too; WITH_TOOL it has a
// command line.
#include <eventsourcing/cloudevents/convert.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/eventsourcing.hpp>
#ifdef WITH_CURL
#    include <eventsourcing/engines/eventstoredb.hpp>
#endif
#ifdef WITH_SQLITE
#    include <eventsourcing/engines/sqlite.hpp>
#endif
#ifdef WITH_PERSONAL
#    include <eventsourcing/personal/memory_keys.hpp>
#    ifdef WITH_SQLITE
#        include <eventsourcing/engines/sqlite_keys.hpp>
#    endif
#endif
#ifdef WITH_TOOL
#    include <eventsourcing/tool/command_line.hpp>
#endif

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

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

// One member for each way in which JSON is read and written.
enum class Colour { red, green };
struct Form {
    bool flag = false;
    std::int8_t small = -1;
    std::uint64_t large = 1;
    float single = 0.5F;
    double real = 0.25;
    Colour colour = Colour::green;
    std::string text = "text";
    std::optional<std::string> perhaps = "perhaps";
    std::array<std::int32_t, 3> three{1, 2, 3};
    std::vector<std::vector<std::uint16_t>> rows{{1, 2}, {}};
    std::map<std::string, double> named{{"a", 1.5}};
    std::map<std::int64_t, std::string> numbered{{-7, "b"}};
    std::variant<Increment, Incremented> either = Incremented{2};
    es::Uuid id{};
    es::Timestamp at{};
};

bool comes_back_from_json() {
    const auto text = es::encode_json(Form{});
    if (!text)
        return false;
    const auto form = es::decode_json<Form>(*text);
    const auto refused = es::decode_json<Form>("{\"flag\":[1,{\"x\":nothing}]}");
    return form && es::encode_json(*form).value() == *text && !refused &&
           refused.error() == es::errc::malformed && es::encode_json(es::Uuid{}) &&
           !es::decode_json<std::optional<int>>("[]");
}

bool becomes_a_cloud_event() {
    const auto made = es::to_cloud_event(Incremented{1}, es::Environment{}, "counter-1");
    if (!made)
        return false;
    const auto back = es::decode_cloud_event(es::encode_cloud_event(*made))
                          .and_then(es::from_cloud_event<Counter::Event>);
    return back && std::get<Incremented>(*back).by == 1;
}

template <class Store>
bool counts_to_two(Store store) {
    es::Dispatcher<Counter, Store> dispatcher{store};
    const auto one = dispatcher.dispatch(State{}, Increment{1}, "counter-1");
    if (!one || !dispatcher.dispatch(*one, Increment{1}, "counter-1"))
        return false;
    const auto loaded = es::load<Counter>(store, "counter-1");
    return loaded && loaded->state.value == 2 && loaded->state.generation == es::Generation{2};
}

#ifdef WITH_PERSONAL
bool seals(const es::Keys& keys) {
    const auto sealed = keys.seal("person:42", "Ann");
    return sealed && keys.open(*sealed).value_or("") == "Ann" && keys.erase("person:42") &&
           keys.open(*sealed).error() == es::errc::gone;
}
#endif

#ifdef WITH_TOOL
/// A store that the tool opens: empty.
struct Shelf : es::MemoryStore {
    static constexpr std::string_view url_scheme = "shelf";
    static es::Result<Shelf> open_url(std::string_view /*rest*/) { return Shelf{}; }
};
bool has_a_command_line() {
    const char* const streams[] = {"app", "--store", "shelf:", "streams"};
    const char* const state[] = {"app", "--store", "shelf:", "state", "counter", "1"};
    return es::command_line<Shelf, Counter>(4, streams) == 0 &&
           es::command_line<Shelf, Counter>(6, state) == 1;
}
#endif

} // namespace counting

int main() {
    bool good = counting::comes_back_from_json() && counting::becomes_a_cloud_event() &&
                counting::counts_to_two(es::MemoryStore{});
#ifdef WITH_SQLITE
    std::remove("counter.db");
    const auto store = es::SqliteStore::open("counter.db");
    good = good && store && counting::counts_to_two(*store);
#endif
#ifdef WITH_CURL
    const auto refused =
        es::EventStoreDb::open("esdb://127.0.0.1:1?tls=false&maxDiscoverAttempts=1");
    good = good && !refused && refused.error() == es::errc::not_sent;
#endif
#ifdef WITH_PERSONAL
    good = good && counting::seals(es::MemoryKeys{});
#    ifdef WITH_SQLITE
    std::remove("keys.db");
    const auto keys = es::SqliteKeys::open("keys.db");
    good = good && keys && counting::seals(*keys);
#    endif
#endif
#ifdef WITH_TOOL
    good = good && counting::has_a_command_line();
#endif
    return good ? 0 : 1;
}
