// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/check_folds.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/testing/schema_lock.hpp>

#include "catch.hpp"
#include "folder.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {
namespace counter {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "counter", .source = "events://example.org/counter"};
}
struct AddedV1 {
    static constexpr std::string_view event_type = "counter.added";
    int by;
};
template <int offset>
struct Added {
    static constexpr std::string_view event_type = "counter.added";
    static constexpr std::string_view event_type_version = "2";
    int by;
    static Added upcast(const AddedV1& old) { return {old.by + offset}; }
};
struct Closed {};
struct Add {
    int by;
};
struct State {
    int sum = 0;
    es::Generation generation{};
};
/// One aggregate, as different programs have it: what it adds, what its upcast adds, and which
/// evolve_revision it declares.
template <int factor = 1, int offset = 0, int revision = 0>
struct Counter {
    using Command = Add;
    using Event = std::variant<Added<offset>, Closed>;
    using State = counter::State;
    static constexpr std::string_view evolve_revision = revision == 0 ? "1" : "2";
    static es::Result<void> apply_event(State& s, const Added<offset>& e) {
        if (e.by < 0)
            return es::Error(es::errc::invalid, "less than nothing");
        s.sum += factor * e.by;
        return {};
    }
    static void apply_event(State&, const Closed&) {}
    static es::Nothing handle_command(const State&, const Add&) { return es::nothing; }
};
/// Its state has a part with a number for what it writes.
template <int number>
struct Limit {
    static constexpr int layout = number;
    int limit = 0;
    static void members(auto& self, auto&& member) { member("limit", self.limit); }
};
template <int number>
struct Numbered {
    using Command = Add;
    using Event = Closed;
    struct State {
        Limit<number> limit;
        es::Generation generation{};
    };
    static void apply_event(State&, const Closed&) {}
    static es::Nothing handle_command(const State&, const Add&) { return es::nothing; }
};
} // namespace counter
using namespace counter;

template <int offset = 0>
auto golden() {
    return std::tuple{AddedV1{1}, Added<offset>{2}, Closed{}};
}

struct LockPath {
    test_files::Folder folder;
    std::string path = folder / "counter.lock";
};
} // namespace

TEST_CASE("N8: folding the golden history as before is accepted") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<>>(lock.path, golden()));
    CHECK(es::check_folds<Counter<>>(lock.path, golden()));
    CHECK(es::schema_matches<Counter<>>(lock.path)); // both in one file
}

TEST_CASE("N8: a changed apply_event is found while evolve_revision stays the same") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<1>>(lock.path, golden()));
    const auto found = es::check_folds<Counter<2>>(lock.path, golden());
    REQUIRE_FALSE(found);
    REQUIRE(found.breaking().size() == 1);
    CHECK_THAT(found.describe(),
               Catch::Contains("folding 3 events gives other states than before, and "
                               "evolve_revision is still the same") &&
                   Catch::Contains("evolve_revision` in Counter"));
    CHECK(es::schema_matches<Counter<2>>(lock.path)); // no schema tells it
}

TEST_CASE("N8: a changed upcast is found as well") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<1, 0>>(lock.path, golden<0>()));
    CHECK_FALSE(es::check_folds<Counter<1, 5>>(lock.path, golden<5>()));
}

TEST_CASE("N8: a changed apply_event is accepted with another evolve_revision") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<1>>(lock.path, golden()));
    CHECK(es::check_folds<Counter<2, 0, 1>>(lock.path, golden()));
    const auto found = es::schema_matches<Counter<2, 0, 1>>(lock.path); // and the lock is old
    CHECK(found.allowed() == std::vector<std::string>{"evolve_revision: \"1\" became \"2\" (its "
                                                      "snapshots are made again)"});
    REQUIRE(es::accept_schema<Counter<2, 0, 1>>(lock.path, golden()));
    CHECK(es::schema_matches<Counter<2, 0, 1>>(lock.path));
}

TEST_CASE("N8: another golden history, or none in the lock, is told") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<>>(lock.path));
    CHECK_THAT(es::check_folds<Counter<>>(lock.path, golden()).describe(),
               Catch::Contains("it has no digest of a golden history") &&
                   Catch::Contains(", history)"));
    REQUIRE(es::accept_schema<Counter<>>(lock.path, golden()));
    CHECK_THAT(es::check_folds<Counter<>>(lock.path, std::tuple{Closed{}}).describe(),
               Catch::Contains("its digest is of another history"));
}

