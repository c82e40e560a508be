// SPDX-License-Identifier: MIT
#include <eventsourcing/store/any_store.hpp>

#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace notes;

namespace {

/// Checks what an append expects, and can do nothing else.
class PlainStore {
public:
    static constexpr es::Capabilities capabilities{.expected_revision = true};

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch, const es::AppendCondition& = {},
                                   const es::CallOptions& call = {}) {
        return inner.append(stream, expected, batch, {}, call);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return inner.append_unchecked(stream, batch, call);
    }
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        return inner.read_stream(stream, which, call);
    }

    es::MemoryStore inner;
};

template <class T>
std::string refusal(const es::Result<T>& answer) {
    if (answer || answer.error() != es::errc::unsupported)
        return "not refused";
    return answer.error().message();
}

/// Throws from every function, except for those that make and copy it.
class ThrowingStore {
public:
    static constexpr es::Capabilities capabilities{
        .expected_revision = true, .conditions = true, .global_order = true, .wakes_readers = true};

    static es::Result<es::Receipt> append(es::StreamNameView, es::ExpectedRevision,
                                          const es::EventBatch&, const es::AppendCondition& = {},
                                          const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::EventBatch&,
                                                    const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<es::Page> read_stream(es::StreamNameView, const es::StreamRead& = {},
                                            const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<es::Page> read_all(const es::AllRead& = {}, const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<bool> wait_for_append(std::optional<es::Position>,
                                            const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<es::Uuid> store_id() { throw_or_skip(std::runtime_error("no disk")); }
    static void close() { throw_or_skip(std::runtime_error("no disk")); }

    static es::Result<es::Receipt> append_if(es::StreamNameView, const es::EventBatch&,
                                             const es::AppendCondition&,
                                             const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::vector<std::optional<es::Receipt>>>
    append_all(std::span<const es::StreamBatch>, const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<es::Page> find_event(const es::Uuid&, const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::optional<es::Position>> head(const es::CallOptions& = {}) {
        throw_or_skip(std::runtime_error("no disk"));
    }

    static es::Result<std::optional<es::Progress>> load_progress(const es::ProgressKey&,
                                                                 const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::vector<std::pair<es::ProgressKey, es::Progress>>>
    list_progress(const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<void> commit_progress(const es::ProgressCommit&, const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<bool> drop_progress(const es::ProgressKey&, const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::optional<std::string>> load_row(const es::ProgressKey&, std::string_view,
                                                           const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::vector<es::RowCommit>> load_rows(const es::ProgressKey&,
                                                            std::optional<std::string_view>,
                                                            std::size_t, const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::vector<es::ParkedEvent>> load_parked(const es::ProgressKey&,
                                                                std::optional<std::string_view>,
                                                                std::size_t,
                                                                const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<void> save_snapshot(const es::Snapshot&, const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::optional<es::Snapshot>>
    load_snapshot(es::StreamNameView, std::string_view, std::string_view, const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
    static es::Result<std::uint64_t> prune_snapshots(std::string_view, std::string_view,
                                                     const es::CallOptions&) {
        throw_or_skip(std::runtime_error("no disk"));
    }
};

template <class T>
void check_threw(const es::Result<T>& answer, es::Outcome outcome) {
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == es::errc::threw);
    CHECK(answer.error().message() == "the store inside threw: no disk");
    CHECK(answer.error().outcome() == outcome);
}

} // namespace

static_assert(es::EventStore<PlainStore>);
static_assert(es::EventStore<es::AnyStore>);
static_assert(es::AnyStore::capabilities.conditions && es::AnyStore::capabilities.global_order);
// what some store inside does not keep is not promised
static_assert(!es::AnyStore::capabilities.durable && !es::AnyStore::capabilities.keeps_bytes &&
              !es::AnyStore::capabilities.checks_positions);

TEST_CASE("A store whose type is forgotten says what it is and what it can do") {
    const es::AnyStore memory = es::MemoryStore{};
    CHECK(memory.name() == "MemoryStore");
    CHECK(memory.actual_capabilities() == es::MemoryStore::capabilities);
    const es::AnyStore plain = PlainStore{};
    CHECK(plain.name() == "PlainStore");
    CHECK_FALSE(plain.actual_capabilities().conditions);
    CHECK(memory.actual_capabilities().checks_positions);
    CHECK_FALSE(plain.actual_capabilities().checks_positions);
}

TEST_CASE("A store that holds another answers for it what it promises and which verbs it has") {
    const es::AnyStore memory = es::MemoryStore{};
    CHECK(es::promises_of(memory) == es::MemoryStore::capabilities);
    CHECK(es::promises_of(memory) == es::promises_of(es::MemoryStore{}));
    const es::Verbs all_but_sync{.append_if = true,
                                 .append_all = true,
                                 .head = true,
                                 .find_event = true,
                                 .progress = true,
                                 .snapshots = true};
    CHECK(es::verbs_of(memory) == all_but_sync);
    CHECK(es::verbs_of(es::MemoryStore{}) == all_but_sync);
    CHECK(es::verbs_of(es::AnyStore(PlainStore{})) == es::Verbs{});
    CHECK(es::promises_of(es::AnyStore(PlainStore{})) == PlainStore::capabilities);
}

TEST_CASE("A store whose type is forgotten passes the verbs on") {
    const es::MemoryStore memory;
    const es::AnyStore any = memory;
    const auto note = one();
    const es::AppendCondition nothing_at_all{.fail_if_exists = {.items = {{}}}, .after = {}};
    REQUIRE(any.append_if("notes-1", note.batch(), nothing_at_all));
    CHECK(any.append_if("notes-1", one().batch(), nothing_at_all).error() ==
          es::errc::condition_failed);
    const auto second = one();
    const auto batch = second.batch();
    const es::StreamBatch parts[] = {{"notes-2", no_stream, batch}};
    REQUIRE(any.append_all(parts));
    CHECK(*any.head() == es::Position{2});
    CHECK(any.find_event(second.ids[0])->records().front().stream == "notes-2");
    CHECK(any.find_event(note.ids[0])->records().front().stream == "notes-1");

    const es::ProgressCommit commit{.key = {.name = "board"}, .next = {.status = "live"}};
    REQUIRE(any.commit_progress(commit));
    CHECK(any.load_progress(commit.key).value()->status == "live");
    CHECK(any.list_progress()->size() == 1);
    CHECK(any.load_row(commit.key, "row").value() == std::nullopt);
    CHECK(any.load_rows(commit.key, {}, 10)->empty());
    CHECK(any.load_parked(commit.key, {}, 10)->empty());
    CHECK(any.drop_progress(commit.key).value());
    const es::Snapshot snapshot{.stream = es::StreamName("notes-1"),
                                .kind = "Note",
                                .fingerprint = "1",
                                .event_id = note.ids[0],
                                .data = "{}"};
    REQUIRE(any.save_snapshot(snapshot));
    CHECK(any.load_snapshot("notes-1", "Note", "1").value() == snapshot);
    CHECK(any.prune_snapshots("Note", "2").value() == 1);
}

TEST_CASE("A store whose type is forgotten passes everything on") {
    es::MemoryStore memory;
    es::AnyStore any = memory;
    const es::AnyStore copy = any;
    const auto note = one();
    REQUIRE(any.append("notes-1", no_stream, note.batch()));
    REQUIRE(any.append_unchecked("notes-1", one().batch()));
    CHECK(told(memory, "notes-1").size() == 2);
    CHECK(told(copy, "notes-1").size() == 2);
    CHECK(copy.read_all()->records().size() == 2);
    CHECK(*copy.wait_for_append({}));
    CHECK(*copy.store_id() == *memory.store_id());
    REQUIRE(any.close());
    CHECK(memory.read_all().error() == es::errc::closed);
}

TEST_CASE("What a store throws is an error, and what an append has done by then is unknown") {
    es::AnyStore any = ThrowingStore{};
    check_threw(any.append("notes-1", no_stream, one().batch()), es::Outcome::unknown);
    check_threw(any.append_unchecked("notes-1", one().batch()), es::Outcome::unknown);
    check_threw(any.read_stream("notes-1"), es::Outcome::not_done);
    check_threw(any.read_all(), es::Outcome::not_done);
    check_threw(any.wait_for_append({}), es::Outcome::not_done);
    check_threw(any.store_id(), es::Outcome::not_done);
    check_threw(any.close(), es::Outcome::not_done);
}

TEST_CASE("What a verb of a store throws is an error, and what it has written by then is unknown") {
    const es::AnyStore any = ThrowingStore{};
    const es::ProgressKey key{.name = "board"};
    check_threw(any.append_if("notes-1", one().batch(), {}), es::Outcome::unknown);
    check_threw(any.append_all({}), es::Outcome::unknown);
    check_threw(any.find_event({}), es::Outcome::not_done);
    check_threw(any.head(), es::Outcome::not_done);
    check_threw(any.commit_progress({.key = key}), es::Outcome::unknown);
    check_threw(any.drop_progress(key), es::Outcome::unknown);
    check_threw(any.load_progress(key), es::Outcome::not_done);
    check_threw(any.list_progress(), es::Outcome::not_done);
    check_threw(any.load_row(key, ""), es::Outcome::not_done);
    check_threw(any.load_rows(key, {}, 1), es::Outcome::not_done);
    check_threw(any.load_parked(key, {}, 1), es::Outcome::not_done);
    const es::Snapshot snapshot{
        .stream = es::StreamName("notes-1"), .kind = "Note", .fingerprint = "1", .data = "{}"};
    check_threw(any.save_snapshot(snapshot), es::Outcome::unknown);
    check_threw(any.load_snapshot("notes-1", "Note", "1"), es::Outcome::not_done);
    check_threw(any.prune_snapshots("Note", "2"), es::Outcome::unknown);
}

TEST_CASE("What a store can't do is refused with its name and the capability") {
    es::AnyStore plain = PlainStore{};
    CHECK(refusal(plain.read_all()) ==
          "PlainStore can't read all events in their order (global_order); "
          "AnyStore::actual_capabilities() and actual_verbs() say what it can do: use another "
          "store, such as SqliteStore, if you need that");
    CHECK(refusal(plain.wait_for_append({})).find("PlainStore can't wait") == 0);
    CHECK(refusal(plain.store_id()).find("PlainStore can't tell its id (store_id)") == 0);
    CHECK(refusal(plain.close()).find("PlainStore can't be closed") == 0);
    CHECK(refusal(plain.append_if("notes-1", one().batch(), {}))
              .find("PlainStore can't append on a condition alone (append_if)") == 0);
    CHECK(
        refusal(plain.append_all({})).find("PlainStore can't append to several streams at once") ==
        0);
    CHECK(refusal(plain.head()).find("PlainStore can't tell its last position (head)") == 0);
    CHECK(refusal(plain.find_event({})).find("PlainStore can't find an event by its id") == 0);
    CHECK(refusal(plain.sync({})).find("PlainStore can't sync up to a position (sync)") == 0);
    CHECK(refusal(plain.list_progress()).find("PlainStore can't keep progress") == 0);
    CHECK(refusal(plain.prune_snapshots("Combat", "1")).find("PlainStore can't keep snapshots") ==
          0);
    const es::AppendCondition condition{
        .fail_if_exists = {.items = {{.types = {"notes.written"}, .tags = {}}}}, .after = {}};
    CHECK(refusal(plain.append("notes-1", no_stream, one().batch(), condition))
              .find("PlainStore can't check append conditions") == 0);
    CHECK(told(plain, "notes-1").empty());
    CHECK(plain.append("notes-1", no_stream, one().batch()));
}

TEST_CASE("A forgotten store that was moved from is still one") {
    es::AnyStore any = es::MemoryStore{};
    const es::AnyStore other = std::move(any);
    CHECK(any.append_unchecked("notes-1", one().batch()));
    CHECK(told(other, "notes-1").size() == 1);
}
