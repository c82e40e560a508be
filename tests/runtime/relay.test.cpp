// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/relay.hpp>

#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include "catch.hpp"

#include <string>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {

struct Noted {
    std::string text;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "notes", .source = "events://example.org/notes", .version = "1.0"};
}
using Event = std::variant<Noted>;

void append(es::MemoryStore& store, std::string_view stream, const std::vector<Event>& events) {
    std::vector<es::Uuid> ids;
    for (std::size_t i = 0; i < events.size(); ++i)
        ids.push_back(store.environment().new_id());
    const es::Metadata metadata{.correlation_id = "c"};
    const es::Batch<Event> batch(events, ids, store.environment().now(), &metadata);
    REQUIRE(store.append_unchecked(*es::StreamName::parse(stream), batch));
}

} // namespace

TEST_CASE("A relay hands every event over as it is") {
    es::MemoryStore from;
    es::MemoryStore to;
    append(from, "notes-1", {Noted{"a"}, Noted{"b"}});
    append(from, "notes-2", {Noted{"c"}});
    append(from, "notes-1", {Noted{"d"}});
    es::Relay relay{from, to, {.name = "out"}};
    CHECK(relay.step().kind == es::Step::Kind::worked);
    CHECK(relay.step().kind == es::Step::Kind::idle);
    const auto sent = from.read_all();
    const auto got = to.read_all();
    REQUIRE(got->records().size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        const auto& a = sent->records()[i];
        const auto& b = got->records()[i];
        CHECK(a.id == b.id);
        CHECK(a.stream == b.stream);
        CHECK(a.type == b.type);
        CHECK(a.data == b.data);
        CHECK(a.metadata == b.metadata);
        CHECK(a.source == b.source);
        CHECK(a.recorded_at == b.recorded_at);
    }
    es::Relay back{to, from, {.name = "back"}};
    while (back.step().kind == es::Step::Kind::worked)
        ;
    CHECK(back.status().state == es::SubscriptionState::live);
    CHECK(from.read_all()->records().size() == 4);
}

TEST_CASE("A batch of which the target has a part already is completed") {
    es::MemoryStore from;
    es::MemoryStore to;
    append(from, "notes-1", {Noted{"a"}});
    es::Relay first{from, to, {.name = "first"}};
    first.step();
    append(from, "notes-1", {Noted{"b"}});
    es::Relay second{from, to, {.name = "second"}};
    second.step();
    CHECK(second.status().state == es::SubscriptionState::live);
    CHECK(to.read_all()->records().size() == 2);
}
