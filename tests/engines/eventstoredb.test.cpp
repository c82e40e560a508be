// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/eventstoredb.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/target.hpp"

#include "../examples/combat/combat.hpp"

#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/url/open_store.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using esdb_tests::Target;
using fake_esdb::Fault;
using fake_esdb::Request;

constexpr auto no_stream = es::ExpectedRevision::no_stream();

es::ExpectedRevision at(std::uint64_t revision) {
    return es::ExpectedRevision::exactly(es::Revision(revision));
}

/// Events that are sent as they are.
struct Events {
    explicit Events(std::size_t count, std::string_view data = R"({"n":1})") {
        for (std::size_t i = 0; i < count; ++i)
            all.push_back({.id = es::Environment{}.new_id(),
                           .type = "test.happened",
                           .version = "1.0",
                           .content_type = "application/json",
                           .data = data,
                           .metadata = {},
                           .recorded_at = es::Timestamp::from_unix(1'767'225'600),
                           .tags = {}});
    }
    [[nodiscard]] es::EventBatch batch() const { return es::EventBatch(all); }

    std::vector<es::NewEvent> all;
};

es::EventStoreDb open(const fake_esdb::Server& server,
                      std::chrono::milliseconds attempt_timeout = 10min) {
    auto options = *es::parse_connection_string(esdb_tests::connection_string(server));
    options.attempt_timeout = attempt_timeout;
    auto store = es::EventStoreDb::open(options);
    INFO((store ? std::string() : store.error().message()));
    REQUIRE(store);
    return *std::move(store);
}

/// Goes wrong from the first request of this method on, so many times.
fake_esdb::Options times(std::size_t count, Fault fault, std::string_view method = "POST") {
    return {.fault = [=, left = std::make_shared<std::atomic<std::size_t>>(count)](
                         const Request& request) {
        if (request.method != method)
            return Fault::none;
        auto now = left->load();
        while (now > 0 && !left->compare_exchange_weak(now, now - 1))
            ;
        return now > 0 ? fault : Fault::none;
    }};
}

std::size_t stored(fake_esdb::Server& server, const std::string& stream) {
    return server.with_streams([&](fake_esdb::Streams& streams) {
        return static_cast<std::size_t>(streams.last(stream) + 1);
    });
}

} // namespace

// ---- what any server can
// ----------------------------------------------------------------------------

TEST_CASE("Commands are dispatched to an EventStoreDB, and their events loaded again",
          "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    es::Dispatcher<combat::Combat, esdb_tests::Store> fight{*store};
    auto done = fight.dispatch(combat::State{}, combat::Enter{"ogre", 900}, "combat-ogre");
    INFO((done ? std::string() : done.error().message()));
    REQUIRE(done);
    REQUIRE(fight.dispatch(done->state, combat::Attack{"ogre", 150}, "combat-ogre"));
    const auto loaded = es::load<combat::Combat>(*store, "combat-ogre");
    REQUIRE(loaded);
    CHECK(loaded->state.hitpoints == 750);
    CHECK(loaded->revision == es::Revision(1));
}

TEST_CASE("A stream whose early events were deleted goes on at the next revision",
          "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    es::Dispatcher<combat::Combat, esdb_tests::Store> fight{*store};
    auto done = fight.dispatch(combat::State{}, combat::Enter{"ogre", 900}, "combat-ogre");
    REQUIRE(done);
    REQUIRE(fight.dispatch(done->state, combat::Attack{"ogre", 900}, "combat-ogre"));
    REQUIRE(store->inside().delete_stream(store->name("combat-ogre")));

    auto empty = es::load<combat::Combat>(*store, "combat-ogre");
    REQUIRE(empty);
    CHECK_FALSE(empty->revision);
    auto entered = fight.dispatch(*empty, combat::Enter{"troll", 700}, "combat-ogre");
    INFO((entered ? std::string() : entered.error().message()));
    REQUIRE(entered);
    auto loaded = es::load<combat::Combat>(*store, "combat-ogre");
    REQUIRE(loaded);
    CHECK(loaded->state.entity_id == "troll");
    CHECK(loaded->state.generation == es::Generation(1));
    CHECK(loaded->revision == es::Revision(3));
    auto attacked = fight.dispatch(*loaded, combat::Attack{"troll", 100}, "combat-ogre");
    REQUIRE(attacked);
    CHECK(attacked->revision == es::Revision(4));
}

