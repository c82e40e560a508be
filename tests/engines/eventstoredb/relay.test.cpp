// SPDX-License-Identifier: MIT
// The laws of relays from and to an EventStoreDB.
#include <eventsourcing/runtime/relay.hpp>

#include <eventsourcing/store/any_sink.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/with_keeper.hpp"
#include "laws/planned_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using esdb_tests::kept;
using esdb_tests::run_out;
using esdb_tests::with_each_keeper;

namespace {

struct Noted {
    std::string text;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "notes", .source = "events://example.org/notes", .version = "1.0"};
}
using Event = std::variant<Noted>;

template <class Store>
void note(const Store& store, std::string_view stream, const std::vector<std::string>& texts) {
    const es::Environment environment;
    std::vector<Event> events;
    std::vector<es::Uuid> ids;
    for (const std::string& text : texts) {
        events.emplace_back(Noted{text});
        ids.push_back(environment.new_id());
    }
    const es::Metadata metadata{.correlation_id = "c"};
    const es::Batch<Event> batch(events, ids, environment.now(), &metadata);
    REQUIRE(store.append_unchecked(*es::StreamName::parse(stream), batch));
}
std::string text_of(std::string_view stream, std::string_view data) {
    return std::string(stream.substr(stream.find('-') + 1)) +
           nlohmann::json::parse(data)["text"].get<std::string>();
}
std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += out.empty() ? word : " " + word;
    return out;
}

/// `1a 2c 1b`: the number of the stream and the text, in the order of the store.
template <class Store>
std::string texts(const Store& store) {
    std::vector<std::string> out;
    for (es::AllRead which;;) {
        const auto page = store.read_all(which);
        REQUIRE(page);
        for (const es::EventRecord& record : *page)
            out.push_back(text_of(record.stream, record.data));
        if (page->at_end)
            return joined(out);
        which.after = page->last_position;
    }
}

/// A sink that remembers no ids, as a broker: what came, without what was refused.
struct Heard {
    std::vector<std::string> all{};
    /// Says why it refuses an event.
    std::function<std::optional<es::Error>(std::string_view text)> refuse{};
};
class Listener {
public:
    static constexpr es::Capabilities capabilities{};
    explicit Listener(Heard& heard) : heard_(&heard) {}

    es::Result<void> append_unchecked(es::StreamNameView stream,
                                      const es::EventBatch& batch) const {
        const auto events = batch.encoded();
        std::vector<std::string> heard;
        for (const es::NewEvent& event : *events) {
            heard.push_back(text_of(stream.str(), event.data));
            if (heard_->refuse)
                if (auto error = heard_->refuse(heard.back()))
                    return *std::move(error);
        }
        heard_->all.insert(heard_->all.end(), heard.begin(), heard.end());
        return {};
    }

private:
    Heard* heard_;
};
auto refuses(std::string_view text, es::errc kind) {
    return [text, kind](std::string_view heard) {
        return heard.substr(1) == text ? std::optional(es::Error(kind, "not this one"))
                                       : std::nullopt;
    };
}

} // namespace

// L1, L2, L4
TEST_CASE("From an EventStoreDB each event is sent once, in the order of its stream, as it is",
          "[eventstoredb-fake]") {
    with_each_keeper([](const auto& from, const auto& beside) {
        note(from, "notes-1", {"a", "b"});
        note(from, "notes-2", {"c"});
        note(from, "notes-1", {"d"});
        const es::MemoryStore to;
        for (int i = 0; i < 2; ++i) {
            es::Relay relay{from, to, beside, {.name = "out", .page_size = 2}};
            run_out(relay);
            CHECK(relay.status().state == es::SubscriptionState::live);
        }
        CHECK(texts(to) == "1a 1b 2c 1d");
        const auto sent = from.read_all();
        const auto got = to.read_all();
        REQUIRE(sent->records().size() == 4);
        for (std::size_t i = 0; i < 4; ++i) {
            const auto& a = sent->records()[i];
            const auto& b = got->records()[i];
            CHECK(a.id == b.id);
            CHECK(a.type == b.type);
            CHECK(a.version == b.version);
            CHECK(a.content_type == b.content_type);
            CHECK(a.data == b.data); // as the server has it
            CHECK(a.metadata == b.metadata);
            CHECK(a.source == b.source);
            CHECK(a.recorded_at == b.recorded_at);
            CHECK(std::equal(a.tags.begin(), a.tags.end(), b.tags.begin(), b.tags.end()));
        }
    });
}

