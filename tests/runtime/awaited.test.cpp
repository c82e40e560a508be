// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/awaited.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "throw_or_skip.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <stop_token>

namespace awaiting {

namespace es = eventsourcing;

struct Ring {};
struct Rung {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "awaiting", .source = "events://example.org/awaiting"};
}
struct Bell {
    using Command = Ring;
    using Event = Rung;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Rung&) {}
    static Rung handle_command(const State&, const Ring&) { return {}; }
};
struct Rings {
    using Event = es::EventsOf<Bell>;
    struct State {
        int count = 0;
    };
    static void apply_event(State& s, const Rung&) { ++s.count; }
};

/// One of the application's own, that breaks.
struct Broken {
    es::Result<void> wait_for(const es::Receipt&, const es::CallOptions&) {
        return throw_or_skip<es::Result<void>>(std::runtime_error("no read model"));
    }
};

/// Has no ids left from some time on.
class NoIds final : public es::EnvironmentSource {
public:
    bool empty = false;

    es::Timestamp now() override { return es::Timestamp::from_unix(1'767'225'600); }
    es::Uuid new_id() override {
        return empty ? throw_or_skip<es::Uuid>(std::runtime_error("no ids")) : es::new_uuid7(now());
    }
    bool sleep(std::chrono::nanoseconds, const std::stop_token&) override { return true; }
    double jitter() override { return 0; }
    std::chrono::steady_clock::time_point steady_now() noexcept override { return {}; }
    void watch(es::TimeWatcher&) override {}
    void unwatch(es::TimeWatcher&) noexcept override {}
};

} // namespace awaiting

namespace es = eventsourcing;
using namespace awaiting;

TEST_CASE("What a command waits for may throw: the command is done, and waited says why") {
    const es::MemoryStore store;
    const es::Repository<Bell, es::MemoryStore> bells{store};
    Broken broken;
    const auto done = bells.execute("a", Ring{}, {.wait_for = broken});
    REQUIRE(done);
    CHECK(done->receipt);
    CHECK(fails_with(es::errc::threw, done->waited));
    CHECK(message_of(done->waited) == "wait_for threw: no read model");
}

TEST_CASE("What a rebuild tells may throw, and changes nothing") {
    const es::MemoryStore store;
    REQUIRE(es::Repository<Bell, es::MemoryStore>{store}.execute("a", Ring{}));
    es::Subscription<Rings, es::MemoryStore> rings{store};
    int told = 0;
    CHECK(rings.rebuild([&](const es::RebuildProgress&) {
        ++told;
        throw_or_skip(std::runtime_error("no terminal"));
    }));
    CHECK(told > 1);
    CHECK(rings.load()->count == 1);
}

TEST_CASE("What a rebuild needs of the environment may throw, and is an error") {
    const auto source = std::make_shared<NoIds>();
    const es::MemoryStore store{es::Environment(source)};
    es::Subscription<Rings, es::MemoryStore> rings{store};
    source->empty = true;
    const auto done = rings.rebuild();
    CHECK(fails_with(es::errc::threw, done));
    CHECK(message_of(done) == "rebuild threw: no ids");
}
