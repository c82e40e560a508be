// SPDX-License-Identifier: MIT
// The appends of one group, in one transaction of a real file.
#include <eventsourcing/engines/shared/group_commit.hpp>
#include <eventsourcing/engines/sqlite/writer.hpp>

#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <deque>
#include <optional>

using namespace sqlite_tests;
using es::detail::shared::AppendRequest;
using es::detail::shared::CommitQueue;
using es::detail::shared::EngineState;
using es::detail::shared::GroupCommit;
using es::detail::shared::ProgressCommitRequest;
using es::detail::shared::SnapshotSaveRequest;
using es::detail::shared::Written;
using es::detail::sqlite::Connection;
using es::detail::sqlite::Writer;

namespace {

const es::AppendCondition no_condition;
const es::CallOptions no_options;

/// The appends that one group holds, as their callers would have made them.
class Group {
public:
    void add(es::StreamNameView stream, std::optional<es::ExpectedRevision> expected, Events events,
             const es::CallOptions& call = no_options) {
        Caller& caller = callers_.emplace_back(std::move(events));
        const AppendRequest& request = caller.request.emplace(
            AppendRequest{stream, expected, caller.events, caller.times, no_condition, call});
        caller.member.emplace(request);
    }
    /// A write of any kind, which must outlive the group.
    template <class Request>
    void add(const Request& request) {
        callers_.emplace_back(Events{}).member.emplace(request);
    }

    /// Whether it was committed, or why that is unknown.
    es::Result<bool> run(Writer& writer) {
        for (Caller& caller : callers_)
            REQUIRE(queue_.join(*caller.member)); // the first is the leader
        GroupCommit group(writer, queue_, *callers_.front().member);
        const auto done = group.run();
        taken_ = group.size();
        if (!done)
            return done.error();
        return group.has_committed();
    }
    [[nodiscard]] const es::Result<Written>& answer(std::size_t i) const {
        return callers_[i].member->answer;
    }
    [[nodiscard]] std::size_t taken() const { return taken_; }

private:
    struct Caller {
        explicit Caller(Events all) : events(std::move(all)), times(events.size(), 0) {}
        Events events;
        std::vector<std::int64_t> times;
        std::optional<AppendRequest> request;
        std::optional<CommitQueue::Caller> member;
    };
    const EngineState state_{"sqlite store"};
    CommitQueue queue_{100, state_};
    std::deque<Caller> callers_;
    std::size_t taken_ = 0;
};

/// A connection in which inserting an event whose data is `!` does `what`, `?` the same the second
/// time it is tried.
std::unique_ptr<Connection> connect(const std::string& path, const std::string& what = "") {
    auto connection = es::detail::sqlite::open_writer(path, {});
    REQUIRE(connection);
    if (what.empty())
        return *std::move(connection);
    static int tries = 0;
    tries = 0;
    const auto count = [](sqlite3_context* context, int, sqlite3_value** values) {
        const auto* const data = static_cast<const char*>(sqlite3_value_blob(values[0]));
        const bool bad = data && (*data == '!' || (*data == '?' && ++tries == 2));
        sqlite3_result_int(context, bad ? 1 : 0);
    };
    REQUIRE(sqlite3_create_function((*connection)->handle(), "is_bad", 1,
                                    SQLITE_UTF8 | SQLITE_INNOCUOUS, nullptr, count, nullptr,
                                    nullptr) == SQLITE_OK);
    REQUIRE((*connection)
                ->execute(("CREATE TEMP TRIGGER es_test BEFORE INSERT ON main.es_events WHEN "
                           "is_bad(NEW.data) BEGIN SELECT RAISE(" +
                           what + ", 'not this one'); END")
                              .c_str()));
    return *std::move(connection);
}

const auto no_stream = es::ExpectedRevision::no_stream();

std::string content_of(const es::SqliteStore& store) {
    std::string out;
    const auto page = store.read_all();
    REQUIRE(page);
    for (const auto& record : *page)
        out += std::to_string(record.position.value().value()) + " " + std::string(record.stream) +
               " " + std::string(record.data) + "\n";
    return out;
}

} // namespace

