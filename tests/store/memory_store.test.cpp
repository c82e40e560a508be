// SPDX-License-Identifier: MIT
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

using namespace notes;

static_assert(es::EventStore<es::MemoryStore>);
static_assert(es::ConditionalSinkFor<es::MemoryStore, Note>);
static_assert(!es::MemoryStore::capabilities.durable &&
              es::MemoryStore::capabilities.checks_positions);

namespace {

std::vector<Note> read(const es::MemoryStore& store, es::StreamNameView stream) {
    std::vector<Note> all;
    const auto done = store.read_events<Note>(
        stream, std::nullopt, [&](const Note& note, es::Revision) { all.push_back(note); });
    CHECK(done);
    return all;
}

/// An event with tags whose second one can't be copied, if it is told so.
struct Sold {
    static constexpr std::string_view event_type = "seats.sold";
    static constexpr std::string_view event_source = "events://example.org/seats";
    static inline bool breaks = false;

    explicit Sold(int its_number = 0) : number(its_number) {}
    Sold(const Sold& other) : number(other.number) {
        if (breaks && number == 2)
            throw_or_skip(std::runtime_error("no second copy"));
    }
    Sold& operator=(const Sold&) = default;
    ~Sold() = default;
    static void members(auto& self, auto&& member) { member("number", self.number); }
    [[nodiscard]] std::vector<std::string> event_tags() const {
        return {"row:1", "seat:" + std::to_string(number)};
    }

    int number = 0;
};

/// What copies of it do, and how many of them there are.
struct Fuse {
    static inline int live = 0;
    static inline int copies = 0;
    static inline int blows_at_copy = 0; ///< counted down by copies; 0 for never

    Fuse() { ++live; }
    Fuse(const Fuse&) {
        if (blows_at_copy > 0 && --blows_at_copy == 0)
            throw_or_skip(std::runtime_error("the fuse has blown"));
        ++copies;
        ++live;
    }
    Fuse& operator=(const Fuse&) = default;
    ~Fuse() { --live; }
    static void members(auto& /*self*/, auto&& /*member*/) {}
};
struct Fused {
    Fuse fuse;
    std::uint64_t number = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "fused", .source = "events://example.org/fused"};
}
using Wire = std::variant<Fused>;

struct Untaggable {
    static constexpr std::string_view event_type = "notes.untaggable";
    [[maybe_unused]] static constexpr std::string_view event_source = "events://example.org/notes";
    int number = 0;
    [[nodiscard]] std::vector<std::string> event_tags() const {
        throw_or_skip(std::runtime_error("no tags today"));
    }
};

Notes<Wire> fused(std::size_t count) {
    std::vector<Wire> events;
    for (std::size_t i = 0; i < count; ++i)
        events.push_back(Fused{.fuse = {}, .number = i});
    return Notes<Wire>(std::move(events));
}

} // namespace

// ---- appending ----------------------------------------------------------------------------------

TEST_CASE("A memory store numbers positions from 1 on and revisions from 0 on, without gaps") {
    es::MemoryStore store;
    const auto first =
        store.append("notes-1", no_stream, Notes<>({Written{"a"}, Counted{2}}).batch());
    const auto second = store.append_unchecked("notes-2", one().batch());
    const auto third = store.append("notes-1", at(1), one().batch());
    REQUIRE((first && second && third));
    CHECK(*first == es::Receipt{es::Revision{0}, es::Revision{1}, es::Position{2}});
    CHECK(*second == es::Receipt{es::Revision{0}, es::Revision{0}, es::Position{3}});
    CHECK(*third == es::Receipt{es::Revision{2}, es::Revision{2}, es::Position{4}});
}

TEST_CASE("A conflict in a memory store names the stream and both revisions") {
    es::MemoryStore store;
    REQUIRE(store.append_unchecked("notes-1", one().batch()));
    const auto done = store.append("notes-1", at(4), one().batch());
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::conflict);
    CHECK(done.error().message() == "stream notes-1: expected revision 4 as the last, but the last "
                                    "is revision 0; load it again and decide again");
    CHECK(done.error().conflict()->actual == es::Revision{0});
}

TEST_CASE("A failed condition names the event that matched it") {
    es::MemoryStore store;
    REQUIRE(store.append_unchecked("notes-1", Notes<>({Filed{"b"}}).batch()));
    const auto done = store.append(
        "notes-2", no_stream, one().batch(),
        {.fail_if_exists = {.items = {{.types = {}, .tags = {"drawer:b"}}}}, .after = {}});
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::condition_failed);
    CHECK(done.error().message() ==
          "the append condition is matched by the notes.filed at position "
          "1 (stream notes-1); read again and decide again");
}

