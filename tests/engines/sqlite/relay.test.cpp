// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/relay.hpp>

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/store/any_sink.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/store/types_of.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>
#include <eventsourcing/testing/pipelined_memory_sink.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"
#include "laws/planned_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using each_store::on_each_store;

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

/// `1a 2c 1b`: the number of the stream and the text, in the order of the store.
template <class Store>
std::string texts(const Store& store) {
    std::string out;
    for (es::AllRead which;;) {
        const auto page = store.read_all(which);
        REQUIRE(page);
        for (const es::EventRecord& record : *page) {
            const std::string data(record.data);
            out += out.empty() ? "" : " ";
            out += std::string(record.stream.substr(record.stream.find('-') + 1)) +
                   data.substr(data.find(':') + 2, data.rfind('"') - data.find(':') - 2);
        }
        if (page->at_end)
            return out;
        which.after = page->last_position;
    }
}

/// A sink that remembers no ids, as a broker: what came, with what was refused left out.
struct Heard {
    std::vector<std::string> all{};
    /// Says why it refuses an event.
    std::function<std::optional<es::Error>(std::string_view stream, std::string_view data)>
        refuse{};
    std::vector<std::string> metadata{};
    std::function<void()> on_call{};
};
class Listener {
public:
    static constexpr es::Capabilities capabilities{};
    explicit Listener(Heard& heard) : heard_(&heard) {}

    es::Result<void> append_unchecked(es::StreamNameView stream,
                                      const es::EventBatch& batch) const {
        if (heard_->on_call)
            heard_->on_call();
        const auto events = batch.encoded();
        for (const es::NewEvent& event : *events)
            if (heard_->refuse)
                if (auto error = heard_->refuse(stream.str(), event.data))
                    return *std::move(error);
        for (const es::NewEvent& event : *events) {
            heard_->all.push_back(std::string(stream.id()) + std::string(event.data.substr(9, 1)));
            heard_->metadata.emplace_back(event.metadata);
        }
        return {};
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const std::string& each : heard_->all)
            out += out.empty() ? each : " " + each;
        return out;
    }

private:
    Heard* heard_;
};

es::Error denied() {
    return {es::errc::denied, "not this one"};
}
bool has(std::string_view data, std::string_view text) {
    return data.find(text) != std::string_view::npos;
}

template <class Relay>
void settle(Relay& relay) {
    for (int i = 0; i < 1000; ++i)
        if (relay.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not settle");
}

} // namespace

// L1, L2
TEST_CASE("A relay sends each event once, in the order of its stream, and as it is") {
    on_each_store([](const auto& from, const auto& other) {
        note(from, "notes-1", {"a", "b"});
        note(from, "notes-2", {"c"});
        note(from, "notes-1", {"d"});
        const es::MemoryStore to;
        es::Relay relay{from, to, {.name = "out", .page_size = 2}};
        settle(relay);
        CHECK(texts(to) == "1a 1b 2c 1d");
        es::Relay again{other, to, {.name = "out"}};
        settle(again);
        CHECK(texts(to) == "1a 1b 2c 1d");
        const auto sent = from.read_all();
        const auto got = to.read_all();
        for (std::size_t i = 0; i < 4; ++i) {
            const auto& a = sent->records()[i];
            const auto& b = got->records()[i];
            CHECK(a.id == b.id);
            CHECK(a.type == b.type);
            CHECK(a.version == b.version);
            CHECK(a.content_type == b.content_type);
            CHECK(a.data == b.data);
            CHECK(a.metadata == b.metadata);
            CHECK(a.source == b.source);
            CHECK(a.recorded_at == b.recorded_at);
            CHECK(std::equal(a.tags.begin(), a.tags.end(), b.tags.begin(), b.tags.end()));
        }
    });
}

// L1, L3, L4, L5
TEST_CASE("A relay that dies at any call, before or after it is done, loses and doubles nothing") {
    on_each_store([](const auto& store, const auto&) {
        /// How many calls it takes.
        const auto relay_all = [&](std::optional<std::size_t> dies_at, bool after) {
            const planned::PlannedStore from(store);
            from.plan().dies_at = dies_at;
            from.plan().after_it_was_done = after;
            const std::string name = es::Environment().new_id().to_string();
            note(store, "notes-" + name, {"a", "b", "c"});
            note(store, "notes-x" + name, {"d"});
            note(store, "notes-" + name, {"e"});
            const es::MemoryStore to;
            for (bool dead = true; dead;) {
                es::Relay relay{from, to, {.name = name, .page_size = 2}};
                settle(relay);
                dead = std::exchange(from.plan().dead, false);
            }
            CHECK(texts(to) == texts(store));
            CHECK(from.plan().deaths == (dies_at ? 1U : 0U));
            return from.plan().calls;
        };
        const std::size_t calls = relay_all({}, false);
        for (const bool after : {false, true})
            for (std::size_t at = 0; at < calls; ++at)
                relay_all(at, after);
    });
}

