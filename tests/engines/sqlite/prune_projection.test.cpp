// SPDX-License-Identifier: MIT
// What other versions of a projection have stored is dropped when that is asked for.
#include <eventsourcing/runtime/prune_projection.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using each_store::on_each_store;

namespace {

struct Rained {
    int millimetres = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "weather", .source = "events://example.org/weather", .version = "1.0"};
}

namespace last_year {
struct Rain {
    using Event = std::variant<Rained>;
    struct State {
        int days = 0;
    };
    static void apply_event(State& s, const Rained&) { ++s.days; }
};
} // namespace last_year
namespace today {
struct Rain {
    using Event = std::variant<Rained>;
    struct State {
        int days = 0;
        int millimetres = 0;
    };
    static void apply_event(State& s, const Rained& e) {
        ++s.days;
        s.millimetres += e.millimetres;
    }
};
} // namespace today
/// Another projection of the same events.
struct Floods : last_year::Rain {};

template <class Store>
void append(const Store& store, int millimetres) {
    Store to = store;
    const es::Environment environment;
    const std::vector<std::variant<Rained>> events{Rained{millimetres}};
    const std::vector<es::Uuid> ids{environment.new_id()};
    const es::Batch<std::variant<Rained>> batch(events, ids, environment.now());
    REQUIRE(to.append_unchecked(*es::StreamName::parse("weather-1"), batch));
}
template <class Subscription>
void run_out(Subscription& subscription) {
    while (subscription.step().kind == es::Step::Kind::worked)
        ;
}

} // namespace

// B6
TEST_CASE("Another version of a projection is dropped, but not while a program holds it") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        append(store, 3);
        es::Subscription<last_year::Rain, Store> old{other};
        es::Subscription<today::Rain, Store> rain{store};
        es::Subscription<Floods, Store> floods{store};
        es::Subscription<last_year::Rain, Store> elsewhere{store, {.name = "elsewhere"}};
        old.driven(1); // as es::run does
        run_out(old), run_out(rain), run_out(floods), run_out(elsewhere);
        REQUIRE(store.list_progress()->size() == 4);

        const auto held = es::prune_projection<today::Rain>(store);
        REQUIRE_FALSE(held);
        CHECK(held.error() == es::errc::conflict);
        CHECK(held.error().message().find("of rain is held by a program that runs it (live)") !=
              std::string::npos);
        CHECK(store.list_progress()->size() == 4);
        append(store, 4);
        run_out(old);
        CHECK(old.load()->days == 2);

        old.driven(-1);
        const auto dropped = es::prune_projection<today::Rain>(store);
        REQUIRE(dropped);
        REQUIRE(dropped->size() == 1);
        CHECK(dropped->front().name == "rain");
        CHECK(store.list_progress()->size() == 3);
        CHECK(rain.load()->millimetres == 3);
        CHECK(es::prune_projection<today::Rain>(store)->empty());
        CHECK(es::prune_projection<last_year::Rain>(store, {.name = "nowhere"})->empty());
    });
}
TEST_CASE(
    "What a killed program holds is dropped if that is said, and one that runs it begins again") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        append(store, 3), append(store, 4);
        {
            es::Subscription<last_year::Rain, Store> killed{other};
            run_out(killed); // and does not give it up
        }
        CHECK_FALSE(es::prune_projection<today::Rain>(store));
        REQUIRE(es::prune_projection<today::Rain>(store, {.even_if_held = true}));
        CHECK(store.list_progress()->empty());
        es::Subscription<last_year::Rain, Store> again{other};
        run_out(again);
        CHECK(again.load()->days == 2);
    });
}