TEST_CASE("A group is committed once, and a refused append does not affect the others") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db", "ABORT");
    Writer writer(*connection);
    int commits = 0;
    sqlite3_wal_hook(
        connection->handle(),
        [](void* count, sqlite3*, const char*, int) {
            ++*static_cast<int*>(count);
            return SQLITE_OK;
        },
        &commits);
    const auto refused_first = GENERATE(true, false);
    Group group;
    if (refused_first)
        group.add("combat-ogre", es::ExpectedRevision::exists(), {event()});
    else
        group.add("combat-elf", std::nullopt, {event("t", "0")});
    group.add("combat-ogre", no_stream, {event("t", "1"), event("t", "2")});
    group.add("combat-ogre", no_stream, {event("t", "3")});                     // too late
    group.add("combat-ogre", std::nullopt, {event("t", "4"), event("t", "!")}); // fails half-way
    group.add("combat-ogre", es::ExpectedRevision::exactly(es::Revision{1}), {event("t", "5")});
    const auto late = es::CallOptions::within(-1s);
    group.add("combat-ogre", std::nullopt, {event("t", "6")}, late);
    group.add("combat-troll", no_stream, {event("t", "7")});
    CHECK(*group.run(writer));
    CHECK(group.taken() == 7);
    CHECK(commits == 1);
    if (refused_first)
        CHECK(group.answer(0).error() == es::errc::conflict);
    else
        CHECK(group.answer(0));
    CHECK(group.answer(1)->receipt.last == es::Revision{1});
    CHECK(group.answer(2).error() == es::errc::conflict);
    CHECK(group.answer(3).error() == es::errc::denied);
    CHECK(group.answer(4)->receipt.last == es::Revision{2});
    CHECK(group.answer(5).error() == es::errc::timed_out);
    CHECK(group.answer(6)->receipt.first == es::Revision{0});
    const std::string rest = refused_first ? "1 combat-ogre 1\n2 combat-ogre 2\n3 combat-ogre 5\n"
                                             "4 combat-troll 7\n"
                                           : "1 combat-elf 0\n2 combat-ogre 1\n3 combat-ogre 2\n"
                                             "4 combat-ogre 5\n5 combat-troll 7\n";
    CHECK(content_of(open_store(folder / "combat.db")) == rest);
}

TEST_CASE(
    "Appends, progress and snapshots of one group share a commit, and a conflict none of it") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db");
    Writer writer(*connection);
    int commits = 0;
    sqlite3_wal_hook(
        connection->handle(),
        [](void* count, sqlite3*, const char*, int) {
            ++*static_cast<int*>(count);
            return SQLITE_OK;
        },
        &commits);
    const es::ProgressKey scores{.name = "scores", .fingerprint = "f1"};
    es::ProgressCommit commit{.key = scores, .loaded = {}, .next = {}};
    commit.next.checkpoint.position = es::Position{1};
    commit.next.fence = 1;
    commit.rows = {{.key = "ogre", .data = "dead"}};
    commit.statements = {{"CREATE TABLE scores(name TEXT)", {}},
                         {"INSERT INTO scores VALUES(?)", {"ogre"}}};
    es::ProgressCommit late = commit; // as if there were no progress yet
    late.next.fence = 2;
    late.rows = {{.key = "ogre", .data = "alive"}};
    late.statements = {{"INSERT INTO scores VALUES('late')", {}}};
    const es::Snapshot state{.stream = es::StreamName("combat-ogre"),
                             .kind = "state",
                             .fingerprint = "f1",
                             .revision = es::Revision{0},
                             .event_id = {},
                             .data = "folded"};
    const ProgressCommitRequest progress{commit, no_options};
    const ProgressCommitRequest conflict{late, no_options};
    const SnapshotSaveRequest snapshot{state, no_options};

    Group group;
    group.add("combat-ogre", no_stream, {event("t", "1")});
    group.add(progress);
    group.add(conflict);
    group.add("combat-ogre", std::nullopt, {event("t", "2")});
    group.add(snapshot);
    CHECK(*group.run(writer));
    CHECK(group.taken() == 5);
    CHECK(commits == 1);
    for (const std::size_t done : {0U, 1U, 3U, 4U})
        CHECK(group.answer(done));
    CHECK(group.answer(2).error() == es::errc::conflict);
    const auto store = open_store(folder / "combat.db");
    CHECK(content_of(store) == "1 combat-ogre 1\n2 combat-ogre 2\n");
    CHECK(*store.load_progress(scores) == commit.next);
    CHECK(*store.load_row(scores, "ogre") == "dead");
    CHECK(*store.load_snapshot("combat-ogre", "state", "f1") == state);
    CHECK(Raw(folder / "combat.db").rows("SELECT name FROM scores") ==
          std::vector<std::string>{"ogre"});
}

TEST_CASE("A batch that comes twice in a group is stored once, and both get its receipt") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db");
    Writer writer(*connection);
    const Events batch{event("t", "1"), event("t", "2")};
    Group group;
    group.add("combat-ogre", no_stream, batch);
    group.add("combat-elf", std::nullopt, {event("t", "3")});
    group.add("combat-ogre", no_stream, batch);
    group.add("combat-elf", std::nullopt, batch); // the same ids elsewhere
    CHECK(*group.run(writer));
    REQUIRE(group.answer(0));
    REQUIRE(group.answer(2));
    CHECK(group.answer(2)->receipt.position == group.answer(0)->receipt.position);
    CHECK(group.answer(3).error() == es::errc::duplicate_id);
    CHECK(content_of(open_store(folder / "combat.db")) ==
          "1 combat-ogre 1\n2 combat-ogre 2\n3 combat-elf 3\n");
}