TEST_CASE("A stream that was deleted does not exist, though its numbers go on", "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    const auto exists = es::ExpectedRevision::exists();
    CHECK(store->append("test-exists", exists, Events(1).batch()).error() == es::errc::conflict);
    REQUIRE(store->append("test-exists", no_stream, Events(2).batch()));
    REQUIRE(store->append("test-exists", exists, Events(1).batch()));
    REQUIRE(store->inside().delete_stream(store->name("test-exists"), at(2)));
    const auto refused = store->append("test-exists", exists, Events(1).batch());
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::conflict);
    CHECK_FALSE(refused.error().conflict()->actual);
    CHECK(store->read_stream("test-exists")->empty());
    CHECK(store->append("test-exists", no_stream, Events(2).batch())->first == es::Revision(3));
    CHECK(store->append("test-exists", exists, Events(1).batch())->first == es::Revision(5));
    CHECK(store->append_unchecked("test-exists", Events(1).batch())->first == es::Revision(6));
}

TEST_CASE("Metadata has what CloudEvents are made of, correlation and causation",
          "[eventstoredb-fake]") {
    fake_esdb::Server server;
    auto store = open(server);
    es::Dispatcher<combat::Combat, es::EventStoreDb> fight{store};
    es::Metadata metadata;
    metadata.correlation_id = "request-7";
    metadata.causation_id = "command-3";
    REQUIRE(fight.dispatch(combat::State{}, combat::Enter{"ogre", 900}, "combat-ogre",
                           {.metadata = metadata}));
    const auto stored = server.with_streams(
        [](fake_esdb::Streams& streams) { return *streams.one("combat-ogre", 0); });
    CHECK(stored.type == "combat.entity_entered");
    const auto found = nlohmann::json::parse(stored.metadata);
    CHECK(found.at("$correlationId") == "request-7");
    CHECK(found.at("$causationId") == "command-3");
    const auto& envelope = found.at("eventsourcing");
    CHECK(envelope.at("source").get<std::string>().find("combat") != std::string::npos);
    CHECK(envelope.at("typeversion") == "1.0");
    CHECK(envelope.at("datacontenttype") == "application/json");
    CHECK(es::Timestamp::parse(envelope.at("time").get<std::string>()));
}

TEST_CASE("A stream that is truncated is read from its first event on", "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    const Events ten(10);
    REQUIRE(store->append("test-cut", no_stream, ten.batch()));
    const auto name = store->name("test-cut");
    REQUIRE(store->inside().set_stream_metadata(
        name, {.max_count = 3, .other = {{"owner", R"({"name":"x"})"}}}));
    const auto metadata = store->inside().read_stream_metadata(name);
    REQUIRE(metadata);
    CHECK(metadata->max_count == 3U);
    CHECK_FALSE(metadata->max_age);
    CHECK(nlohmann::json::parse(metadata->other.at("owner")) == nlohmann::json{{"name", "x"}});

    std::vector<std::uint64_t> seen;
    for (es::StreamRead next{.limit = 2};;) {
        const auto page = store->read_stream("test-cut", next);
        REQUIRE(page);
        for (const auto& record : page->records())
            seen.push_back(record.revision.value());
        if (page->at_end)
            break;
        next.from = page->next_revision;
    }
    CHECK(seen == std::vector<std::uint64_t>{7, 8, 9});
    CHECK(store->append("test-cut", at(9), Events(1).batch())->first == es::Revision(10));
    CHECK(store->inside().read_stream_metadata(store->name("test-none")).value() ==
          es::EventStoreDbStreamMetadata{});
}

