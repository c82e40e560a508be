// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/load.hpp>

#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace counter {
struct Add {
    int by = 0;
};
struct Added {
    int by = 0;
};
struct Cleared {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "counter", .source = "events://example.org/counter"};
}
struct Sum {
    int value = 0;
    es::Generation generation{};
};
struct Counter {
    using Command = Add;
    using Event = std::variant<Added, Cleared>;
    using State = Sum;
    static es::Result<void> apply_event(Sum& s, const Added& e) {
        if (e.by == 666)
            return es::Error(es::errc::invalid, "an evil number");
        if (e.by == 667) {
            s.generation = es::Generation{99}; // which is not its business
            throw_or_skip(std::runtime_error("worse"));
        }
        s.value += e.by;
        return {};
    }
    static void apply_event(Sum& s, const Cleared&) { s.value = 0; }
    static Added handle_command(const Sum&, const Add& c) { return {c.by}; }
};
/// Knows less than what is stored.
struct AddedOnly {
    using Command = Add;
    using Event = Added;
    using State = Sum;
    static void apply_event(Sum& s, const Added& e) { s.value += e.by; }
    static Added handle_command(const Sum&, const Add& c) { return {c.by}; }
};
} // namespace counter

namespace {
using namespace counter;

/// Reads as an engine does that stores bytes, and counts the pages.
struct Pages {
    es::MemoryStore store;
    std::shared_ptr<std::vector<std::size_t>> sizes = std::make_shared<std::vector<std::size_t>>();

    es::Result<es::Page> read_stream(es::StreamNameView stream, const es::StreamRead& which = {},
                                     const es::CallOptions& call = {}) const {
        auto page = store.read_stream(stream, which, call);
        if (page)
            sizes->push_back(page->records().size());
        return page;
    }
};

void fill(es::MemoryStore& store, int count) {
    es::Dispatcher<Counter, es::MemoryStore> dispatcher{store};
    es::Loaded<Counter> loaded;
    for (int i = 1; i <= count; ++i) {
        auto done = dispatcher.dispatch(std::move(loaded), Add{i}, "counter-1");
        REQUIRE(done);
        loaded = *std::move(done);
    }
}

void append_text(es::MemoryStore& store, std::string_view type, std::string_view version,
                 std::string_view data) {
    const std::array<es::NewEvent, 1> events{{{.id = es::Environment{}.new_id(),
                                               .type = type,
                                               .version = version,
                                               .content_type = "application/json",
                                               .data = data}}};
    REQUIRE(store.append_unchecked("counter-1", es::EventBatch(events)));
}
} // namespace

namespace counter {
/// Its first state can't be made now and then.
struct Shy {
    using Command = Add;
    using Event = Added;
    struct State {
        static inline bool breaks = false;
        int value = breaks ? throw_or_skip<int>(std::runtime_error("no room")) : 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Added& e) { s.value += e.by; }
    static Added handle_command(const State&, const Add& c) { return {c.by}; }
};
} // namespace counter

TEST_CASE("a state that can't be made is an error") {
    const es::MemoryStore store;
    Shy::State::breaks = true;
    const auto loaded = es::load<Shy>(store, "counter-1");
    Shy::State::breaks = false;
    REQUIRE(fails_with(es::errc::threw, loaded));
    CHECK(loaded.error().message() == "making the state threw: no room");
}

TEST_CASE("a stream that does not exist loads as the first state without a revision") {
    const auto loaded = es::load<Counter>(es::MemoryStore{}, "counter-1");
    REQUIRE(loaded);
    CHECK(loaded->state.value == 0);
    CHECK(loaded->state.generation == es::Generation{0});
    CHECK_FALSE(loaded->revision);
}

TEST_CASE("a stream is folded to its end, typed or through pages") {
    es::MemoryStore store;
    fill(store, 7);
    const auto typed = es::load<Counter>(store, "counter-1");
    const Pages pages{store};
    const auto paged = es::load<Counter>(pages, "counter-1", {.page_size = 3});
    for (const auto& loaded : {typed.value(), paged.value()}) {
        CHECK(loaded.state.value == 28);
        CHECK(loaded.state.generation == es::Generation{7});
        CHECK(loaded.revision == es::Revision{6});
    }
    CHECK(*pages.sizes == std::vector<std::size_t>{3, 3, 1});
}

