// SPDX-License-Identifier: MIT
#include <eventsourcing/store/event_reader.hpp>

#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "store/notes.hpp"
#include "throw_or_skip.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace notes;

namespace {

es::EventRecord record(std::string_view type, std::string_view data) {
    return {.id = es::Environment{}.new_id(),
            .stream = "notes-1",
            .revision = es::Revision{3},
            .position = es::Position{9},
            .recorded_at = es::Timestamp::from_unix(5, 7),
            .type = type,
            .version = "1.0",
            .content_type = "application/json",
            .data = data};
}

template <class... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

struct Burnt {
    static constexpr std::string_view event_type = "notes.burnt";
    static constexpr std::string_view event_type_version = "1.0";
    static constexpr std::string_view event_source = "events://example.org/notes";
};

/// What a visitor was told.
struct Told {
    std::string said;

    void operator()(const Written& e) { said += "written " + e.text + "; "; }
    void operator()(const Counted& e, const es::EventRecord& in) {
        said += "counted " + std::to_string(e.number) + " at " +
                std::to_string(in.position->value()) + "; ";
    }
    void operator()(const es::Recorded<Filed>& e) {
        said += "filed " + e.event.drawer + " by " + e.metadata.values.at("who") + "; ";
    }
};

/// Does not matter, or should not be called.
struct Unseen {
    template <class E>
    void operator()(const E&) const {
        FAIL("visited");
    }
};

} // namespace

TEST_CASE("A reader calls the visitor with each record as its own struct") {
    es::MemoryStore store;
    Notes<> notes({Written{"a"}, Counted{5}, Filed{"b"}, Written{"c"}});
    notes.metadata = {.values = {{"who", "ann"}}};
    REQUIRE(store.append_unchecked("notes-1", notes.batch()));
    const auto page = store.read_stream("notes-1").value();
    es::EventReader<Written, Counted, Filed> reader;
    Told told;
    for (const es::EventRecord& record : page)
        REQUIRE(reader.read(record, told));
    CHECK(told.said == "written a; counted 5 at 2; filed b by ann; written c; ");

    Told once;
    for (const es::EventRecord& record : page)
        REQUIRE(es::decode_as<Written, Counted, Filed>(record, once));
    CHECK(once.said == told.said);
}

TEST_CASE("A visitor that takes a recorded event gets all that decode_record gives") {
    es::MemoryStore store;
    Notes<> notes({Written{"a"}, Filed{"b"}});
    notes.metadata = {.correlation_id = "request-1", .values = {{"who", "ann"}}};
    REQUIRE(store.append_unchecked("notes-1", notes.batch()));
    std::optional<es::Recorded<Filed>> seen;
    {
        const auto page = store.read_stream("notes-1").value();
        REQUIRE(es::decode_as<Filed>(page.records()[1],
                                     [&](es::Recorded<Filed>&& e) { seen = std::move(e); }));
    } // it does not need the page
    REQUIRE(seen);
    CHECK(seen->event == Filed{"b"});
    CHECK(seen->id == notes.ids[1]);
    CHECK(seen->stream == "notes-1");
    CHECK(seen->revision == es::Revision{1});
    CHECK(seen->position == es::Position{2});
    CHECK(seen->recorded_at == notes.recorded_at);
    CHECK(seen->metadata == notes.metadata);
    CHECK(seen->tags == Lines{"drawer:b"});
    CHECK(seen->source == "events://example.org/notes");
}

TEST_CASE("A variant among the structs of a reader stands for its alternatives") {
    const auto name = Overloaded{[](const Written&) { return 1; }, [](const Counted&) { return 2; },
                                 [](const Filed&) { return 3; }, [](const Burnt&) { return 4; }};
    es::EventReader<Note, Burnt> mixed;
    CHECK(mixed.read(record("notes.filed", R"({"drawer":"x"})"), name).value() == 3);
    CHECK(mixed.read(record("notes.burnt", "{}"), name).value() == 4);
    CHECK(es::decode_as<Note>(record("notes.counted", R"({"number":1})"), name).value() == 2);
    CHECK(es::decode_as<Burnt, Note>(record("notes.written", R"({"text":""})"), name).value() == 1);
}

TEST_CASE("What the visitor returns is the result of the reader") {
    const auto written = record("notes.written", R"({"text":"a"})");
    const es::Result<std::string> value =
        es::decode_as<Written>(written, [](Written&& e) { return std::move(e.text); });
    CHECK(value.value() == "a");
    const es::Result<void> nothing = es::decode_as<Written>(written, [](const Written&) {});
    CHECK(nothing);
    const es::Result<int> result =
        es::decode_as<Written>(written, [](Written) -> es::Result<int> { return 5; });
    CHECK(result.value() == 5);
    const auto refused = es::decode_as<Written>(written, [](const Written&) -> es::Result<void> {
        return es::Error(es::errc::invalid, "negative deposit");
    });
    CHECK(fails_with(es::errc::invalid, refused));
    CHECK(message_of(refused) == "stream notes-1, revision 3: negative deposit");
}