TEST_CASE("A condition on a type finds it however its events came") {
    es::MemoryStore store;
    const auto check = [&](std::string type, std::optional<es::Position> after) {
        const auto done =
            store.append("notes-new", no_stream, one().batch(),
                         {.fail_if_exists = {.items = {{.types = {std::move(type)}, .tags = {}}}},
                          .after = after});
        if (done)
            return false;
        CHECK(done.error() == es::errc::condition_failed);
        return true;
    };
    const auto typed = Notes<>({Written{"a"}});
    REQUIRE(store.append_unchecked("notes-1", typed.batch())); // 1
    const auto alone = Notes<Counted>({Counted{2}});
    REQUIRE(store.append_unchecked("notes-1", alone.batch())); // 2
    const auto bytes = Notes<>({Filed{"c"}});
    const auto batch = bytes.batch();
    REQUIRE(store.append_unchecked("notes-1", es::EventBatch(batch))); // 3
    CHECK(check("notes.written", {}));
    CHECK(check("notes.counted", es::Position{1}));
    CHECK(check("notes.filed", es::Position{2}));
    CHECK_FALSE(check("notes.filed", es::Position{3}));
}

TEST_CASE("A batch that the types can't vouch for is refused before anything is stored") {
    es::MemoryStore store;
    const auto refused = [&](const es::Batch<Note>& batch) {
        const auto done = store.append("notes-1", no_stream, batch);
        REQUIRE_FALSE(done);
        CHECK(done.error() == es::errc::invalid);
        CHECK(told(store, "notes-1").empty());
        const std::string_view stream = "stream notes-1: ";
        CHECK(done.error().message().find(stream) == 0);
        return done.error().message().substr(stream.size());
    };
    const auto two = Notes<>({Written{"a"}, Written{"b"}});
    CHECK(refused(es::Batch<Note>(two.events)) ==
          "the batch has 2 events and 0 ids; a dispatcher gives each its own");
    CHECK(refused(es::Batch<Note>(std::span<const Note>{})) ==
          "an append needs at least one event");

    auto twice = two;
    twice.ids[1] = twice.ids[0];
    CHECK(refused(twice.batch()) ==
          "the id " + twice.ids[0].to_string() + " is in the batch twice");
    auto nil = two;
    nil.ids[1] = es::Uuid{};
    CHECK(refused(nil.batch()) == "event 1 of the batch: it has no id; a dispatcher or an "
                                  "environment gives it one");
    auto unwritable = two;
    unwritable.metadata.values["who"] = "\xFF";
    CHECK(
        refused(unwritable.batch()).find("metadata: values: $.who: expected UTF-8, got \"\\xff") ==
        0);
    auto tagged = two;
    tagged.tags = {std::string(256, 'x')};
    CHECK(refused(tagged.batch()) == "event 0 of the batch: tag \"" + std::string(64, 'x') +
                                         "...\": expected 1 to 255 bytes of UTF-8, got 256 bytes");
    for (const es::Timestamp time : {es::Timestamp::min(), es::Timestamp::max()}) {
        auto far_away = two; // as SQLite refuses it, too
        far_away.recorded_at = time;
        CHECK(refused(far_away.batch())
                  .starts_with("event 0 of the batch: timestamp " + time.to_string() + ": "));
    }
}

TEST_CASE("A variant that holds nothing is refused by a memory store") {
    struct Thrower {
        explicit operator Written() const { throw_or_skip(std::runtime_error("no")); }
    };
    Notes<> broken({Counted{1}});
    CHECK_THROWS(broken.events[0].emplace<Written>(static_cast<Written>(Thrower{})));
    if (!broken.events[0].valueless_by_exception())
        SUCCEED("this library keeps the old value");
    es::MemoryStore store;
    if (broken.events[0].valueless_by_exception())
        CHECK(store.append_unchecked("notes-1", broken.batch()).error() == es::errc::invalid);
}

