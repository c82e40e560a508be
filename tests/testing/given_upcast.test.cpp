// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/given.hpp>

#include <eventsourcing/testing/catch2.hpp>

#include "catch.hpp"
#include "runtime/upcast_checks.hpp"

#include <string_view>

namespace es = eventsourcing;

namespace {
using namespace upcast_checks;

// In constant expressions. The record that is upcast from has a std::string, which libstdc++ 12 has
// in constant expressions for g++ only.
#if defined(__GNUC__) && !defined(__clang__)
namespace counter {
struct AddedV1 {
    static constexpr std::string_view event_type = "counter.added";
    int by;
};
struct Added {
    static constexpr std::string_view event_type_version = "2";
    int by;
    bool twice;
    static constexpr Added upcast(AddedV1 old) { return {old.by, false}; }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "counter", .source = "events://example.org/counter"};
}
struct Add {
    int by;
};
struct Counter {
    using Command = Add;
    using Event = Added;
    struct State {
        int sum = 0;
        es::Generation generation{};
    };
    static constexpr State apply_event(State s, const Added& e) {
        s.sum += e.twice ? 2 * e.by : e.by;
        return s;
    }
    static constexpr Added handle_command(const State& s, const Add& c) {
        return {c.by, s.sum > 5};
    }
};
static_assert(es::given<Counter>(AddedV1{3}, Added{2, true}).when(Add{1}).then(Added{1, true}));
static_assert(es::given<Counter>(AddedV1{3}).when(Add{1}).then(Added{1, false}));
} // namespace counter
#endif
} // namespace

TEST_CASE("events of older versions can be given, and go through their upcasts") {
    const auto before = es::given<combat::Combat>(combat::v1::EntityAttacked{"ogre", "7"},
                                                  combat::v2::EntityAttacked{"ogre", 8},
                                                  combat::EntityDied{"ogre"});
    CHECK(before.when(combat::Attack{"orc"}).then(es::state([](const combat::State& s) {
        return s.told == "ogre 7 fists;ogre 8 fists;ogre died;orc 1 axe;" &&
               s.generation == es::Generation{4};
    })));
}

TEST_CASE("a given event that its upcast refuses is named") {
    const auto refused =
        es::given<combat::Combat>(combat::EntityDied{"orc"}, combat::v1::EntityAttacked{"ogre", ""})
            .when(combat::Attack{"ogre"})
            .then(es::nothing);
    CHECK_FALSE(refused);
    CHECK(refused.describe() == "the events given can't be applied: event 1, "
                                "combat.entity_attacked in version \"1.0\": upcast: no damage\n");
}