TEST_CASE("A record that is none of the structs is told apart, and the visitor is not called") {
    es::EventReader<Written, Counted> reader;
    using Reader = es::EventReader<Written, Counted>;
    const auto filed = record("notes.filed", R"({"drawer":"x"})");
    CHECK(message_of(reader.read(filed, Unseen{})) ==
          "stream notes-1, revision 3: event type \"notes.filed\": not among those declared here "
          "(notes.written, notes.counted); add it to the variant, or as an alias");
    CHECK(fails_with(es::errc::unknown_type, reader.read(filed, Unseen{})));
    CHECK_FALSE(Reader::knows(filed.type));

    auto later = record("notes.counted", R"({"number":5})");
    later.version = "2.0";
    CHECK(fails_with(es::errc::unknown_version, reader.read(later, Unseen{})));
    CHECK(message_of(reader.read(later, Unseen{})).find("stream notes-1, revision 3: ") == 0);
    CHECK(Reader::knows(later.type)); // only this version is not known
    CHECK(fails_with(es::errc::unknown_version, es::decode_as<Counted>(later, Unseen{})));
}

TEST_CASE("The errors of a reader are those of decode_record") {
    const auto same = [](const es::EventRecord& from) {
        const std::string expected = message_of(es::decode_record<Note>(from));
        const auto sink =
            Overloaded{[](const es::Recorded<Written>&) {}, [](const es::Recorded<Counted>&) {},
                       [](const es::Recorded<Filed>&) {}};
        es::EventReader<Note> reader;
        return message_of(reader.read(from, sink)) == expected &&
               message_of(es::decode_as<Note>(from, sink)) == expected && expected != "no error";
    };
    CHECK(same(record("notes.counted", R"({"number":-5})")));
    CHECK(same(record("notes.counted", R"({"number":5} x)")));
    CHECK(same(record("notes.burnt", "{}")));
    auto other = record("notes.counted", R"({"number":5})");
    other.version = "2.0";
    CHECK(same(other));
    other = record("notes.counted", "\x01");
    other.content_type = "application/octet-stream";
    CHECK(same(other));
    other = record("notes.counted", R"({"number":5})");
    other.metadata = "[]";
    CHECK(same(other));
    other = record("notes.counted", R"({"number":5})");
    other.stream = "$ce-notes";
    CHECK(same(other));
}

TEST_CASE("Metadata is read only for a visitor that takes it") {
    auto foreign = record("notes.counted", R"({"number":5})");
    foreign.metadata = "[]";
    foreign.stream = "$ce-notes";
    CHECK(es::decode_as<Counted>(foreign, [](const Counted& e) { return e.number; }).value() == 5);
    CHECK(fails_with(es::errc::malformed,
                     es::decode_as<Counted>(record("notes.counted", "[]"), Unseen{})));
}

namespace {
struct WithDefaults {
    static constexpr std::string_view event_type = "notes.defaults";
    static constexpr std::string_view event_type_version = "1.0";
    static constexpr std::string_view event_source = "events://example.org/notes";
    std::optional<std::string> by = "nobody";
    std::vector<int> numbers{};
};
struct Cursed {
    static constexpr std::string_view event_type = "notes.cursed";
    static constexpr std::string_view event_type_version = "1.0";
    static constexpr std::string_view event_source = "events://example.org/notes";
    std::string text = curse();
    static std::string curse() { throw_or_skip(std::runtime_error("cursed")); }
};
} // namespace

TEST_CASE("An event that is read into again has nothing of the event before") {
    es::EventReader<WithDefaults> reader;
    std::string all;
    for (const auto* data : {R"({"by":"ann","numbers":[1,2]})", R"({"numbers":[]})",
                             R"({"by":null,"numbers":[3]})", R"({"numbers":[4]})"})
        REQUIRE(reader.read(record("notes.defaults", data), [&](const WithDefaults& e) {
            all += e.by.value_or("null") + std::to_string(e.numbers.size()) + " ";
        }));
    CHECK(all == "ann2 nobody0 null1 nobody1 ");
    // also if a visitor has taken it
    std::vector<WithDefaults> taken;
    for (int i = 0; i < 2; ++i)
        REQUIRE(reader.read(record("notes.defaults", R"({"numbers":[7]})"),
                            [&](WithDefaults&& e) { taken.push_back(std::move(e)); }));
    for (const auto& e : taken)
        CHECK((e.by == "nobody" && e.numbers == std::vector{7}));
    // and if reading it has failed
    CHECK_FALSE(
        reader.read(record("notes.defaults", R"({"by":"bob","numbers":[1,"x"]})"), Unseen{}));
    CHECK(reader
              .read(record("notes.defaults", R"({"numbers":[]})"),
                    [](const WithDefaults& e) {
                        return e.by.value_or("null") + std::to_string(e.numbers.size());
                    })
              .value() == "nobody0");
}