TEST_CASE("The tags of a typed event are its own and the batch's, sorted and once") {
    es::MemoryStore store;
    Notes<> filed({Filed{"b"}, Written{"plain"}});
    filed.tags = {"z", "a", "drawer:b", "a"};
    REQUIRE(store.append_unchecked("notes-1", filed.batch()));
    const auto page = store.read_stream("notes-1");
    REQUIRE(page);
    const auto tags = [&](std::size_t i) {
        const auto all = page->records()[i].tags;
        return std::vector<std::string>(all.begin(), all.end());
    };
    CHECK(tags(0) == Lines{"a", "drawer:b", "z"});
    CHECK(tags(1) == Lines{"a", "drawer:b", "z"});
}

TEST_CASE("An event without tags gets none of the event before it, but the same metadata") {
    es::MemoryStore store;
    Notes<> notes({Filed{"b"}, Written{"plain"}, Written{"plain, too"}});
    notes.metadata.correlation_id = "request-1";
    REQUIRE(store.append_unchecked("notes-1", notes.batch()));
    notes = Notes<>({Written{"of another request"}});
    notes.metadata.correlation_id = "request-2";
    REQUIRE(store.append_unchecked("notes-1", notes.batch()));
    const auto page = store.read_stream("notes-1");
    REQUIRE(page);
    const auto records = page->records();
    REQUIRE(records.size() == 4);
    CHECK(records[0].tags.size() == 1);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(records[i].tags.empty() == (i > 0));
        CHECK(records[i].metadata ==
              (i < 3 ? R"({"$correlationId":"request-1"})" : R"({"$correlationId":"request-2"})"));
    }
}

TEST_CASE("A run of events that are shown is never empty, wherever the reading begins") {
    es::MemoryStore store;
    for (int i = 0; i < 20; ++i)
        REQUIRE(store.append_unchecked("notes-1", one().batch()));
    for (std::uint64_t from = 0; from < 20; ++from) {
        std::uint64_t seen = from;
        const auto visit = [&](std::span<const Note> run, es::Revision first) {
            CHECK_FALSE(run.empty());
            CHECK(first == es::Revision{seen});
            seen += run.size();
        };
        REQUIRE(store.read_events<Note>("notes-1", es::Revision{from}, {}, visit));
        CHECK(seen == 20);
    }
}

TEST_CASE("A page says how far it has looked, also after its last match") {
    es::MemoryStore store;
    const Notes<> notes({Filed{"b"}, Written{"x"}, Written{"y"}});
    REQUIRE(store.append_unchecked("notes-1", notes.batch()));
    const auto page =
        store.read_all({.query = {.items = {{.types = {"notes.filed"}, .tags = {}}}}});
    REQUIRE(page);
    CHECK(page->records().size() == 1);
    CHECK(page->at_end);
    CHECK(page->last_position == es::Position{3});
}

TEST_CASE(
    "An append that breaks half way leaves no tag behind, in a new stream and in one there is") {
    es::MemoryStore store;
    const std::vector<Sold> two{Sold{1}, Sold{2}};
    const auto append = [&](es::StreamNameView stream, const es::AppendCondition& condition) {
        const std::vector<es::Uuid> ids{es::Environment{}.new_id(), es::Environment{}.new_id()};
        return store.append(stream, no_stream, es::Batch<Sold>(two, ids, es::Environment{}.now()),
                            condition);
    };
    const auto unless = [](std::string tag) {
        return es::AppendCondition{
            .fail_if_exists = {.items = {{.types = {}, .tags = {std::move(tag)}}}}, .after = {}};
    };
    Sold::breaks = true;
    const auto broken = append("seats-1", {});
    Sold::breaks = false;
    REQUIRE_FALSE(broken);
    CHECK(broken.error() == es::errc::threw);
    // each of these would look at positions without events
    for (const char* const tag : {"row:1", "seat:1", "seat:2"})
        CHECK(
            store.append(*es::StreamName::of("other", tag), no_stream, one().batch(), unless(tag)));
    CHECK(append("seats-1", unless("row:1")));
    CHECK(append("seats-2", unless("row:1")).error() == es::errc::condition_failed);
    const auto of_row = store.read_all({.query = {.items = {{.types = {}, .tags = {"row:1"}}}}});
    CHECK(of_row->records().size() == 2);
}

// ---- safe retries -------------------------------------------------------------------------------

