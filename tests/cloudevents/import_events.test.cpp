// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/import_events.hpp>

#include <eventsourcing/store/any_store.hpp>

#include "catch.hpp"
#include "cloudevents/exporting.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

#if __has_include(<unistd.h>)
#    include <unistd.h>
#endif

namespace import_events_tests {

using namespace exporting;

/// The message of an import that is refused, after which the store is as it was.
std::string refusal(std::string_view text, es::errc kind, es::MemoryStore store = {}) {
    const std::size_t before = event_count(store);
    const auto done = import_text(text, store);
    CHECK(event_count(store) == before);
    REQUIRE_FALSE(done);
    INFO(done.error().message());
    CHECK(done.error() == kind);
    return done.error().message();
}

/// A text that says of itself what it is.
std::string ended(const std::string& lines, std::uint64_t count,
                  es::detail::ExportForm form = es::detail::ExportForm::current) {
    const auto sum = es::detail::Sha256().add(lines).hex();
    return lines + *es::detail::export_end(source, count, sum, form) + "\n";
}

/// A store that gives up after some appends: the next one is done, but the answer gets lost.
struct LosesAnAnswer {
    static constexpr es::Capabilities capabilities = es::MemoryStore::capabilities;

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto done = inside.append(stream, expected, batch, condition, call);
        if (left == 0 && throws)
            throw_or_skip(std::runtime_error("the answer is lost"));
        if (left-- == 0)
            return es::Error(es::errc::unknown_outcome, "the answer is lost");
        return done;
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return inside.append_unchecked(stream, batch, call);
    }
    es::Result<es::Page> read_stream(es::StreamNameView stream, const es::StreamRead& which = {},
                                     const es::CallOptions& call = {}) const {
        return inside.read_stream(stream, which, call);
    }
    es::Result<es::Page> read_all(const es::AllRead& which = {},
                                  const es::CallOptions& call = {}) const {
        return inside.read_all(which, call);
    }
    es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                     const es::CallOptions& call = {}) const {
        return inside.wait_for_append(after, call);
    }

    es::MemoryStore inside;
    int left;
    bool throws = false;
};

TEST_CASE("What was exported and imported is exported the same, byte for byte") {
    es::MemoryStore store;
    fill(store);
    const std::string text = exported(store);
    es::MemoryStore copy;
    const auto done = import_text(text, copy);
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
    CHECK(done->events == event_count(store));
    CHECK(done->appended == event_count(store));
    CHECK(exported(copy) == text);
    // and the store itself is the same, as far as it is its own
    const auto from = store.read_all();
    const auto to = copy.read_all();
    REQUIRE((from && to));
    REQUIRE(from->records().size() == to->records().size());
    for (std::size_t i = 0; i < from->records().size(); ++i) {
        const es::EventRecord& a = from->records()[i];
        const es::EventRecord& b = to->records()[i];
        CHECK(a.id == b.id);
        CHECK(a.stream == b.stream);
        CHECK(a.revision == b.revision);
        CHECK(a.recorded_at == b.recorded_at);
        CHECK(a.type == b.type);
        CHECK(a.version == b.version);
        CHECK(a.content_type == b.content_type);
        CHECK(a.data == b.data);
        CHECK(a.metadata == b.metadata);
        CHECK(a.source == b.source);
        CHECK(std::equal(a.tags.begin(), a.tags.end(), b.tags.begin(), b.tags.end()));
    }
}

TEST_CASE("A source and a content type of no CloudEvent are imported as they were stored") {
    es::MemoryStore store;
    fill(store);
    add(store, "combat-ogre",
        {.type = "a", .version = "1", .content_type = "json", .data = "1", .source = "100%|shop"});
    add(store, "combat-ogre", {.type = "a", .version = "1", .content_type = "%", .data = "\xFF"});
    const std::string text = exported(store);
    es::MemoryStore copy;
    REQUIRE(import_text(text, copy));
    CHECK(exported(copy) == text);
    CHECK(import_text(text, store)->appended == 0); // the same content
    const auto page = copy.read_stream("combat-ogre", {.direction = es::Direction::backward});
    REQUIRE(page);
    CHECK(page->records()[0].source.empty());
    CHECK(page->records()[0].content_type == "%");
    CHECK(page->records()[0].data == "\xFF");
    CHECK(page->records()[1].source == "100%|shop");
    CHECK(page->records()[1].content_type == "json");
    CHECK(page->records()[1].data == "1");
}