TEST_CASE("A reader does not take the record of another page for one of the page before") {
    // the same addresses hold another type
    std::array<char, 13> type{};
    const auto at = [&](std::string_view name, std::string_view data) {
        std::copy(name.begin(), name.end(), type.begin());
        return record(std::string_view(type.data(), name.size()), data);
    };
    es::EventReader<Note> reader;
    Told told;
    REQUIRE(reader.read(at("notes.written", R"({"text":"a"})"), told));
    REQUIRE(reader.read(at("notes.counted", R"({"number":5})"), told));
    CHECK(told.said == "written a; counted 5 at 9; ");
}

TEST_CASE("A visitor or an event that throws is an error with the place") {
    const auto cursed = es::decode_as<Cursed>(record("notes.cursed", R"({"text":"a"})"), Unseen{});
    CHECK(fails_with(es::errc::threw, cursed));
    CHECK(message_of(cursed) == "stream notes-1, revision 3: notes.cursed: making or reading the "
                                "event threw: cursed");
    const auto thrown =
        es::decode_as<Counted>(record("notes.counted", R"({"number":5})"),
                               [](const Counted&) { throw_or_skip(std::runtime_error("no")); });
    CHECK(fails_with(es::errc::threw, thrown));
    CHECK(message_of(thrown) == "stream notes-1, revision 3: the visitor threw: no");
}

namespace {
struct ArchivedV1 {
    static constexpr std::string_view event_type = "notes.archived";
    static constexpr std::string_view event_type_version = "1";
    static constexpr std::string_view event_source = "events://example.org/notes";
    std::string box;
};
struct ArchivedV2 {
    static constexpr std::string_view event_type = "notes.archived";
    static constexpr std::string_view event_type_version = "2";
    static constexpr std::string_view event_source = "events://example.org/notes";
    std::string box;
    std::uint64_t at = 0;
    static ArchivedV2 upcast(const ArchivedV1& old, const es::EventRecord& record) {
        return {old.box, record.revision.value()};
    }
};
struct Archived {
    static constexpr std::string_view event_type = "notes.archived";
    static constexpr std::string_view event_type_version = "3";
    static constexpr std::string_view event_source = "events://example.org/notes";
    std::string box;
    std::uint64_t at = 0;
    bool sealed = false;
    static es::Result<Archived> upcast(const ArchivedV2& old) {
        if (old.box.empty())
            return es::Error(es::errc::invalid, "no box");
        return Archived{old.box, old.at, true};
    }
};
} // namespace

TEST_CASE("A reader makes an event of an older version into that of today") {
    es::EventReader<Written, Archived> reader;
    std::string all;
    const auto visit = Overloaded{[&](const Written& e) { all += e.text + " "; },
                                  [&](const es::Recorded<Archived>& e) {
                                      all += e.event.box + std::to_string(e.event.at) +
                                             (e.event.sealed ? "sealed " : "open ");
                                  }};
    const auto archived = [](std::string_view version, std::string_view data) {
        auto from = record("notes.archived", data);
        from.version = version;
        return from;
    };
    for (const auto& from :
         {archived("1", R"({"box":"a"})"), archived("3", R"({"box":"b","at":7,"sealed":false})"),
          archived("2", R"({"box":"c","at":8})"), record("notes.written", R"({"text":"x"})")}) {
        REQUIRE(reader.read(from, visit));
        REQUIRE(es::decode_as<Archived, Written>(from, visit));
    }
    CHECK(all == "a3sealed a3sealed b7open b7open c8sealed c8sealed x x ");

    for (const auto& from : {archived("2", R"({"box":"","at":8})"), archived("1", R"({"box":5})"),
                             archived("1", R"({"box":"a"} x)"), archived("4", "{}")}) {
        const auto expected = es::decode_record<Archived>(from);
        REQUIRE_FALSE(expected);
        CHECK(message_of(reader.read(from, visit)) == expected.error().message());
        CHECK(fails_with(expected.error().kind(), reader.read(from, visit)));
    }
}