TEST_CASE("a state is loaded as it was right after a revision") {
    es::MemoryStore store;
    fill(store, 7);
    const Pages pages{store};
    for (std::uint64_t at = 0; at < 7; ++at) {
        CAPTURE(at);
        const auto expected = static_cast<int>((at + 1) * (at + 2) / 2);
        const auto typed = es::load<Counter>(store, "counter-1", {.at = es::Revision{at}});
        REQUIRE(typed);
        CHECK(typed->state.value == expected);
        CHECK(typed->revision == es::Revision{at});
        const auto paged =
            es::load<Counter>(pages, "counter-1", {.at = es::Revision{at}, .page_size = 2});
        REQUIRE(paged);
        CHECK(paged->state.value == expected);
        CHECK(paged->revision == es::Revision{at});
    }
    pages.sizes->clear();
    REQUIRE(es::load<Counter>(pages, "counter-1", {.at = es::Revision{3}, .page_size = 2}));
    CHECK(pages.sizes->size() == 2); // and no page after the wanted one
}

TEST_CASE("events that a store keeps as bytes count for the revision of a state, too") {
    es::MemoryStore store;
    fill(store, 1);
    append_text(store, "counter.added", "1.0", R"({"by":5})");
    const auto loaded = es::load<Counter>(store, "counter-1");
    REQUIRE(loaded);
    CHECK(loaded->state.value == 6);
    CHECK(loaded->revision == es::Revision{1});
    CHECK(es::load<Counter>(store, "counter-1", {.at = es::Revision{1}}));
}

TEST_CASE("a load that is too late or stopped reads nothing") {
    es::MemoryStore store;
    fill(store, 1);
    const Pages pages{store};
    std::stop_source stop;
    stop.request_stop();
    CHECK(fails_with(es::errc::timed_out,
                     es::load<Counter>(pages, "counter-1",
                                       {.call = es::CallOptions::within(std::chrono::hours(-1))})));
    CHECK(fails_with(es::errc::cancelled,
                     es::load<Counter>(pages, "counter-1",
                                       {.call = {.deadline = {}, .stop = stop.get_token()}})));
    CHECK(pages.sizes->empty());
}

TEST_CASE("a revision that the stream does not reach is an error that says how far it goes") {
    es::MemoryStore store;
    fill(store, 2);
    for (const auto& loaded :
         {es::load<Counter>(store, "counter-1", {.at = es::Revision{2}}),
          es::load<Counter>(Pages{store}, "counter-1", {.at = es::Revision{2}})}) {
        REQUIRE_FALSE(loaded);
        CHECK(loaded.error() == es::errc::not_found);
        CHECK(loaded.error().message() ==
              "stream counter-1, revision 2: there is no such event; the last is 1");
    }
    CHECK(message_of(es::load<Counter>(store, "counter-2", {.at = es::Revision{0}})) ==
          "stream counter-2, revision 0: there is no such event; the last is none");
}

TEST_CASE("an event that can't be read or applied is an error that names its place") {
    es::MemoryStore store;
    fill(store, 2);
    SECTION("bad data") {
        append_text(store, "counter.added", "1.0", R"({"by":"many"})");
        CHECK(message_of(es::load<Counter>(store, "counter-1")) ==
              R"(stream counter-1, revision 2: counter.added: $.by: expected a signed 32-bit )"
              R"(integer, got "many")");
        CHECK(fails_with(es::errc::malformed, es::load<Counter>(store, "counter-1")));
    }
    SECTION("an unknown type") {
        append_text(store, "counter.doubled", "1.0", "{}");
        const auto loaded = es::load<Counter>(store, "counter-1");
        CHECK(fails_with(es::errc::unknown_type, loaded));
        CHECK(message_of(loaded).find("counter.added, counter.cleared") != std::string::npos);
    }
    SECTION("an unknown version") {
        append_text(store, "counter.added", "2.0", R"({"by":1})");
        const auto loaded = es::load<Counter>(store, "counter-1");
        CHECK(fails_with(es::errc::unknown_version, loaded));
        CHECK(message_of(loaded) ==
              "stream counter-1, revision 2: counter.added in version \"2.0\": "
              "known here: 1.0; declare that version as well");
    }
    SECTION("an event that is refused") {
        append_text(store, "counter.added", "1.0", R"({"by":666})");
        CHECK(fails_with(es::errc::cannot_apply, es::load<Counter>(store, "counter-1")));
        CHECK(message_of(es::load<Counter>(store, "counter-1")) ==
              "stream counter-1, revision 2: counter.added: an evil number");
    }
    SECTION("events in the middle of a run of typed ones") {
        const auto [evil, message] = GENERATE(table<int, std::string>(
            {{666, "stream counter-1, revision 3: counter.added: an evil number"},
             {667, "stream counter-1, revision 3: counter.added: apply_event threw: worse"}}));
        const std::array<Counter::Event, 3> events{Added{3}, Added{evil}, Added{5}};
        const es::Environment environment;
        const std::array<es::Uuid, 3> ids{environment.new_id(), environment.new_id(),
                                          environment.new_id()};
        REQUIRE(store.append_unchecked("counter-1",
                                       es::Batch<Counter::Event>(events, ids, environment.now())));
        CHECK(message_of(es::load<Counter>(store, "counter-1")) == message);
    }
    CHECK(es::load<Counter>(store, "counter-1", {.at = es::Revision{1}}).value().state.value == 3);
}