TEST_CASE("An import can be done again, and into a store that has moved on") {
    es::MemoryStore store;
    fill(store);
    const std::string text = exported(store);
    auto again = import_text(text, store);
    REQUIRE(again);
    CHECK(again->events == 8);
    CHECK(again->appended == 0);
    CHECK(exported(store) == text);

    add(store, "combat-ogre", {.type = "combat.hit", .version = "1.0", .data = "{}"});
    add(store, "combat-elf", {.type = "combat.hit", .version = "1.0", .data = "{}"});
    again = import_text(text, store);
    REQUIRE(again);
    CHECK(again->appended == 0);

    // the other way round: the first part is there, and other streams
    es::MemoryStore other;
    add(other, "order-1", {.type = "order.placed", .version = "1.0", .data = "{}"});
    REQUIRE(import_text(text, other));
    again = import_text(exported(store), other);
    REQUIRE(again);
    CHECK(again->events == 10);
    CHECK(again->appended == 2);
    CHECK(event_count(other) == 11);
}

TEST_CASE("An import whose answer got lost goes on when it is done again") {
    es::MemoryStore store;
    fill(store);
    const std::string text = exported(store);
    for (int appends = 0; appends < 5; ++appends) {
        LosesAnAnswer copy{.inside = {}, .left = appends};
        const auto lost = import_text(text, copy);
        REQUIRE_FALSE(lost);
        CHECK(lost.error() == es::errc::unknown_outcome);
        CHECK(lost.error().message().find("import, ended after ") == 0);
        if (appends == 2) // ogre, goblin, two ogres at once
            CHECK(lost.error().message() ==
                  "import, ended after 2 of 8 events: line 3: the answer is lost");
        const auto again = import_text(text, copy);
        REQUIRE(again);
        CHECK(again->events == 8);
        CHECK(exported(copy) == text);
    }
}

TEST_CASE("A store that throws ends an import, and what it has done by then is unknown") {
    es::MemoryStore store;
    fill(store);
    LosesAnAnswer other{{}, 2, true};
    const auto done = import_text(exported(store), other);
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().message() == "the store threw: the answer is lost");
    CHECK(done.error().outcome() == es::Outcome::unknown);
}

TEST_CASE("A file that was cut off anywhere is refused, and nothing of it imported") {
    es::MemoryStore store;
    fill_little(store);
    const std::string text = exported(store);
    for (std::size_t size = 0; size < text.size(); ++size) {
        es::MemoryStore copy;
        const auto done = import_text(std::string_view(text).substr(0, size), copy);
        REQUIRE_FALSE(done);
        CHECK(done.error() == es::errc::malformed);
        CHECK(event_count(copy) == 0);
    }
    CHECK(refusal(std::string_view(text).substr(0, text.size() - 1), es::errc::malformed) ==
          "import, nothing was appended: line 3: it has no end: the file was cut off");
    const std::string without_end = text.substr(0, text.rfind('\n', text.size() - 2) + 1);
    CHECK(refusal(without_end, es::errc::malformed) ==
          "import, nothing was appended: line 3: expected one more, the file was cut off");
}

TEST_CASE("A file of which any byte was altered is refused, and nothing of it imported") {
    es::MemoryStore store;
    fill_little(store);
    const std::string text = exported(store);
    for (std::size_t at = 0; at < text.size(); ++at)
        for (const int bit : {0, 5}) {
            std::string altered = text;
            altered[at] = static_cast<char>(altered[at] ^ (1 << bit));
            es::MemoryStore copy;
            const auto done = import_text(altered, copy);
            INFO(at << " " << bit);
            REQUIRE_FALSE(done);
            REQUIRE(event_count(copy) == 0);
        }
}