TEST_CASE("N8: accept_schema without a history keeps the digest of folding") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<1>>(lock.path, golden()));
    REQUIRE(es::accept_schema<Counter<1>>(lock.path));
    CHECK(es::check_folds<Counter<1>>(lock.path, golden()));
    CHECK_FALSE(es::check_folds<Counter<2>>(lock.path, golden()));
}

TEST_CASE("N8: a golden history may be a vector of events") {
    const LockPath lock;
    const std::vector<Counter<>::Event> events{Added<0>{2}, Closed{}};
    REQUIRE(es::accept_schema<Counter<>>(lock.path, events));
    CHECK(es::check_folds<Counter<>>(lock.path, events));
    CHECK_FALSE(es::check_folds<Counter<3>>(lock.path, events));
}

TEST_CASE("N8: a golden history that can't be folded is an error that names the event") {
    const LockPath lock;
    const auto refused = es::accept_schema<Counter<>>(lock.path, std::tuple{Closed{}, AddedV1{-1}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(refused.error().message() ==
          "event 1 of the golden history: counter.added: less than nothing");
    CHECK_FALSE(std::filesystem::exists(lock.path));
}

TEST_CASE(
    "N8: a lock that was accepted without the history after a change of the aggregate is told") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<1>>(lock.path, golden()));
    REQUIRE(es::accept_schema<Counter<2, 0, 1>>(lock.path));
    REQUIRE(es::schema_matches<Counter<2, 0, 1>>(lock.path));
    const auto found = es::check_folds<Counter<2, 0, 1>>(lock.path, golden());
    REQUIRE_FALSE(found);
    CHECK_THAT(found.describe(),
               Catch::Contains("its digest is of an earlier form of the aggregate") &&
                   Catch::Contains("Write the lock again, with the history: es::accept_schema"));
    CHECK_FALSE(es::check_folds<Counter<3, 0, 1>>(lock.path, golden()));
    REQUIRE(es::accept_schema<Counter<2, 0, 1>>(lock.path, golden()));
    CHECK(es::check_folds<Counter<2, 0, 1>>(lock.path, golden()));
}

TEST_CASE("N8: a lock is told whose aggregate has only another layout number since") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Numbered<1>>(lock.path, std::tuple{Closed{}}));
    CHECK(es::schema_matches<Numbered<2>>(lock.path)); // no schema tells it
    CHECK_THAT(es::check_folds<Numbered<2>>(lock.path, std::tuple{Closed{}}).describe(),
               Catch::Contains("its digest is of an earlier form of the aggregate"));
}

TEST_CASE("N8: a missing lock is told") {
    const LockPath lock;
    CHECK_THAT(es::check_folds<Counter<>>(lock.path, golden()).describe(),
               Catch::Contains("there is no such file"));
}

TEST_CASE("N8: the lock of another aggregate is told, and is left as it is") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Numbered<1>>(lock.path, std::tuple{Closed{}}));
    CHECK_THAT(es::check_folds<Counter<>>(lock.path, golden()).describe(),
               Catch::Contains("this is the lock of the aggregate Numbered, expected that of "
                               "Counter"));
    const auto refused = es::accept_schema<Counter<>>(lock.path, golden());
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(es::check_folds<Numbered<1>>(lock.path, std::tuple{Closed{}}));
}

TEST_CASE("N8: a damaged lock and one with a merge conflict are told") {
    const LockPath lock;
    REQUIRE(es::accept_schema<Counter<>>(lock.path, golden()));
    const auto before = es::detail::schema::read_file(lock.path);
    REQUIRE(before);
    std::string damaged = *before;
    damaged[damaged.find("folds 3") + 6] = '4';
    std::ofstream(lock.path) << damaged;
    CHECK_THAT(es::check_folds<Counter<>>(lock.path, golden()).describe(),
               Catch::Contains("it is damaged, or was changed by hand"));
    std::ofstream(lock.path) << "<<<<<<< ours\n"
                             << *before << "=======\n"
                             << *before << ">>>>>>> theirs\n";
    CHECK_THAT(es::check_folds<Counter<>>(lock.path, golden()).describe(),
               Catch::Contains("merge conflict"));
}