// L3
TEST_CASE("The checkpoint follows the sink's answer") {
    on_each_store([](const auto& from, const auto&) {
        Heard heard;
        const Listener to(heard);
        note(from, "notes-1", {"a", "b"});
        heard.refuse = [](auto, auto data) {
            return has(data, "b") ? std::optional(es::Error(es::errc::unavailable)) : std::nullopt;
        };
        es::Relay relay{from, to, {.name = "out", .page_size = 1}};
        settle(relay);
        CHECK(relay.status().state == es::SubscriptionState::waiting);
        CHECK(relay.status().behind == 1U);
        CHECK(to.text() == "1a");
        heard.refuse = nullptr;
        es::Relay again{from, to, {.name = "out"}};
        settle(again);
        CHECK(to.text() == "1a 1b");
    });
}

// L3, L4
TEST_CASE("A pipelined sink that loses answers and batches and reorders gets each event once") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed)
        on_each_store([&](const auto& from, const auto&) {
            const es::PipelinedMemorySink to({}, {.seed = seed,
                                                  .refused = 10,
                                                  .answers_lost = 10,
                                                  .batches_lost = 10,
                                                  .receipts = seed % 2 == 0});
            std::map<std::string, std::string> expected;
            for (const char* text : {"a", "b", "c", "d", "e", "f"})
                for (const char* stream : {"notes-1", "notes-2", "notes-3"}) {
                    note(from, stream, {text});
                    expected[stream] += text;
                }
            es::FixedEnvironment clock;
            es::Relay relay{from, to, {.name = "out", .page_size = 5}, es::Environment(clock)};
            for (int i = 0; i < 1000 && relay.step().kind != es::Step::Kind::idle; ++i)
                clock.advance(1min);
            REQUIRE(relay.status().state == es::SubscriptionState::live);
            std::map<std::string, std::string> got;
            const auto page = to.store().read_all();
            for (const es::EventRecord& record : *page)
                got[std::string(record.stream)] += record.data.substr(9, 1);
            CHECK(got == expected);
        });
}

// L3
TEST_CASE("A relay writes through AnySink, whether that opens pipelines or not") {
    on_each_store([](const auto& from, const auto&) {
        note(from, "notes-1", {"a", "b"});
        note(from, "notes-2", {"c"});
        const es::MemoryStore to;
        es::Relay relay{from, es::AnySink(to), {.name = "plain"}};
        settle(relay);
        CHECK(relay.status().state == es::SubscriptionState::live);
        CHECK(texts(to) == "1a 1b 2c");
        const es::PipelinedMemorySink pipelined;
        es::Relay other{from, es::AnySink(pipelined), {.name = "pipelined"}};
        settle(other);
        CHECK(texts(pipelined.store()).size() == 8);
    });
}

// L4
TEST_CASE("A batch of which a store has a part already is completed") {
    on_each_store([](const auto& from, const auto&) {
        const es::MemoryStore to;
        note(from, "notes-1", {"a", "b"});
        es::Relay first{from, to, {.name = "first"}};
        settle(first);
        note(from, "notes-1", {"c"});
        es::Relay second{from, to, {.name = "second"}};
        settle(second);
        CHECK(second.status().state == es::SubscriptionState::live);
        CHECK(texts(to) == "1a 1b 1c");
    });
}

// L5
TEST_CASE("What follows a failure is sent once, also to a sink that remembers no ids") {
    on_each_store([](const auto& from, const auto&) {
        Heard heard;
        const Listener to(heard);
        note(from, "notes-1", {"a"});
        note(from, "notes-2", {"b"});
        note(from, "notes-3", {"c"});
        heard.refuse = [](auto, auto data) {
            return has(data, "c") ? std::optional(denied()) : std::nullopt;
        };
        es::Relay relay{from, to, {.name = "out"}};
        settle(relay);
        CHECK(relay.status().state == es::SubscriptionState::stopped);
        heard.refuse = nullptr;
        relay.resume();
        settle(relay);
        CHECK(to.text() == "1a 2b 3c");
    });
}