TEST_CASE("Lines that were left out, doubled, swapped or added are noticed") {
    es::MemoryStore store;
    for (int i = 0; i < 3; ++i)
        add(store, "combat-ogre", {.type = "combat.hit", .version = "1.0", .data = "{}"});
    const std::string text = exported(store);
    const std::size_t one = text.find('\n') + 1;
    const std::size_t two = text.find('\n', one) + 1;
    const std::size_t three = text.find('\n', two) + 1;
    const auto line = [&](std::size_t from, std::size_t to) {
        return text.substr(from, to - from);
    };
    const std::string end = text.substr(three);

    CHECK(refusal(line(0, two) + end, es::errc::malformed).find("the file was altered") !=
          std::string::npos);
    for (const std::string& other :
         {line(one, three) + end, line(0, three) + line(two, three) + end,
          line(one, two) + line(0, one) + line(two, three) + end, text + line(0, one), text + end,
          text + "\n", "\n" + text, "\xEF\xBB\xBF" + text, std::string()})
        CHECK_FALSE(refusal(other, es::errc::malformed).empty());

    // the same with a checksum that is right: revisions must follow each other
    CHECK(refusal(ended(line(0, one) + line(two, three), 2), es::errc::malformed) ==
          "import, nothing was appended: line 1: stream combat-ogre, revision 2: expected "
          "revision 1");
    CHECK(refusal(ended(line(one, three), 2), es::errc::conflict) ==
          "import, nothing was appended: line 1: stream combat-ogre, revision 1: the file begins "
          "with it, but in the store the stream has 0 events");
    CHECK(refusal(ended(line(0, one) + line(0, one), 2), es::errc::invalid).find("twice") !=
          std::string::npos);
}

TEST_CASE("What is no line of an export is refused by name") {
    const auto with = [](std::string_view member, std::string_view instead) {
        std::string line =
            R"({"specversion":"1.0","id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",)"
            R"("source":"events://example.org/combat","type":"combat.hit","subject":"combat-ogre",)"
            R"("time":"2026-01-01T00:00:00Z","datacontenttype":"application/json",)"
            R"("streamrevision":"0","tags":"a,b","typeversion":"1.0","data":{}})"
            "\n";
        const std::size_t at = line.find(member);
        REQUIRE(at != line.npos);
        return ended(line.replace(at, member.size(), instead), 1);
    };
    const auto says = [&](std::string_view member, std::string_view instead, es::errc kind,
                          const std::string& message) {
        CHECK(refusal(with(member, instead), kind) ==
              "import, nothing was appended: line 1: " + message);
    };
    es::MemoryStore store;
    REQUIRE(import_text(with("{}", "{}"), store));

    says(R"("time":"2026-01-01T00:00:00Z",)", "", es::errc::malformed, "expected a time, got none");
    says(R"("datacontenttype":"application/json",)", "", es::errc::malformed,
         "expected a datacontenttype, got none");
    says(R"("streamrevision":"0")", R"("streamrevision":"-1")", es::errc::malformed,
         "streamrevision: expected a number, got \"-1\"");
    says(R"("streamrevision":"0")", R"("streamrevision":"0x")", es::errc::malformed,
         "streamrevision: expected a number, got \"0x\"");
    says(R"("streamrevision":"0")", R"("streamrevision":"18446744073709551616")",
         es::errc::malformed, "streamrevision: expected a number, got \"18446744073709551616\"");
    says(R"(,"data":{})", "", es::errc::malformed, "expected data, got none");
    says(R"("a,b")", R"("a%2,b")", es::errc::malformed,
         "tags: expected % before two hexadecimal digits");
    says(R"("tags":)", R"("metadata":"%zz","tags":)", es::errc::malformed,
         "metadata: expected % before two hexadecimal digits");
    says(
        R"("a,b")", R"("b,a")", es::errc::invalid,
        "event 0 of the batch: tag \"a\" comes after \"b\": expected its tags sorted, each of them "
        "once");
    says(R"("typeversion":"1.0",)", "", es::errc::invalid,
         "event 0 of the batch: version \"\": expected 1 to 255 printable ASCII characters "
         "without blanks");
    CHECK_FALSE(refusal(with("combat-ogre", "ogre"), es::errc::malformed).empty());
    CHECK_FALSE(refusal(with("018f3c1e-7b2a", "018f3c1e-7b2"), es::errc::malformed).empty());
    CHECK_FALSE(refusal("{}\n", es::errc::malformed).empty());
    CHECK(
        refusal(std::string(17 * 1024 * 1024, ' '), es::errc::malformed) ==
        "import, nothing was appended: line 1: it is longer than any event is; this is not a file "
        "that export_events wrote");
}