TEST_CASE("What was deleted or truncated leaves everybody's reading of everything intact",
          "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    const auto path = [&](es::StreamNameView stream) {
        return "/streams/" + fake_esdb::escaped(store->name(stream).str());
    };
    const auto raw = [&](es::StreamNameView stream, std::string_view data) {
        return esdb_tests::send_raw(target.connection(), "POST", path(stream),
                                    {{"Content-Type", "application/octet-stream"},
                                     {"ES-EventType", "raw"},
                                     {"ES-EventId", es::Environment{}.new_id().to_string()}},
                                    data);
    };
    // a tombstone, a soft-deleted and a truncated event that are not JSON, and links
    REQUIRE(store->append("test-tomb", no_stream, Events(1).batch()));
    REQUIRE(store->inside().tombstone_stream(store->name("test-tomb")));
    REQUIRE(raw("test-soft", "deleted") == 201);
    REQUIRE(store->inside().delete_stream(store->name("test-soft")));
    REQUIRE(raw("test-cut", "truncated") == 201);
    REQUIRE(raw("test-cut", std::string_view("\0\xFF", 2)) == 201);
    REQUIRE(store->inside().set_stream_metadata(store->name("test-cut"), {.max_count = 1}));
    const auto linked = "[{\"eventId\":\"" + es::Environment{}.new_id().to_string() +
                        "\",\"eventType\":\"$>\",\"data\":\"0@" + store->name("test-cut").str() +
                        "\"},{\"eventId\":\"" + es::Environment{}.new_id().to_string() +
                        "\",\"eventType\":\"$>\",\"data\":\"1@" + store->name("test-cut").str() +
                        "\"}]";
    REQUIRE(esdb_tests::send_raw(target.connection(), "POST", path("test-links"),
                                 {{"Content-Type", "application/vnd.eventstore.events+json"}},
                                 linked) == 201);
    REQUIRE(store->append("test-after", no_stream, Events(1).batch()));

    std::vector<std::string> seen;
    std::size_t left_out = 0;
    for (es::AllRead next{.limit = 3};;) {
        const auto page = store->read_all(next, es::CallOptions::within(10min));
        INFO((page ? std::string() : page.error().message()));
        REQUIRE(page);
        for (const auto& record : page->records())
            seen.push_back(std::string(record.stream) + ":" + std::string(record.type));
        left_out += page->left_out;
        if (page->at_end)
            break;
        next.after = page->last_position;
    }
    CHECK(seen == std::vector<std::string>{"test-tomb:test.happened", "test-cut:raw",
                                           "test-after:test.happened"});
    CHECK(left_out == 3);

    const auto cut = store->read_stream("test-cut");
    REQUIRE(cut);
    REQUIRE(cut->records().size() == 1);
    CHECK(cut->records()[0].data == std::string_view("\0\xFF", 2));
    CHECK(cut->records()[0].content_type == "application/octet-stream");
    const auto links = store->read_stream("test-links");
    INFO((links ? std::string() : links.error().message()));
    REQUIRE(links);
    REQUIRE(links->records().size() == 1);
    CHECK(links->records()[0].type == "raw");
    CHECK(links->records()[0].stream == "test-links");
    CHECK(links->records()[0].revision == es::Revision(1));
    CHECK(links->left_out == 1);
}

TEST_CASE("A stream that never was has no metadata, and can be deleted", "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    const auto name = store->name("test-never");
    CHECK(store->inside().read_stream_metadata(name).value() == es::EventStoreDbStreamMetadata{});
    const auto deleted = store->inside().delete_stream(name);
    INFO((deleted ? std::string() : deleted.error().message()));
    CHECK(deleted);
    const auto expected = store->inside().delete_stream(name, at(3));
    REQUIRE_FALSE(expected);
    CHECK(expected.error() == es::errc::conflict);
    REQUIRE(expected.error().conflict());
    CHECK_FALSE(expected.error().conflict()->actual);
}