// L6
TEST_CASE("A page is durable in the source before anything of it is sent") {
    on_each_store([](const auto& store, const auto&) {
        const planned::PlannedStore from(store);
        Heard heard;
        const Listener to(heard);
        note(store, "notes-1", {"a", "b", "c"});
        std::vector<std::size_t> synced_before;
        heard.on_call = [&] { synced_before.push_back(from.plan().synced.size()); };
        es::Relay relay{from, to, {.name = "out", .page_size = 2}};
        settle(relay);
        CHECK(synced_before == std::vector<std::size_t>{1, 2});
        CHECK(from.plan().synced == std::vector{es::Position{2}, es::Position{3}});
    });
}

// L7
TEST_CASE("What the sink refuses for good stops the relay with the place") {
    on_each_store([](const auto& from, const auto&) {
        for (const auto kind : {es::errc::invalid, es::errc::too_large, es::errc::denied}) {
            Heard heard;
            const Listener to(heard);
            note(from, "notes-1", {"a", "b", "c"});
            heard.refuse = [&](auto, auto data) {
                return has(data, "b") ? std::optional(es::Error(kind)) : std::nullopt;
            };
            es::Relay relay{from, to, {.name = "out " + std::to_string(int(kind))}};
            settle(relay);
            CHECK(relay.status().state == es::SubscriptionState::stopped);
            CHECK(relay.status().failure->stream->str() == "notes-1");
            CHECK(to.text() == "1a");
        }
    });
}
TEST_CASE("A parked stream keeps its order, and others go on") {
    on_each_store([](const auto& from, const auto&) {
        Heard heard;
        const Listener to(heard);
        heard.refuse = [](auto, auto data) {
            return has(data, "b") ? std::optional(denied()) : std::nullopt;
        };
        note(from, "notes-1", {"a", "b", "c"});
        note(from, "notes-2", {"d"});
        es::Relay relay{from, to, {.name = "out", .on_failure = es::OnFailure::park}};
        settle(relay);
        CHECK(to.text() == "1a 2d");
        CHECK(relay.parked()->size() == 2);
        // one that is parked after it, one that is sent, and one that fails: in one page
        note(from, "notes-1", {"e"});
        note(from, "notes-2", {"f"});
        note(from, "notes-3", {"b", "g"});
        settle(relay);
        CHECK(to.text() == "1a 2d 2f");
        CHECK(relay.parked()->size() == 5);
        heard.refuse = nullptr;
        CHECK(relay.replay("notes-1").value() == 0);
        CHECK(relay.replay("notes-3").value() == 0);
        CHECK(to.text() == "1a 2d 2f 1b 1c 1e 3b 3g");
        note(from, "notes-1", {"h"});
        settle(relay);
        CHECK(to.text() == "1a 2d 2f 1b 1c 1e 3b 3g 1h");
    });
}
TEST_CASE("A parked event is not lost when a later one of its page may pass later") {
    on_each_store([](const auto& from, const auto&) {
        Heard heard;
        const Listener to(heard);
        es::FixedEnvironment clock;
        const auto fails = std::make_shared<bool>(true);
        heard.refuse = [=](auto, auto data) {
            return has(data, "b")             ? std::optional(denied())
                   : has(data, "y") && *fails ? std::optional(es::Error(es::errc::unavailable))
                                              : std::nullopt;
        };
        note(from, "notes-1", {"b"});
        es::Relay relay{
            from, to, {.name = "out", .on_failure = es::OnFailure::park}, es::Environment(clock)};
        settle(relay);
        note(from, "notes-1", {"c"});
        note(from, "notes-2", {"d"});
        note(from, "notes-3", {"y"});
        settle(relay);
        CHECK(relay.status().state == es::SubscriptionState::waiting);
        *fails = false;
        clock.advance(1min);
        settle(relay);
        CHECK(to.text() == "2d 3y");
        CHECK(relay.parked()->size() == 2);
    });
}
TEST_CASE("A pipelined sink's refusal parks the stream of the event that it refused") {
    on_each_store([](const auto& from, const auto&) {
        const es::MemoryStore inside;
        const es::PipelinedMemorySink to(inside);
        // the id of this event is taken by another
        note(from, "notes-1", {"a"});
        note(from, "notes-2", {"b"});
        note(from, "notes-1", {"c"});
        note(from, "notes-3", {"d"});
        const auto taken = from.read_all({.limit = 1})->records()[0].id;
        const Event other = Noted{"other"};
        REQUIRE(inside.append_unchecked(
            "notes-9", es::Batch<Event>({&other, 1}, {&taken, 1}, es::Environment().now())));
        es::Relay relay{from, to, {.name = "out", .on_failure = es::OnFailure::park}};
        settle(relay);
        CHECK(texts(inside).size() == std::string("9other 2b 3d").size());
        const auto parked = relay.parked();
        REQUIRE(parked->size() == 2);
        CHECK((*parked)[0].key == "notes-1");
        CHECK((*parked)[0].revision == es::Revision{0});
        CHECK((*parked)[1].revision == es::Revision{1});
    });
}
namespace {

/// Counts how often an event is handed over.
class CountedSink : public es::PipelinedMemorySink {
public:
    using Counts = std::map<es::Uuid, int>;
    CountedSink(const es::MemoryStore& store, Counts& counts)
        : es::PipelinedMemorySink(store),
          counts_(&counts) {}