TEST_CASE("a memory store shows typed events one by one, or in runs") {
    es::MemoryStore store;
    fill(store, 7);
    append_text(store, "counter.added", "1.0", R"({"by":8})");
    std::vector<int> one_by_one;
    REQUIRE(store.read_events<Counter::Event>(
        "counter-1", {}, [&](const Counter::Event& event, es::Revision revision) {
            CHECK(revision.value() == one_by_one.size());
            one_by_one.push_back(std::get<Added>(event).by);
        }));
    std::vector<int> in_runs;
    int runs = 0;
    REQUIRE(store.read_events<Counter::Event>(
        "counter-1", {}, [&](std::span<const Counter::Event> events, es::Revision first) {
            ++runs;
            CHECK(first.value() == in_runs.size());
            for (const auto& event : events)
                in_runs.push_back(std::get<Added>(event).by);
        }));
    CHECK(one_by_one == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(in_runs == one_by_one);
    CHECK(runs < 8);
}

TEST_CASE("an aggregate of another variant reads the same stream") {
    es::MemoryStore store;
    fill(store, 3);
    CHECK(es::load<AddedOnly>(store, "counter-1").value().state.value == 6);
}

TEST_CASE("what reading answers as an error is answered") {
    es::MemoryStore store;
    fill(store, 1);
    CHECK(fails_with(es::errc::invalid,
                     es::load<Counter>(Pages{store}, "counter-1", {.page_size = 0})));
    store.close();
    CHECK(fails_with(es::errc::closed, es::load<Counter>(store, "counter-1")));
}

namespace pages_in_one_place {
struct Aaa {};
struct Bbb {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "letters", .source = "events://example.org/letters"};
}
struct Letters {
    struct Write {};
    using Command = Write;
    using Event = std::variant<Aaa, Bbb>;
    struct State {
        std::string text;
        es::Generation generation{};
    };
    static Aaa handle_command(const State&, const Write&) { return {}; }
    static void apply_event(State& s, const Aaa&) { s.text += 'a'; }
    static void apply_event(State& s, const Bbb&) { s.text += 'b'; }
};

/// Reads every page into the same bytes, as memory that is freed and given again does.
struct Store {
    std::shared_ptr<std::string> type = std::make_shared<std::string>("letters.aaa");

    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& = {}) const {
        const std::uint64_t revision = which.from ? which.from->value() : 0;
        *type = revision % 2 == 0 ? "letters.aaa" : "letters.bbb";
        es::Page page;
        page.add_kept({.stream = stream.view(),
                       .revision = es::Revision{revision},
                       .type = *type,
                       .version = "1.0",
                       .content_type = "application/json",
                       .data = "{}"});
        page.at_end = revision == 5;
        page.next_revision = es::Revision{revision + 1};
        return page;
    }
};
} // namespace pages_in_one_place

TEST_CASE("an event is never read as another type that stood in the same memory a page before") {
    using namespace pages_in_one_place;
    const auto loaded = es::load<Letters>(Store{}, "letters-1", {.page_size = 1});
    REQUIRE(loaded);
    CHECK(loaded->state.text == "ababab");
}