TEST_CASE("A group that has nothing to write is answered without a commit") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db");
    Writer writer(*connection);
    Group group;
    group.add("combat-ogre", es::ExpectedRevision::exists(), {event()});
    group.add("combat-elf", es::ExpectedRevision::exists(), {event()});
    CHECK_FALSE(*group.run(writer));
    CHECK(group.answer(0).error() == es::errc::conflict);
    CHECK(group.answer(1).error() == es::errc::conflict);
}

TEST_CASE("When SQLite rolls back all of a group, those before the culprit are appended again") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db", "ROLLBACK");
    Writer writer(*connection);
    constexpr std::string_view tags[] = {"entity:new"};
    {
        Group group;
        group.add("combat-ogre", no_stream, {event("new.type", "1", tags)});
        group.add("combat-ogre", no_stream, {event("t", "2")}); // refused because of that one
        group.add("combat-elf", no_stream, {event("t", "!")});
        group.add("combat-troll", no_stream, {event("t", "3")}); // not taken any more
        CHECK(*group.run(writer));
        CHECK(group.taken() == 3);
        REQUIRE(group.answer(0));
        CHECK(group.answer(0)->receipt.position == es::Position{1});
        CHECK(group.answer(1).error() == es::errc::conflict);
        CHECK(group.answer(2).error() == es::errc::denied);
    }
    Group next;
    next.add("combat-troll", no_stream, {event("new.type", "3", tags)});
    CHECK(*next.run(writer));
    const auto store = open_store(folder / "combat.db");
    CHECK(content_of(store) == "1 combat-ogre 1\n2 combat-troll 3\n");
    CHECK(
        all_positions(store, {.items = {{.types = {"new.type"}, .tags = {"entity:new"}}}}).size() ==
        2);
}

TEST_CASE("When SQLite rolls back a group twice, each of it is told that nothing was done") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db", "ROLLBACK");
    Writer writer(*connection);
    Group group;
    group.add("combat-ogre", no_stream, {event("t", "1")});
    group.add("combat-elf", no_stream, {event("t", "?")}); // fails when it is tried again
    group.add("combat-troll", no_stream, {event("t", "!")});
    CHECK_FALSE(*group.run(writer));
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(group.answer(i).error().outcome() == es::Outcome::not_done);
    CHECK(group.answer(0).error() == es::errc::unavailable);
    CHECK(group.answer(0).error().message() ==
          "another write in the same transaction made the database roll it back (" +
              group.answer(1).error().message() + "); nothing was done: try again");
    CHECK(group.answer(1).error() == es::errc::denied);
    CHECK(group.answer(2).error() == es::errc::denied);
    CHECK(content_of(open_store(folder / "combat.db")).empty());
}

TEST_CASE("A group takes no more bytes than a caller can wait for, but one large append") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db");
    Writer writer(*connection);
    const std::string large(GroupCommit::max_bytes, 'x');
    const std::string half(GroupCommit::max_bytes / 2, 'x');
    {
        Group group;
        group.add("combat-ogre", no_stream, {event("t", large)});
        group.add("combat-elf", no_stream, {event()});
        CHECK(*group.run(writer));
        CHECK(group.taken() == 1);
        CHECK(group.answer(0));
    }
    Group group;
    group.add("combat-elf", no_stream, {event()});
    group.add("combat-elf", std::nullopt, {event("t", half)});
    group.add("combat-elf", std::nullopt, {event("t", half)});
    CHECK(*group.run(writer));
    CHECK(group.taken() == 2);
}

TEST_CASE("If a commit has an unknown outcome, only the appends that may be stored say so") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db");
    Writer writer(*connection);
    {
        Group before;
        before.add("combat-ogre", no_stream, {event()});
        REQUIRE(*before.run(writer));
    }
    sqlite3_commit_hook(connection->handle(), [](void*) { return 1; }, nullptr); // it fails
    Group group;
    group.add("combat-ogre", no_stream, {event()}); // refused by what is stored
    group.add("combat-elf", no_stream, {event()});
    group.add("combat-elf", no_stream, {event()}); // refused by what may not be stored
    CHECK(group.run(writer).error() == es::errc::unknown_outcome);
    CHECK(group.answer(0).error() == es::errc::conflict);
    CHECK(group.answer(1).error() == es::errc::unknown_outcome);
    CHECK(group.answer(2).error() == es::errc::failed);
    CHECK(group.answer(2).error().outcome() == es::Outcome::not_done);
}

TEST_CASE("A leader gives up if the file stays locked, and has taken no caller") {
    const Folder folder;
    const auto connection = connect(folder / "combat.db");
    Writer writer(*connection);
    Raw holder(folder / "combat.db");
    holder.run("BEGIN IMMEDIATE");
    Group group;
    group.add("combat-elf", no_stream, {event()});
    group.add("combat-ogre", no_stream, {event()});
    CHECK_FALSE(*group.run(writer));
    CHECK(group.taken() == 1);
    CHECK(group.answer(0).error() == es::errc::unavailable);
    holder.run("ROLLBACK");
    Group again;
    again.add("combat-elf", no_stream, {event()});
    CHECK(*again.run(writer));
}