TEST_CASE("A typed batch that comes again is known, also when it comes as bytes") {
    es::MemoryStore store;
    Notes<> notes({Written{"a"}, Filed{"b"}});
    notes.metadata.correlation_id = "request-1";
    notes.tags = {"all"};
    const auto first = store.append("notes-1", no_stream, notes.batch());
    REQUIRE(first);
    const auto batch = notes.batch();
    CHECK(*store.append("notes-1", no_stream, batch) == *first);
    CHECK(*store.append("notes-1", no_stream, es::EventBatch(batch)) == *first);

    auto other = notes;
    other.tags = {"none"};
    const auto refused = store.append("notes-1", no_stream, other.batch());
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::duplicate_id);
    CHECK(refused.error().message() == "event " + notes.ids[0].to_string() +
                                           " is stored already: stream notes-1, revision 0; with "
                                           "other content");
}

TEST_CASE("Ids that come again in another order are refused, also for equal events") {
    es::MemoryStore store;
    const Notes<> notes({Written{"a"}, Written{"a"}});
    REQUIRE(store.append_unchecked("notes-1", notes.batch()));
    auto turned = notes;
    std::swap(turned.ids[0], turned.ids[1]);
    const auto refused = store.append_unchecked("notes-1", turned.batch());
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::duplicate_id);
    const auto batch = turned.batch();
    CHECK(store.append_unchecked("notes-1", es::EventBatch(batch)).error() ==
          es::errc::duplicate_id);
}

TEST_CASE("A retry may be stamped with another time") {
    es::MemoryStore store;
    auto note = one();
    const auto first = store.append("notes-1", no_stream, note.batch());
    note.recorded_at = es::Timestamp::from_unix(1);
    CHECK(*store.append("notes-1", no_stream, note.batch()) == *first);
}

TEST_CASE("Every id of many is found again, and none that is new") {
    es::MemoryStore store;
    constexpr es::StreamNameView streams[] = {"notes-a", "notes-b"};
    std::vector<Notes<>> all;
    for (std::size_t i = 0; i < 3000; ++i) {
        all.push_back(one());
        REQUIRE(store.append_unchecked(streams[i % 2], all.back().batch()));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto again = store.append_unchecked(streams[i % 2], all[i].batch());
        REQUIRE(again);
        REQUIRE(again->position == es::Position{i + 1});
    }
}

TEST_CASE("Ids that collide in every bit of a hash are told apart") {
    es::MemoryStore store;
    // halves that cancel each other out, whatever they are
    const auto colliding = [](std::uint64_t n) {
        const std::uint64_t halves[] = {std::rotl(n, 32) ^ 0x1234'5678'9ABC'DEF0U, n};
        es::Uuid::Bytes bytes{};
        std::memcpy(bytes.data(), halves, sizeof halves);
        return es::Uuid{bytes};
    };
    std::vector<Notes<>> all;
    for (std::uint64_t i = 0; i < 300; ++i) {
        all.push_back(one());
        all.back().ids[0] = colliding(i);
        REQUIRE(store.append_unchecked("notes-1", all.back().batch()));
    }
    for (std::uint64_t i = 0; i < 300; ++i)
        REQUIRE(store.append_unchecked("notes-1", all[i].batch())->position == es::Position{i + 1});
}

// ---- reading typed events -----------------------------------------------------------------------

TEST_CASE("Typed events are passed by reference, without a copy, and keep their addresses") {
    es::MemoryStore store;
    const auto three = fused(3);
    REQUIRE(store.append_unchecked("wire-1", three.batch()));
    std::vector<const Wire*> before;
    std::vector<const Wire*> after;
    const auto visit = [&](std::vector<const Wire*>& seen) {
        return store.read_events<Wire>("wire-1", std::nullopt, [&](const Wire& e, es::Revision r) {
            if (r < es::Revision{3})
                seen.push_back(&e);
        });
    };
    REQUIRE(visit(before));
    for (int i = 0; i < 500; ++i)
        REQUIRE(store.append_unchecked("wire-1", fused(1).batch()));
    Fuse::copies = 0;
    REQUIRE(visit(after));
    CHECK(Fuse::copies == 0);
    CHECK(before == after);
}

TEST_CASE("Typed events are read from one revision to another") {
    es::MemoryStore store;
    for (std::uint64_t i = 0; i < 50; ++i)
        REQUIRE(store.append_unchecked("notes-1", Notes<>({Counted{i}}).batch()));
    const auto numbers = [&](std::uint64_t from, std::optional<es::Revision> last) {
        std::vector<std::uint64_t> all;
        const auto done = store.read_events<Note>(
            "notes-1", es::Revision{from}, last, [&](const Note& note, es::Revision revision) {
                CHECK(std::get<Counted>(note).number == revision.value());
                all.push_back(revision.value());
            });
        CHECK(done);
        return all;
    };
    using Numbers = std::vector<std::uint64_t>;
    constexpr es::Revision far{std::numeric_limits<std::uint64_t>::max()};
    CHECK(numbers(0, {}).size() == 50);
    CHECK(numbers(0, far).size() == 50);
    CHECK(numbers(48, {}) == Numbers{48, 49});
    CHECK(numbers(3, es::Revision{6}) == Numbers{3, 4, 5, 6});
    CHECK(numbers(3, es::Revision{3}) == Numbers{3});
    CHECK(numbers(3, es::Revision{2}).empty());
    CHECK(numbers(50, {}).empty());
    CHECK(numbers(far.value(), far).empty());
    CHECK(read(store, "notes-missing").empty());
}

TEST_CASE("A visitor ends the reading with an error, and its exception is one") {
    es::MemoryStore store;
    REQUIRE(
        store.append_unchecked("notes-1", Notes<>({Counted{1}, Counted{2}, Counted{3}}).batch()));
    int seen = 0;
    const auto stopped = store.read_events<Note>(
        "notes-1", std::nullopt, [&](const Note&, es::Revision revision) -> es::Result<void> {
            ++seen;
            if (revision == es::Revision{1})
                return es::Error(es::errc::rejected, "enough");
            return {};
        });
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().message() == "enough");
    CHECK(seen == 2);
    const auto thrown =
        store.read_events<Note>("notes-1", std::nullopt, [](const Note&, es::Revision) {
            throw_or_skip(std::runtime_error("oh"));
        });
    REQUIRE_FALSE(thrown);
    CHECK(thrown.error() == es::errc::threw);
    CHECK(thrown.error().message() == "a function of the application threw: oh");
}