TEST_CASE("Metadata of other programs is theirs, whatever it looks like", "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    const auto send = [&](const std::string& data, const std::string& metadata) {
        return esdb_tests::send_raw(
            target.connection(), "POST",
            "/streams/" + fake_esdb::escaped(store->name("test-theirs").str()),
            {{"Content-Type", "application/vnd.eventstore.events+json"}},
            "[{\"eventId\":\"" + es::Environment{}.new_id().to_string() +
                "\",\"eventType\":\"t\",\"data\":" + data + ",\"metadata\":" + metadata + "}]");
    };
    REQUIRE(send("{}", "7") == 201);
    REQUIRE(send("{}", R"({"eventsourcing":7})") == 201);
    REQUIRE(send("{}", R"({"eventsourcing":{"typeversion":1}})") == 201);
    REQUIRE(send("\"plain\"", R"({"x":1})") == 201);
    for (const auto& page : {store->read_stream("test-theirs"), store->read_all()}) {
        INFO((page ? std::string() : page.error().message()));
        REQUIRE(page);
        REQUIRE(page->records().size() == 4);
        const auto& records = page->records();
        CHECK(records[0].metadata.empty());
        CHECK(nlohmann::json::parse(records[1].metadata) == nlohmann::json{{"eventsourcing", 7}});
        CHECK(records[2].version.empty());
        CHECK(records[2].content_type == "application/json");
        CHECK(records[3].data == "plain");
        CHECK(records[3].content_type == "application/octet-stream");
        CHECK(page->left_out == 0);
    }
}

TEST_CASE("The truncated start of a stream is skipped in few requests", "[eventstoredb-fake]") {
    fake_esdb::Server server;
    auto store = open(server);
    REQUIRE(store.append("test-long", no_stream, Events(3000).batch()));
    for (const std::uint64_t first : {1U, 9U, 10U, 11U, 1234U, 2990U, 2999U}) {
        CAPTURE(first);
        REQUIRE(store.set_stream_metadata("test-long", {.truncate_before = es::Revision(first)}));
        const auto before = server.requests();
        const auto page = store.read_stream("test-long", {.limit = 10});
        REQUIRE(page);
        REQUIRE_FALSE(page->empty());
        CHECK(page->records().front().revision == es::Revision(first));
        CHECK(server.requests() - before <= 14);
    }
}

TEST_CASE("A stream that was deleted permanently is gone", "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    REQUIRE(store->append("test-gone", no_stream, Events(2).batch()));
    const auto name = store->name("test-gone");
    auto wrong = store->inside().tombstone_stream(name, at(7));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error() == es::errc::conflict);
    REQUIRE(wrong.error().conflict());
    CHECK(wrong.error().conflict()->actual == es::Revision(1));
    REQUIRE(store->inside().tombstone_stream(name, at(1)));
    CHECK(store->read_stream("test-gone").error() == es::errc::gone);
    CHECK(store->append("test-gone", no_stream, Events(1).batch()).error() == es::errc::gone);
    CHECK(store->append_unchecked("test-gone", Events(1).batch()).error() == es::errc::gone);
    CHECK(store->inside().tombstone_stream(name).error() == es::errc::gone);
    CHECK(store->inside().delete_stream(name).error() == es::errc::gone);
}

TEST_CASE("Payloads that servers mangle are refused before they are sent", "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    const auto refuse = [&](auto&& change, std::string_view why, es::errc kind) {
        Events events(2);
        change(events.all[1]);
        for (const auto& done : {store->append("test-bad", no_stream, events.batch()),
                                 store->append_unchecked("test-bad", events.batch())}) {
            REQUIRE_FALSE(done);
            INFO(done.error().message());
            CHECK(done.error() == kind);
            CHECK(done.error().outcome() == es::Outcome::not_done);
            CHECK(done.error().message().starts_with("stream "));
            CHECK(done.error().message().find("test-bad: event 1 of the batch") !=
                  std::string::npos);
            CHECK(done.error().message().find(why) != std::string::npos);
        }
    };
    using Event = es::NewEvent;
    const auto invalid = es::errc::invalid;
    refuse([](Event& e) { e.data = "42"; }, "wrap it", invalid);
    refuse([](Event& e) { e.data = "\"text\""; }, "wrap it", invalid);
    refuse([](Event& e) { e.data = "{\"a\":1,\"a\":2}"; }, "duplicate", invalid);
    refuse([](Event& e) { e.data = "{\"a\":1e400}"; }, "1e400", invalid);
    refuse([](Event& e) { e.data = "{"; }, "data", invalid);
    refuse([](Event& e) { e.metadata = "[]"; }, "metadata", invalid);
    refuse([](Event& e) { e.metadata = R"({"eventsourcing":1})"; }, "this library's own", invalid);
    refuse([](Event& e) { e.content_type = "application/octet-stream"; }, "application/json",
           invalid);
    std::string ones = "[1";
    while (ones.size() < 2'000'000)
        ones += ",1";
    ones += "]";
    refuse([&](Event& e) { e.data = ones; }, "indented", es::errc::too_large);
    CHECK(store->read_stream("test-bad")->empty());

    const std::string megabyte = "{\"a\":\"" + std::string(1'000'000, 'x') + "\"}";
    const auto large = store->append("test-bad", no_stream, Events(30, megabyte).batch());
    REQUIRE_FALSE(large);
    CHECK(large.error() == es::errc::too_large);
}

