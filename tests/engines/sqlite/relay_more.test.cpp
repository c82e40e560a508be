// SPDX-License-Identifier: MIT
// More laws of a relay: what it sends is as it was, how often, and of which store.
#include <eventsourcing/runtime/relay.hpp>

#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace es = eventsourcing;
using each_store::on_each_store;

namespace {

using namespace std::string_literals;

/// An event of which nothing is as usual.
template <class Store>
es::Uuid put(const Store& store, std::string_view stream, std::string_view data) {
    const es::Environment environment;
    const std::vector<std::string_view> tags{"colour:green", "size:9"};
    const es::NewEvent event{.id = environment.new_id(),
                             .type = "parcels.sent",
                             .version = "7.3",
                             .content_type = "application/octet-stream",
                             .data = data,
                             .metadata = R"({"correlation_id":"c","values":{"a":"b"}})",
                             .recorded_at = es::Timestamp::from_unix(1'000'000'001),
                             .tags = tags,
                             .source = "events://elsewhere.example"};
    REQUIRE(store.append_unchecked(*es::StreamName::parse(stream),
                                   es::EventBatch(std::span(&event, 1))));
    return event.id;
}
template <class Relay>
void settle(Relay& relay) {
    for (int i = 0; i < 1000; ++i)
        if (relay.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not settle");
}
void check_same(const es::EventRecord& a, const es::EventRecord& b) {
    CHECK(a.id == b.id);
    CHECK(a.stream == b.stream);
    CHECK(a.type == b.type);
    CHECK(a.version == b.version);
    CHECK(a.content_type == b.content_type);
    CHECK(a.data == b.data);
    CHECK(a.metadata == b.metadata);
    CHECK(a.recorded_at == b.recorded_at);
    CHECK(a.source == b.source);
    CHECK(std::vector<std::string>(a.tags.begin(), a.tags.end()) ==
          std::vector<std::string>(b.tags.begin(), b.tags.end()));
}

/// Counts what comes, refuses some, and dies after so many.
struct Post {
    std::map<es::Uuid, int> came{};
    std::size_t deliveries = 0;
    std::optional<std::size_t> dies_after{};
    std::string refused{};
};
class Door {
public:
    static constexpr es::Capabilities capabilities{};
    explicit Door(Post& post) : post_(&post) {}
    es::Result<void> append_unchecked(es::StreamNameView, const es::EventBatch& batch) const {
        const auto events = batch.encoded();
        for (const es::NewEvent& event : *events)
            if (!post_->refused.empty() && event.data == post_->refused)
                return es::Error(es::errc::denied, "not this one");
        for (const es::NewEvent& event : *events) {
            ++post_->came[event.id];
            ++post_->deliveries;
        }
        if (post_->dies_after && post_->deliveries >= *post_->dies_after)
            return es::Error(es::errc::failed, "it died before the answer");
        return {};
    }

private:
    Post* post_;
};

} // namespace

// L2
TEST_CASE("Any bytes, tags, version, source and time are sent as they are, by a pipeline too") {
    on_each_store([](const auto& from, const auto&) {
        put(from, "parcels-1", "\0\xFF no JSON \x01"s);
        put(from, "parcels-2", "");
        put(from, "parcels-1", "{}");
        const es::MemoryStore plain;
        es::Relay relay{from, plain, {.name = "plain"}};
        settle(relay);
        const es::MemoryStore inside;
        const es::PipelinedMemorySink pipelined(inside);
        es::Relay other{from, pipelined, {.name = "pipelined"}};
        settle(other);
        const auto sent = from.read_all();
        const auto got = plain.read_all();
        const auto piped = inside.read_all();
        REQUIRE(sent->records().size() == 3);
        REQUIRE(got->records().size() == 3);
        REQUIRE(piped->records().size() == 3);
        for (const es::EventRecord& record : *sent) {
            check_same(record, got->records()[record.position->value() - 1]);
            for (const es::EventRecord& each : *piped)
                if (each.id == record.id)
                    check_same(record, each);
        }
    });
}

// L7
TEST_CASE("A refused event is left out with skip, and no other one is") {
    on_each_store([](const auto& from, const auto&) {
        for (const char* data : {"1", "2", "3", "4"})
            put(from, "parcels-1", data);
        Post post;
        post.refused = "2";
        es::Relay relay{
            from, Door(post), {.name = "out", .on_failure = es::OnFailure::skip, .page_size = 3}};
        settle(relay);
        CHECK(relay.status().state == es::SubscriptionState::live);
        CHECK(relay.parked()->empty());
        CHECK(post.deliveries == 3);
        CHECK(post.came.size() == 3);
    });
}

// L5
TEST_CASE("After each death at most a page is sent again") {
    on_each_store([](const auto& from, const auto&) {
        constexpr std::size_t events = 20;
        constexpr std::size_t page = 4;
        for (std::size_t i = 0; i < events; ++i)
            put(from, "parcels-" + std::to_string(i % 3), std::to_string(i));
        for (std::size_t dies = 1; dies <= events; ++dies) {
            Post post;
            post.dies_after = dies;
            const std::string name = "out " + std::to_string(dies);
            {
                es::Relay relay{from, Door(post), {.name = name, .page_size = page}};
                for (int i = 0; i < 10; ++i)
                    relay.step();
            }
            post.dies_after.reset();
            es::Relay relay{from, Door(post), {.name = name, .page_size = page}};
            settle(relay);
            CHECK(post.came.size() == events);
            CHECK(post.deliveries <= events + page);
        }
    });
}

// S18
TEST_CASE("A relay of a store that was restored stops with both events, also as any store") {
    const es::MemoryStore beside;
    const es::MemoryStore to;
    const each_store::File file;
    const auto path = std::filesystem::temp_directory_path() /
                      ("eventsourcing-relay-backup-" + std::to_string(getpid()) + ".db");
    std::filesystem::remove(path);
    const auto store = file.open();
    put(store, "parcels-1", "1");
    REQUIRE(store.backup(path.string()));
    const es::Uuid last = put(store, "parcels-1", "2");
    {
        es::Relay<es::AnyStore, es::MemoryStore, es::MemoryStore> relay{
            es::AnyStore(store), to, beside, {.name = "out"}};
        settle(relay);
    }
    {
        const auto opened = es::SqliteStore::open(path.string());
        REQUIRE(opened);
        const es::AnyStore restored(*opened);
        const auto stopped = [&] {
            es::Relay<es::AnyStore, es::MemoryStore, es::MemoryStore> relay{
                restored, to, beside, {.name = "out"}};
            CHECK(relay.step().kind == es::Step::Kind::stopped);
            return relay.status().failure.value().message;
        };
        CHECK(stopped().find(last.to_string()) != std::string::npos);
        const es::Uuid instead = put(restored, "parcels-1", "3");
        const auto message = stopped();
        CHECK(message.find(last.to_string()) != std::string::npos);
        CHECK(message.find(instead.to_string()) != std::string::npos);
    }
    CHECK(to.read_all()->records().size() == 2);
    for (const char* const end : {"", "-wal", "-shm", "-lock"})
        std::filesystem::remove(path.string() + end);
}