    class Pipeline : public es::PipelinedMemorySink::Pipeline {
    public:
        Pipeline(es::PipelinedMemorySink::Pipeline pipeline, Counts& counts)
            : es::PipelinedMemorySink::Pipeline(std::move(pipeline)),
              counts_(&counts) {}
        [[nodiscard]] es::Result<es::Ticket> submit(es::StreamNameView stream,
                                                    const es::EventBatch& batch,
                                                    es::PipelineAnswers& answers,
                                                    const es::CallOptions& call = {}) {
            const auto events = batch.encoded();
            for (const es::NewEvent& event : *events)
                ++(*counts_)[event.id];
            return es::PipelinedMemorySink::Pipeline::submit(stream, batch, answers, call);
        }

    private:
        Counts* counts_;
    };
    [[nodiscard]] es::Result<Pipeline>
    open_pipeline(const es::PipelineOptions& options = {}) const {
        auto pipeline = es::PipelinedMemorySink::open_pipeline(options);
        if (!pipeline)
            return std::move(pipeline).error();
        return Pipeline(*std::move(pipeline), *counts_);
    }

private:
    Counts* counts_;
};

} // namespace

// L5
TEST_CASE(
    "What a pipeline has written behind a refused event is not sent again by the same relay") {
    on_each_store([](const auto& from, const auto&) {
        for (int i = 1; i <= 12; ++i)
            note(from, "notes-" + std::to_string(i), {"a"});
        note(from, "notes-1", {"b"}); // behind one that is refused
        const auto sent = from.read_all();
        for (const auto policy : {es::OnFailure::park, es::OnFailure::skip, es::OnFailure::stop}) {
            const es::MemoryStore inside;
            for (const std::size_t i : {0U, 4U, 8U}) { // their ids are taken
                const Event other = Noted{"other"};
                REQUIRE(inside.append_unchecked(
                    "notes-99", es::Batch<Event>({&other, 1}, {&sent->records()[i].id, 1},
                                                 es::Environment().now())));
            }
            CountedSink::Counts counts;
            es::Relay relay{
                from,
                CountedSink(inside, counts),
                {.name = "out " + std::to_string(static_cast<int>(policy)), .on_failure = policy}};
            settle(relay);
            if (policy == es::OnFailure::stop) {
                for (int i = 0; i < 3; ++i)
                    relay.resume(), settle(relay);
                CHECK(relay.status().state == es::SubscriptionState::stopped);
            } else {
                CHECK(relay.status().state == es::SubscriptionState::live);
            }
            std::size_t at = 0;
            for (const es::EventRecord& record : *sent) {
                const bool refused = at == 0 || at == 4 || at == 8 || at == 12; // the last, behind
                const int most = refused ? 5 : 1;
                INFO(at << " of policy " << static_cast<int>(policy));
                CHECK(counts[record.id] <= most);
                CHECK(counts[record.id] >= 1);
                ++at;
            }
            if (policy == es::OnFailure::park)
                CHECK(relay.parked()->size() == 4);
        }
    });
}