TEST_CASE("No header can be smuggled in by a stream name, an event type, metadata or a tag",
          "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    using namespace std::string_view_literals;
    for (const auto name :
         {"test-a\r\nES-HardDelete: true"sv, "$all"sv, "$ce-test"sv, "."sv, ".."sv, "test-a/b"sv,
          "test-a\\b"sv, "test-a?b"sv, "test-a#b"sv, "test-a%b"sv, "test-a\0"sv})
        CHECK_FALSE(es::StreamName::parse(name));
    auto named = *es::parse_connection_string(target.connection());
    named.connection_name = "a\r\nAuthorization: Basic x";
    const auto unnamed = es::EventStoreDb::open(named);
    REQUIRE_FALSE(unnamed);
    CHECK(unnamed.error() == es::errc::invalid);
    CHECK(unnamed.error().message().find("User-Agent") != std::string::npos);
    Events events(1);
    events.all[0].type = "a\r\nb";
    CHECK(store->append("test-smuggle", no_stream, events.batch()).error() == es::errc::invalid);
    events = Events(1);
    const std::string_view tag = "a\r\nES-HardDelete: true";
    events.all[0].tags = {&tag, 1};
    events.all[0].metadata = R"({"$correlationId":"a\r\nES-HardDelete: true"})";
    const auto name = es::StreamName::parse("test-smuggle \xC3\xA4:@&=+$,;'\"<>");
    REQUIRE(name);
    REQUIRE(store->append(*name, no_stream, events.batch()));
    const auto page = store->read_stream(*name);
    REQUIRE(page);
    REQUIRE(page->records().size() == 1);
    CHECK(page->records()[0].stream == name->view());
    CHECK(page->records()[0].tags[0] == tag);
}

TEST_CASE("Large pages, batches and events come back whole", "[eventstoredb]") {
    Target target;
    auto store = target();
    REQUIRE(store);
    const Events many(600);
    REQUIRE(store->append("test-many", no_stream, many.batch()));
    const auto page = store->read_stream("test-many", {.limit = 4096});
    REQUIRE(page);
    CHECK(page->records().size() == 600);
    CHECK(page->at_end);
    const std::string long_text = "{\"a\":\"" + std::string(3'900'000, 'x') + "\"}";
    REQUIRE(store->append("test-large", no_stream, Events(1, long_text).batch()));
    const auto large = store->read_stream("test-large");
    REQUIRE(large);
    CHECK(nlohmann::json::parse(large->records()[0].data) == nlohmann::json::parse(long_text));
}

TEST_CASE("A server tells its version and state", "[eventstoredb]") {
    Target target;
    const auto store = es::EventStoreDb::open(target.connection());
    REQUIRE(store);
    const auto info = store->info();
    REQUIRE(info);
    CHECK_FALSE(info->version.empty());
    CHECK(info->atom_pub);
    const auto by_url = es::open_store<es::EventStoreDb>(target.connection());
    REQUIRE(by_url);
    CHECK(by_url->name() == "EventStoreDb");
    CHECK_FALSE(by_url->actual_capabilities().conditions);
}

// ---- bad days
// ---------------------------------------------------------------------------------------