TEST_CASE("A file of the older form, with bytes in an extension, is still read") {
    const auto line = [](std::string_view stored) {
        return ended(
            R"({"specversion":"1.0","id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",)"
            R"("source":"events://example.org/combat","type":"picture.taken","subject":"picture-1",)"
            R"("time":"2026-01-01T00:00:00Z","datacontenttype":"image/png",)"
            R"("storeddata":")" +
                std::string(stored) + R"(","streamrevision":"0","typeversion":"1.0"})" + "\n",
            1, es::detail::ExportForm::older);
    };
    es::MemoryStore store;
    REQUIRE(import_text(line("%89PNG%0D%0A%00%FF%25"), store));
    const auto page = store.read_stream("picture-1");
    REQUIRE((page && page->records().size() == 1));
    CHECK(page->records()[0].data == std::string_view("\x89PNG\r\n\0\xFF%", 9));
    CHECK(page->records()[0].source == source);
    CHECK(refusal(line("%8"), es::errc::malformed) ==
          "import, nothing was appended: line 1: storeddata: expected % before two hexadecimal "
          "digits");
}

TEST_CASE("An import into a store that has something else in the file's streams is a conflict") {
    es::MemoryStore store;
    fill(store);
    es::MemoryStore other;
    fill(other);
    const std::string message = refusal(exported(store), es::errc::conflict, other);
    CHECK(message.find("import, nothing was appended: line 1: stream combat-ogre, revision 0: the "
                       "store has another event there than the file") == 0);
}