TEST_CASE("A visitor may use the store that it visits") {
    es::MemoryStore store;
    REQUIRE(store.append_unchecked("notes-1", one().batch()));
    const auto done =
        store.read_events<Note>("notes-1", std::nullopt, [&](const Note&, es::Revision) {
            REQUIRE(store.append_unchecked("notes-1", one("from inside").batch()));
        });
    CHECK(done);
    CHECK(read(store, "notes-1").size() == 2); // what came meanwhile is not visited
}

TEST_CASE("Events are read as they were, whether they came as their own types or as bytes") {
    es::MemoryStore store;
    std::vector<Note> all;
    for (std::uint64_t i = 0; i < 40; ++i) {
        const Notes<> notes({Counted{i}, Written{"note"}});
        const auto batch = notes.batch();
        // runs of both, of all lengths, so that blocks end early
        if (i % 7 < 3)
            REQUIRE(store.append_unchecked("notes-1", batch));
        else
            REQUIRE(store.append_unchecked("notes-1", es::EventBatch(batch)));
        all.insert(all.end(), notes.events.begin(), notes.events.end());
    }
    CHECK(read(store, "notes-1") == all);
    const auto lines = told(store, "notes-1");
    REQUIRE(lines.size() == 80);
    CHECK(lines[0] == R"(notes.counted {"number":0})");
    CHECK(lines[79] == R"(notes.written {"text":"note"})");
    for (std::uint64_t from = 0; from < 80; ++from) {
        const auto page = store.read_stream("notes-1", {.from = es::Revision{from}, .limit = 1});
        REQUIRE(page);
        REQUIRE(page->records().front().revision == es::Revision{from});
        REQUIRE(std::string(page->records().front().type) + " " +
                    std::string(page->records().front().data) ==
                lines[from]);
    }
}

TEST_CASE("An event of another variant is decoded, or named if it can't be") {
    es::MemoryStore store;
    REQUIRE(store.append_unchecked("notes-1", Notes<>({Counted{7}, Written{"a"}}).batch()));
    std::vector<std::uint64_t> numbers;
    const auto done = store.read_events<Counted>(
        "notes-1", std::nullopt,
        [&](const Counted& counted, es::Revision) { numbers.push_back(counted.number); });
    CHECK(numbers == std::vector<std::uint64_t>{7});
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::unknown_type);
    CHECK(done.error().message().find("stream notes-1, revision 1: ") == 0);
}

TEST_CASE("An event that can't be written as JSON is kept, and named when its bytes are read") {
    es::MemoryStore store;
    const auto bad = one("\xFF");
    REQUIRE(store.append_unchecked("notes-1", bad.batch()));
    CHECK(read(store, "notes-1") == bad.events);
    const auto page = store.read_all();
    REQUIRE_FALSE(page);
    CHECK(page.error() == es::errc::invalid);
    CHECK(page.error().message().find("stream notes-1, revision 0: notes.written: $.text: ") == 0);
}