// L1, L3, L4, L5
TEST_CASE("A relay from an EventStoreDB that dies at any call loses and doubles nothing",
          "[eventstoredb-fake]") {
    const fake_esdb::Server server;
    const auto store = esdb_tests::opened(server);
    note(store, "notes-1", {"a", "b", "c"});
    note(store, "notes-2", {"d"});
    note(store, "notes-1", {"e"});
    /// How many calls it takes.
    const auto relay_all = [&](std::optional<std::size_t> dies_at, bool after) {
        const auto plan = std::make_shared<planned::Plan>();
        plan->dies_at = dies_at;
        plan->after_it_was_done = after;
        const planned::PlannedStore<es::EventStoreDb> from(store, plan);
        const planned::PlannedStore<es::MemoryStore> beside(es::MemoryStore(), plan);
        const es::MemoryStore to;
        for (bool dead = true; dead;) {
            es::Relay relay{from, to, beside, {.name = "out", .page_size = 2}};
            run_out(relay);
            dead = std::exchange(plan->dead, false);
        }
        CHECK(texts(to) == "1a 1b 1c 2d 1e");
        CHECK(plan->deaths == (dies_at ? 1U : 0U));
        return plan->calls;
    };
    const std::size_t calls = relay_all({}, false);
    CHECK(calls > 8);
    for (const bool after : {false, true})
        for (std::size_t at = 0; at < calls; ++at)
            relay_all(at, after);
}

// L3, L5
TEST_CASE("From an EventStoreDB at most a page is sent again, by another process",
          "[eventstoredb-fake]") {
    with_each_keeper([](const auto& from, const auto& beside) {
        Heard heard;
        note(from, "notes-1", {"a"});
        note(from, "notes-2", {"b"});
        note(from, "notes-3", {"c"});
        note(from, "notes-4", {"d"});
        heard.refuse = refuses("d", es::errc::denied);
        es::Relay relay{from, Listener(heard), beside, {.name = "out", .page_size = 2}};
        run_out(relay);
        CHECK(relay.status().state == es::SubscriptionState::stopped);
        CHECK(joined(heard.all) == "1a 2b 3c");
        const auto before = kept(beside, "out").checkpoint.position;
        CHECK(before);                // that of the first page
        for (int i = 0; i < 5; ++i) { // who goes on knows what the sink has taken of the page
            relay.resume();
            run_out(relay);
        }
        CHECK(joined(heard.all) == "1a 2b 3c");
        // positions are of pages only: another one sends the page as a whole
        heard.refuse = nullptr;
        es::Relay after_a_crash{from, Listener(heard), beside, {.name = "out", .page_size = 2}};
        run_out(after_a_crash);
        CHECK(joined(heard.all) == "1a 2b 3c 3c 4d");
        CHECK(kept(beside, "out").checkpoint.position != before);
    });
}