// L1
TEST_CASE("Other types under the name of a relay are refused, so that none is left out silently") {
    on_each_store([](const auto& from, const auto& other) {
        const es::MemoryStore to;
        note(from, "notes-1", {"a"});
        const std::vector<std::string> some{"notes.noted"};
        {
            es::Relay relay{from, to, {.name = "out", .types = {"notes.none"}}};
            settle(relay);
            CHECK(texts(to).empty());
        }
        {
            es::Relay same{other, to, {.name = "out", .types = {"notes.none", "notes.none"}}};
            settle(same);
            CHECK(same.status().state == es::SubscriptionState::live);
        }
        for (const std::vector<std::string>& types :
             {std::vector<std::string>(), std::vector<std::string>{"notes.noted"},
              std::vector<std::string>{"notes.none", "notes.noted"}}) {
            es::Relay more{other, to, {.name = "out", .types = types}};
            CHECK(more.step().kind == es::Step::Kind::stopped);
            const auto message = more.status().failure.value().message;
            CHECK(has(message, "RelayOptions::types: under the name out it has sent "
                               "\"notes.none\", and now it is to send "));
            CHECK(has(message, "give it another .name"));
        }
        es::Relay anew{other, to, {.name = "out 2", .types = es::types_of<std::variant<Noted>>()}};
        settle(anew);
        CHECK(texts(to) == "1a");
        // one that was begun before the types were stored takes those that it is given
        const auto all = from.list_progress();
        for (const auto& [key, progress] : *all)
            if (key.name == "out") {
                es::ProgressCommit old{.key = key, .loaded = progress, .next = progress};
                ++old.next.fence;
                old.rows.push_back({"types", std::nullopt});
                REQUIRE(from.commit_progress(old));
            }
        note(from, "notes-1", {"b"});
        {
            es::Relay adopts{other, to, {.name = "out"}};
            settle(adopts);
            CHECK(adopts.status().state == es::SubscriptionState::live);
        }
        es::Relay less{other, to, {.name = "out", .types = some}};
        CHECK(less.step().kind == es::Step::Kind::stopped);
        CHECK(has(less.status().failure.value().message, "it has sent all types"));
    });
}
TEST_CASE("A stop, or a sink that is closed, parks nothing") {
    on_each_store([](const auto& from, const auto&) {
        for (const auto kind : {es::errc::cancelled, es::errc::closed, es::errc::failed}) {
            Heard heard;
            const Listener to(heard);
            note(from, "notes-1", {"a"});
            heard.refuse = [&](auto, auto) { return es::Error(kind); };
            es::Relay relay{
                from,
                to,
                {.name = "out " + std::to_string(int(kind)), .on_failure = es::OnFailure::park}};
            settle(relay);
            CHECK(relay.status().state == es::SubscriptionState::stopped);
            CHECK(relay.parked()->empty());
        }
    });
}

// L8
TEST_CASE("Two relays between two stores do not echo") {
    on_each_store([](const auto& a, const auto&) {
        const es::MemoryStore b;
        note(a, "notes-1", {"a"});
        note(b, "notes-2", {"b"});
        es::Relay there{a, b, {.name = "there"}};
        es::Relay back{b, a, {.name = "back"}};
        for (int i = 0; i < 5; ++i) {
            settle(there);
            settle(back);
        }
        CHECK(texts(a) == "1a 2b");
        CHECK(texts(b) == "2b 1a");
    });
}

TEST_CASE("What was sent from a store is not sent back there, by way of sinks that forget ids") {
    on_each_store([](const auto& a, const auto&) {
        const es::MemoryStore b;
        Heard to_b;
        Heard to_a;
        note(a, "notes-1", {"a"});
        es::Relay there{a, Listener(to_b), {.name = "there", .mark_source = true}};
        settle(there);
        REQUIRE(to_b.metadata.size() == 1);
        const auto metadata = es::decode_metadata(to_b.metadata[0]);
        CHECK(metadata->values.at("relayed_from") == a.store_id()->to_string());
        CHECK(metadata->correlation_id == "c");
        // who listens there keeps the metadata
        const Event event = Noted{"a"};
        const es::Uuid id = es::Environment().new_id();
        const es::Metadata kept = *metadata;
        REQUIRE(b.append_unchecked(
            "notes-1", es::Batch<Event>({&event, 1}, {&id, 1}, es::Environment().now(), &kept)));
        note(b, "notes-2", {"b"});
        es::Relay back{
            b, Listener(to_a), {.name = "back", .mark_source = true, .leads_to = {*a.store_id()}}};
        settle(back);
        CHECK(Listener(to_a).text() == "2b");
        es::Relay into{b, a, {.name = "into"}};
        settle(into);
        CHECK(texts(a) == "1a 2b");
    });
}
