// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"

#include <cstddef>

namespace followed_any_store {

namespace es = eventsourcing;

struct Count {};
struct Counted {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "followed_any_store", .source = "events://example.org/followed_any_store"};
}
struct Counter {
    using Command = Count;
    using Event = Counted;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Counted&) {}
    static Counted handle_command(const State&, const Count&) { return {}; }
};
struct Number {
    using Event = es::EventsOf<Counter>;
    struct State {
        int number = 0;
    };
    static void apply_event(State& s, const Counted&) { ++s.number; }
};

/// As EventStoreDB over HTTP: it has no id, and does not tell its head.
struct PlainStore : es::MemoryStore {
    using MemoryStore::MemoryStore;
    void store_id() const = delete;
    void head() const = delete;
};

} // namespace followed_any_store

using namespace followed_any_store;

TEST_CASE("a store of any type may hold one that has no id and tells no head, and is followed") {
    const es::AnyStore store{PlainStore()};
    REQUIRE(store.store_id().error() == es::errc::unsupported);
    REQUIRE(store.head().error() == es::errc::unsupported);
    const es::AnyStore beside{es::MemoryStore()};
    const es::Repository<Counter, es::AnyStore> counters{store};
    REQUIRE(counters.execute("a", Count{}));
    using Numbers = es::Subscription<Number, es::AnyStore, es::AnyStore>;
    const auto handled = [](Numbers& numbers) {
        std::size_t events = 0;
        es::Step step = numbers.step();
        for (; step.kind == es::Step::Kind::worked; step = numbers.step())
            events += step.events;
        CHECK(step.kind == es::Step::Kind::idle);
        return events + step.events;
    };
    {
        Numbers late{store, beside, {.name = "late", .start = es::from_now}};
        CHECK(handled(late) == 0);
        Numbers all{store, beside};
        CHECK(handled(all) == 1);
        REQUIRE(counters.execute("a", Count{}));
        CHECK(handled(late) == 1);
        REQUIRE(all.rebuild());
        CHECK(all.load().value().number == 2);
    }
    Numbers again{store, beside};
    REQUIRE(counters.execute("a", Count{}));
    CHECK(handled(again) == 1);
    CHECK(again.load().value().number == 3);
}