// L7
TEST_CASE("What the sink refuses for good stops a relay from an EventStoreDB with the place",
          "[eventstoredb-fake]") {
    with_each_keeper([](const auto& from, const auto& beside) {
        Heard heard;
        note(from, "notes-1", {"a", "b", "c"});
        heard.refuse = refuses("b", es::errc::too_large);
        es::Relay relay{from, Listener(heard), beside, {.name = "out"}};
        run_out(relay);
        const auto status = relay.status();
        CHECK(status.state == es::SubscriptionState::stopped);
        REQUIRE(status.failure);
        CHECK(status.failure->stream->str() == "notes-1");
        CHECK(status.failure->revision == es::Revision{1});
        CHECK(joined(heard.all) == "1a");
    });
}
TEST_CASE("A parked stream of an EventStoreDB keeps its order, and others go on",
          "[eventstoredb-fake]") {
    with_each_keeper([](const auto& from, const auto& beside) {
        Heard heard;
        heard.refuse = refuses("b", es::errc::denied);
        note(from, "notes-1", {"a", "b", "c"});
        note(from, "notes-2", {"d"});
        es::Relay relay{
            from, Listener(heard), beside, {.name = "out", .on_failure = es::OnFailure::park}};
        run_out(relay);
        CHECK(joined(heard.all) == "1a 2d");
        CHECK(relay.parked()->size() == 2);
        note(from, "notes-1", {"e"});
        note(from, "notes-2", {"f"});
        note(from, "notes-3", {"b", "g"});
        run_out(relay);
        CHECK(joined(heard.all) == "1a 2d 2f");
        CHECK(relay.parked()->size() == 5);
        heard.refuse = nullptr;
        CHECK(relay.replay("notes-1").value() == 0);
        CHECK(relay.replay("notes-3").value() == 0);
        CHECK(joined(heard.all) == "1a 2d 2f 1b 1c 1e 3b 3g");
    });
}
TEST_CASE("An event of an EventStoreDB is parked once, though its page is sent once more",
          "[eventstoredb-fake]") {
    with_each_keeper([](const auto& from, const auto& beside) {
        Heard heard;
        es::FixedEnvironment clock;
        bool fails = true;
        heard.refuse = [&](std::string_view text) {
            return text.substr(1) == "b" ? std::optional(es::Error(es::errc::denied))
                   : text.substr(1) == "y" && fails
                       ? std::optional(es::Error(es::errc::unavailable))
                       : std::nullopt;
        };
        note(from, "notes-1", {"b"});
        note(from, "notes-2", {"d"});
        note(from, "notes-3", {"y"});
        es::Relay relay{from,
                        Listener(heard),
                        beside,
                        {.name = "out", .on_failure = es::OnFailure::park, .environment = clock}};
        run_out(relay);
        CHECK(relay.status().state == es::SubscriptionState::waiting);
        CHECK(relay.parked()->empty()); // nothing of the page is stored
        fails = false;
        clock.advance(1min);
        run_out(relay);
        CHECK(relay.status().state == es::SubscriptionState::live);
        CHECK(relay.parked()->size() == 1);
        CHECK(joined(heard.all) == "2d 3y");
    });
}

// L8
TEST_CASE("Two relays between an EventStoreDB, which is given an id, and a store do not echo",
          "[eventstoredb-fake]") {
    with_each_keeper([](const auto& server, const auto& beside) {
        const es::MemoryStore store;
        note(server, "notes-1", {"a"});
        note(store, "notes-2", {"b"});
        const es::Uuid id = es::Environment().new_id();
        es::Relay nameless{server, store, beside, {.name = "nameless", .mark_source = true}};
        CHECK(nameless.step().kind == es::Step::Kind::stopped);
        CHECK(nameless.status().failure.value().message.find("RelayOptions::source_id") !=
              std::string::npos);
        es::Relay there{
            server, store, beside, {.name = "there", .mark_source = true, .source_id = id}};
        es::Relay back{store, server, {.name = "back", .mark_source = true, .leads_to = {id}}};
        for (int i = 0; i < 4; ++i) {
            run_out(there);
            run_out(back);
        }
        CHECK(texts(server) == "1a 2b");
        CHECK(texts(store) == "2b 1a");
    });
}

// L1, L2, L4
TEST_CASE("To an EventStoreDB that loses answers each event is sent once in effect",
          "[eventstoredb-fake]") {
    const auto posts = std::make_shared<std::atomic<int>>(0);
    const fake_esdb::Server server({.fault = [posts](const fake_esdb::Request& request) {
        const bool lost = request.method == "POST" && (*posts)++ % 3 == 1;
        return lost ? fake_esdb::Fault::lost_after : fake_esdb::Fault::none;
    }});
    const auto to = esdb_tests::opened(server);
    const es::MemoryStore from;
    for (const char* text : {"a", "b", "c", "d"}) {
        note(from, "notes-1", {text, "x"});
        note(from, "notes-2", {text});
    }
    es::Relay relay{from, es::AnySink(to), {.name = "out", .page_size = 3}};
    run_out(relay);
    CHECK(relay.status().state == es::SubscriptionState::live);
    CHECK(texts(to) == texts(from));
    const auto sent = from.read_all();
    const auto got = to.read_all();
    REQUIRE(got->records().size() == sent->records().size());
    for (std::size_t i = 0; i < sent->records().size(); ++i) {
        const auto& a = sent->records()[i];
        const auto& b = got->records()[i];
        CHECK(a.id == b.id);
        CHECK(a.source == b.source);
        CHECK(a.recorded_at == b.recorded_at);
        const auto sent_with = es::decode_metadata(a.metadata);
        const auto got_with = es::decode_metadata(b.metadata);
        CHECK(sent_with->correlation_id == got_with->correlation_id);
    }
}