TEST_CASE("An append that is answered nothing, or nothing certain, is stored once",
          "[eventstoredb-fake]") {
    const auto fault =
        GENERATE(Fault::lost_before, Fault::lost_after, Fault::cut_after, Fault::timeout_before,
                 Fault::timeout_after, Fault::error_before, Fault::error_after, Fault::busy,
                 Fault::too_large_after, Fault::too_large_before);
    const bool checked = GENERATE(true, false);
    CAPTURE(static_cast<int>(fault), checked);
    const auto count =
        fault == Fault::too_large_before || fault == Fault::too_large_after ? 1U : 3U;
    fake_esdb::Server server(times(count, fault));
    auto store = open(server);
    const Events events(3);
    const auto done = checked ? store.append("test-once", no_stream, events.batch())
                              : store.append_unchecked("test-once", events.batch());
    INFO((done ? std::string() : done.error().message()));
    REQUIRE(done);
    CHECK(done->first == es::Revision(0));
    CHECK(done->last == es::Revision(2));
    CHECK(stored(server, "test-once") == 3);
}

TEST_CASE("A stream that had been deleted takes a batch once, too", "[eventstoredb-fake]") {
    // lost on a connection that was kept, so that libcurl sends it again by itself; or on a new one
    const auto fault = GENERATE(Fault::lost_after, Fault::timeout_after);
    const bool checked = GENERATE(true, false);
    auto count = std::make_shared<std::atomic<int>>(0);
    fake_esdb::Server server({.fault = [=](const Request& request) {
        return request.method == "POST" && ++*count == 2 ? fault : Fault::none;
    }});
    auto store = open(server);
    REQUIRE(store.append("test-revived", no_stream, Events(2).batch()));
    REQUIRE(store.delete_stream("test-revived"));
    auto other = open(server); // does not know the end
    REQUIRE_FALSE(other.info()->version.empty());
    const Events events(2);
    const auto done = checked ? other.append("test-revived", no_stream, events.batch())
                              : other.append_unchecked("test-revived", events.batch());
    INFO((done ? std::string() : done.error().message()));
    REQUIRE(done);
    CHECK(done->first == es::Revision(2));
    CHECK(stored(server, "test-revived") == 4);
}

TEST_CASE("A deletion whose answer is lost on a kept connection is known to be done",
          "[eventstoredb-fake]") {
    fake_esdb::Server server(times(1, Fault::lost_after, "DELETE"));
    auto store = open(server);
    REQUIRE(store.append("test-lost", no_stream, Events(1).batch()));
    CHECK(store.tombstone_stream("test-lost"));
    CHECK(store.read_stream("test-lost").error() == es::errc::gone);
}

TEST_CASE("An answer that comes too late is waited for by a second attempt",
          "[eventstoredb-fake][waits]") {
    // A busy machine may need longer for an attempt than the attempts get: then all are too late.
    for (auto patience = 500ms;; patience *= 2) {
        auto options = times(1, Fault::slow_after);
        options.slow = 1h; // until the server ends: the first attempt is never answered
        fake_esdb::Server server(options);
        auto store = open(server, patience);
        const auto done = store.append("test-slow", no_stream, Events(1).batch(), {},
                                       es::CallOptions::within(60 * patience));
        if (!done && patience < 1min)
            continue;
        REQUIRE(done);
        CHECK(stored(server, "test-slow") == 1);
        break;
    }
}

TEST_CASE("A busy server is asked again when it said, and not at all if that is too late",
          "[eventstoredb-fake][waits]") {
    using Clock = std::chrono::steady_clock;
    const Events events(1);
    auto soon = times(1, Fault::busy);
    soon.retry_after = "1";
    fake_esdb::Server server(std::move(soon));
    auto store = open(server);
    const auto begin = Clock::now();
    REQUIRE(store.append("test-busy", no_stream, events.batch()));
    CHECK(Clock::now() - begin >= 1s);
    CHECK(stored(server, "test-busy") == 1);

    auto late = times(1'000, Fault::busy);
    late.retry_after = "60";
    fake_esdb::Server other(std::move(late));
    auto patient = open(other);
    const auto before = other.requests();
    const auto done =
        patient.append("test-busy", no_stream, events.batch(), {}, es::CallOptions::within(50s));
    CHECK(other.requests() == before + 1); // no other fits in
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unavailable);
    CHECK(done.error().outcome() == es::Outcome::not_done);
    CHECK(stored(other, "test-busy") == 0);
}