TEST_CASE("An event that differs from the file's in one thing alone is a conflict") {
    static constexpr std::array<std::string_view, 1> tags{"kind:ogre"};
    const es::NewEvent event{.id = *es::Uuid::parse("018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f"),
                             .type = "combat.hit",
                             .version = "1.0",
                             .content_type = "application/json",
                             .data = "{}",
                             .metadata = "{}",
                             .recorded_at = es::Timestamp::from_unix(1'767'225'600),
                             .tags = tags,
                             .source = "events://example.org/combat"};
    const auto store_of = [](const es::NewEvent& one) {
        es::MemoryStore store;
        REQUIRE(store.append_unchecked("combat-ogre", es::EventBatch({&one, 1})));
        return store;
    };
    const std::string text = exported(store_of(event));
    auto same = store_of(event);
    CHECK(import_text(text, same));
    const auto check = [&](auto change) {
        es::NewEvent other = event;
        change(other);
        CHECK_FALSE(refusal(text, es::errc::conflict, store_of(other)).empty());
    };
    check([](auto& one) { one.id = *es::Uuid::parse("018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e90"); });
    check([](auto& one) { one.type = "combat.missed"; });
    check([](auto& one) { one.version = "1.1"; });
    check([](auto& one) { one.content_type = "text/json"; });
    check([](auto& one) { one.data = "{ }"; });
    check([](auto& one) { one.metadata = ""; });
    check([](auto& one) { one.recorded_at = es::Timestamp::from_unix(1'767'225'600, 1); });
    check([](auto& one) { one.tags = {}; });
    check([](auto& one) { one.source = "events://example.org/arena"; });
    es::NewEvent of_old = event;
    of_old.source = {}; // stored by a program that kept none
    auto old = store_of(of_old);
    CHECK(import_text(text, old));
}

TEST_CASE("Long runs of one stream are imported in several appends") {
    es::MemoryStore store;
    constexpr std::size_t count = 2 * es::default_page_size + 3;
    for (std::size_t i = 0; i < count; ++i)
        add(store, "combat-ogre", {.type = "combat.hit", .version = "1.0", .data = "{}"});
    const std::string text = exported(store);
    LosesAnAnswer copy{.inside = {}, .left = 1};
    const auto lost = import_text(text, copy);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().message() ==
          "import, ended after 500 of 1003 events: line 501: the answer is lost");
    const auto done = import_text(text, copy);
    REQUIRE(done);
    CHECK(done->appended == 3);
    CHECK(exported(copy) == text);
}

TEST_CASE("Large events of one stream are imported in several appends") {
    es::MemoryStore store;
    const std::string data = "\"" + std::string(es::max_event_size / 2, 'x') + "\"";
    for (int i = 0; i < 3; ++i)
        add(store, "combat-ogre", {.type = "combat.hit", .version = "1.0", .data = data});
    LosesAnAnswer copy{.inside = {}, .left = 2};
    const auto lost = import_text(exported(store), copy);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().message() ==
          "import, ended after 2 of 3 events: line 3: the answer is lost");
}

TEST_CASE("The largest event, of bytes that no line can hold as they are, is imported") {
    es::MemoryStore store;
    add(store, "picture-1",
        {.type = "picture.taken",
         .version = "1.0",
         .content_type = "image/png",
         .data = std::string(es::max_event_size, '\0')});
    es::MemoryStore copy;
    const auto done = import_text(exported(store), copy);
    INFO((done ? "" : done.error().message()));
    REQUIRE(done);
    const auto page = copy.read_stream("picture-1");
    REQUIRE((page && page->records().size() == 1));
    CHECK(page->records()[0].data == std::string(es::max_event_size, '\0'));
}

TEST_CASE("An import starts at the current place of the file, and ends after a stop") {
    es::MemoryStore store;
    fill(store);
    const std::string text = exported(store);
    const File file("a header of mine\n" + text);
    while (std::fgetc(file) != '\n') {
    }
    es::AnyStore copy{es::MemoryStore()};
    REQUIRE(es::import_events(file, copy));
    CHECK(exported(copy) == text);

    std::stop_source stop;
    stop.request_stop();
    es::MemoryStore none;
    const File again(text);
    const auto stopped = es::import_events(again, none, {.stop = stop.get_token()});
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error() == es::errc::cancelled);
    CHECK(stopped.error().message().find("import, nothing was appended: ") == 0);
    CHECK(event_count(none) == 0);
}

#if __has_include(<unistd.h>)
TEST_CASE("A file that can't be read is no reason to say that it is malformed") {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> folder(std::fopen("/", "r"),
                                                                 &std::fclose);
    REQUIRE(folder); // on Linux; there reading it fails
    es::MemoryStore store;
    const auto refused = es::import_events(folder.get(), store);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unavailable);
    CHECK(refused.error().message() == "import, nothing was appended: line 1: the file can't be "
                                       "read: Is a directory");
}

TEST_CASE("A file that is at its end, as after an import, says that it has to be rewound") {
    es::MemoryStore store;
    fill_little(store);
    const File file(exported(store));
    es::MemoryStore other;
    REQUIRE(es::import_events(file, other));
    const auto again = es::import_events(file, other);
    REQUIRE_FALSE(again);
    CHECK(again.error() == es::errc::malformed);
    CHECK(again.error().message() ==
          "import, nothing was appended: the file is at its end, where nothing is left to read: "
          "rewind it before it is imported (again)");
    std::rewind(file);
    CHECK(es::import_events(file, other)->appended == 0);
}

TEST_CASE("A pipe can't be imported from") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::FILE* const in = ::fdopen(ends[0], "r");
    es::MemoryStore store;
    const auto refused = es::import_events(in, store);
    std::fclose(in);
    ::close(ends[1]);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::unsupported);
}
#endif

} // namespace import_events_tests