TEST_CASE("A page checks a bounded number of events, and says where it stopped") {
    es::MemoryStore store;
    std::vector<Note> many(10'000, Counted{1});
    REQUIRE(store.append_unchecked("notes-1", Notes<>(many).batch()));
    REQUIRE(store.append_unchecked("notes-1", Notes<>(many).batch()));
    es::AllRead which{.query = {.items = {{.types = {"notes.written"}, .tags = {}}}}};
    const auto first = store.read_all(which);
    REQUIRE(first);
    CHECK(first->empty());
    CHECK_FALSE(first->at_end);
    which.after = first->last_position;
    const auto second = store.read_all(which);
    REQUIRE(second);
    CHECK(second->empty());
    CHECK(second->at_end);
    CHECK(second->last_position == es::Position{20'000});
}

TEST_CASE("Readers see whole events while writers append in both forms", "[waits]") {
    es::MemoryStore store;
    constexpr std::uint64_t appends = 300;
    std::atomic<bool> writing{true};
    std::jthread writer([&] {
        for (std::uint64_t i = 0; i < appends; ++i) {
            const Notes<> notes({Counted{i}});
            const auto batch = notes.batch();
            const auto done = i % 5 == 0 ? store.append_unchecked("notes-1", es::EventBatch(batch))
                                         : store.append_unchecked("notes-1", batch);
            if (!done)
                break;
        }
        writing = false;
    });
    std::size_t wrong = 0;
    for (bool more = true; more;) {
        more = writing;
        std::uint64_t next = 0;
        const auto done = store.read_events<Note>(
            "notes-1", std::nullopt, [&](const Note& note, es::Revision revision) {
                wrong += std::get<Counted>(note).number != next || revision.value() != next;
                ++next;
            });
        wrong += done ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(read(store, "notes-1").size() == appends);
}

// ---- what fails half-way ------------------------------------------------------------------------

TEST_CASE("A copy constructor that throws leaves the store as it was") {
    for (std::size_t before = 0; before <= 5; ++before)
        for (int blown = 1; blown <= 9; ++blown) {
            es::MemoryStore store;
            if (before > 0)
                REQUIRE(store.append_unchecked("wire-1", fused(before).batch()));
            const auto nine = fused(9);
            const int live = Fuse::live;
            Fuse::blows_at_copy = blown;
            const auto done = store.append_unchecked("wire-1", nine.batch());
            Fuse::blows_at_copy = 0;
            REQUIRE_FALSE(done);
            CHECK(done.error() == es::errc::threw);
            CHECK(done.error().message() ==
                  "copying or encoding an event threw: the fuse has blown");
            CHECK(Fuse::live == live);
            CHECK(told(store, "wire-1").size() == before);
            // the same batch can be appended after all
            const auto again = store.append_unchecked("wire-1", nine.batch());
            REQUIRE(again);
            CHECK(again->first == es::Revision{before});
            CHECK(again->position == es::Position{before + 9});
        }
}

TEST_CASE("The events that a store holds are destroyed with its last handle") {
    const int live = Fuse::live;
    {
        es::MemoryStore store;
        REQUIRE(store.append_unchecked("wire-1", fused(20).batch()));
        const es::MemoryStore copy = store;
        CHECK(Fuse::live == live + 20);
    }
    CHECK(Fuse::live == live);
}

TEST_CASE("A tag function that throws leaves the store as it was") {
    es::MemoryStore store;
    const auto done =
        store.append_unchecked("notes-1", Notes<Untaggable>(std::vector<Untaggable>(1)).batch());
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().message() == "stream notes-1: event_tags() threw: no tags today");
    CHECK(told(store, "notes-1").empty());
}

// ---- handles ------------------------------------------------------------------------------------

TEST_CASE("A handle that was moved from is still one") {
    es::MemoryStore store;
    const es::MemoryStore other = std::move(store);
    REQUIRE(store.append_unchecked("notes-1", one().batch()));
    CHECK(read(other, "notes-1").size() == 1);
}

TEST_CASE("A memory store is opened by a URL that names nothing but it") {
    CHECK(es::MemoryStore::open_url(""));
    const auto refused = es::MemoryStore::open_url("combat.db");
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(refused.error().message() == "memory:combat.db: expected nothing after memory:, since "
                                       "such a store is always new");
}