TEST_CASE("An outcome that stays unknown is said to be, and can be asked for again",
          "[eventstoredb-fake][waits]") {
    const bool written = GENERATE(true, false);
    auto failing = times(1'000, written ? Fault::error_after : Fault::error_before);
    failing.failed_retry_after =
        "60"; // later than the deadline, so that one attempt is the only one
    fake_esdb::Server server(std::move(failing));
    auto store = open(server);
    const Events events(2);
    const auto done =
        store.append("test-unknown", no_stream, events.batch(), {}, es::CallOptions::within(30s));
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unknown_outcome);
    CHECK(done.error().outcome() == es::Outcome::unknown);
    CHECK(done.error().message().find("stream test-unknown: EventStoreDB at http://127.0.0.1") ==
          0);
    CHECK(stored(server, "test-unknown") == (written ? 2U : 0U));
}

TEST_CASE("An append that is stopped after it was sent has an unknown outcome",
          "[eventstoredb-fake]") {
    std::stop_source stop;
    fake_esdb::Server server({.fault = [&](const Request& request) {
        if (request.method != "POST")
            return Fault::none;
        stop.request_stop(); // it has been sent
        return Fault::lost_after;
    }});
    auto store = open(server);
    const auto unknown = store.append_unchecked("test-unknown", Events(2).batch(),
                                                {.deadline = {}, .stop = stop.get_token()});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error() == es::errc::unknown_outcome);
}

TEST_CASE("After an unknown outcome another writer's event is a conflict, and one's own is not",
          "[eventstoredb-fake]") {
    std::atomic<int> posts{0};
    fake_esdb::Server* other = nullptr;
    fake_esdb::Server server({.fault = [&](const Request& request) {
        if (request.method != "POST" || ++posts != 1)
            return Fault::none;
        other->with_streams([](fake_esdb::Streams& streams) {
            streams.append("test-race", fake_esdb::any,
                           {{.id = "000a11ce-0000-4000-8000-000000000001",
                             .type = "theirs",
                             .data = "{}",
                             .metadata = {},
                             .is_json = true}});
        });
        return Fault::error_before;
    }});
    other = &server;
    auto store = open(server);
    const auto lost = store.append("test-race", no_stream, Events(2).batch());
    REQUIRE_FALSE(lost);
    CHECK(lost.error() == es::errc::conflict);
    CHECK(lost.error().outcome() == es::Outcome::not_done);
    CHECK(lost.error().conflict()->actual == es::Revision(0));
    CHECK(stored(server, "test-race") == 1);
}

TEST_CASE("A server that is not there is not_sent; one that is back is used again",
          "[eventstoredb-fake][waits]") {
    const loopback::TakenPort nobody;
    const auto port = nobody.port();
    const auto refused = es::EventStoreDb::open(
        "esdb://admin:SECRET@127.0.0.1:" + std::to_string(port) + "?tls=false",
        es::CallOptions::within(50ms)); // it tries until then: the machine may be too busy for one
    REQUIRE_FALSE(refused);
    INFO(refused.error().message());
    CHECK((refused.error() == es::errc::not_sent || refused.error() == es::errc::timed_out));
    CHECK(refused.error().outcome() == es::Outcome::not_done);
    CHECK(refused.error().message().find("SECRET") == std::string::npos);

    // the second of two hosts is there
    const fake_esdb::Server server;
    auto store = es::EventStoreDb::open("esdb://127.0.0.1:" + std::to_string(port) + ",127.0.0.1:" +
                                        std::to_string(server.port()) + "?tls=false");
    REQUIRE(store);
    CHECK(store->append("test-two", no_stream, Events(1).batch()));
}

TEST_CASE("Without streams over HTTP opening says which option turns them on",
          "[eventstoredb-fake]") {
    const fake_esdb::Server server({.atom_pub = false});
    const auto store = es::EventStoreDb::open(esdb_tests::connection_string(server));
    REQUIRE_FALSE(store);
    CHECK(store.error() == es::errc::unsupported);
    CHECK(
        store.error().message() ==
        "EventStoreDB 20.10.1.0 at " + server.url() +
            ": streams over HTTP (AtomPub) are off; start it with --enable-atom-pub-over-http, or "
            "set EVENTSTORE_ENABLE_ATOM_PUB_OVER_HTTP=true");
}

TEST_CASE("Wrong credentials are denied, and never quoted", "[eventstoredb-fake]") {
    const fake_esdb::Server server({.authentication = true});
    auto store = es::EventStoreDb::open(
        "esdb://admin:SECRET@127.0.0.1:" + std::to_string(server.port()) + "?tls=false");
    REQUIRE(store);
    const auto check = [](const es::Error& error) {
        CHECK(error == es::errc::denied);
        CHECK(error.outcome() == es::Outcome::not_done);
        CHECK(error.message().find("SECRET") == std::string::npos);
        CHECK(error.message().find("YWRtaW4") == std::string::npos);
        CHECK(error.message().find("credentials") != std::string::npos);
    };
    check(store->append("test-denied", no_stream, Events(1).batch()).error());
    check(store->append_unchecked("test-denied", Events(1).batch()).error());
    check(store->read_stream("test-denied").error());

    auto anonymous =
        es::EventStoreDb::open("esdb://127.0.0.1:" + std::to_string(server.port()) + "?tls=false");
    REQUIRE(anonymous);
    REQUIRE(anonymous->append("test-open", no_stream, Events(1).batch()));
    const auto all = anonymous->read_all();
    REQUIRE_FALSE(all);
    CHECK(all.error() == es::errc::denied);
    CHECK(all.error().message().find("administrators") != std::string::npos);
}

TEST_CASE("Redirects lead to hosts of the connection string, and nowhere else",
          "[eventstoredb-fake][waits]") {
    const fake_esdb::Server leader;
    auto options = times(1'000, Fault::redirect);
    options.leader = leader.url();
    const fake_esdb::Server follower(options);
    auto alone = open(follower);
    for (auto time = 500ms;; time *= 2) {
        const auto refused = alone.append("test-redirect", no_stream, Events(1).batch(), {},
                                          es::CallOptions::within(time));
        REQUIRE_FALSE(refused);
        INFO(refused.error().message());
        const bool says_why =
            refused.error().message().find("none of the hosts of the connection string") !=
            std::string::npos;
        if (!says_why && time < 10min)
            continue; // the machine was too busy for an answer
        CHECK(says_why);
        CHECK(refused.error().outcome() == es::Outcome::not_done);
        break;
    }
    CHECK(leader.requests() == 0);

    auto both =
        es::EventStoreDb::open("esdb://127.0.0.1:" + std::to_string(follower.port()) +
                               ",127.0.0.1:" + std::to_string(leader.port()) + "?tls=false");
    REQUIRE(both);
    CHECK(both->append("test-redirect", no_stream, Events(1).batch()));
}

TEST_CASE("Callers share nothing but the server, each on a connection that is kept",
          "[eventstoredb-fake][waits]") {
    const fake_esdb::Server server;
    auto store = open(server);
    for (std::uint64_t i = 0; i < 20; ++i)
        REQUIRE(store.append("test-kept", i == 0 ? no_stream : at(i - 1), Events(1).batch()));
    CHECK(server.connections() == 1);
}

TEST_CASE("Events of other programs are read as they are", "[eventstoredb-fake]") {
    fake_esdb::Server server;
    server.with_streams([](fake_esdb::Streams& streams) {
        streams.append("test-foreign", fake_esdb::any,
                       {{.id = "000a11ce-0000-4000-8000-000000000001",
                         .type = "json",
                         .data = "{}",
                         .metadata = "{\n  \"user\": \"x\"\n}",
                         .is_json = true},
                        {.id = "000a11ce-0000-4000-8000-000000000002",
                         .type = "bytes",
                         .data = std::string("\0\x01\xFF", 3),
                         .metadata = {},
                         .is_json = false}});
    });
    const auto store = open(server);
    const auto page = store.read_stream("test-foreign");
    INFO((page ? std::string() : page.error().message()));
    REQUIRE(page);
    REQUIRE(page->records().size() == 2);
    CHECK(page->records()[0].version.empty());
    CHECK(page->records()[0].metadata == R"({"user":"x"})");
    CHECK(page->records()[1].content_type == "application/octet-stream");
    CHECK(page->records()[1].data == std::string_view("\0\x01\xFF", 3));
    CHECK(store.read_all()->records().size() == 2);
}
