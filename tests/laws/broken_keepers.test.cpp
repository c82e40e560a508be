// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/store_laws.hpp>

#include "catch.hpp"
#include "laws/broken_keepers.hpp"
#include "laws/broken_laws.hpp"

namespace es = eventsourcing;
using namespace broken_keepers;

namespace {

template <class Store>
Laws keeping_laws_broken_by() {
    return broken_laws(es::check_keeping_laws([] { return Store{}; }));
}

} // namespace

TEST_CASE("A store of progress and snapshots that breaks nothing is told to break nothing",
          "[laws]") {
    STATIC_REQUIRE(es::ProgressStore<HonestKeeper>);
    STATIC_REQUIRE(es::SnapshotStore<HonestKeeper>);
    const auto report = es::check_keeping_laws([] { return HonestKeeper{}; });
    CHECK(report);
    CHECK(report.count(es::LawVerdict::held) == 17);
    CHECK(report.count(es::LawVerdict::not_owed) == 1); // it can't be opened again
}

TEST_CASE("A store that overwrites progress breaks the laws of what was loaded", "[laws]") {
    CHECK(keeping_laws_broken_by<OverwritesProgress>() ==
          Laws{"progress is saved only if it is still what was loaded"});
}

TEST_CASE("A store that ignores fences breaks the law of fences", "[laws]") {
    CHECK(keeping_laws_broken_by<IgnoresFences>() ==
          Laws{"a higher fence keeps out who was replaced"});
}

TEST_CASE("A store that tells all that they won breaks the law of racing commits", "[laws]") {
    CHECK(keeping_laws_broken_by<TellsAllTheyWon>() ==
          Laws{"of racing commits on one checkpoint exactly one wins"});
}

TEST_CASE("A store that refuses a commit that comes again breaks the law of those", "[laws]") {
    CHECK(keeping_laws_broken_by<ForgetsWhatItDid>() ==
          Laws{"a commit of progress that is sent again is done once"});
}

TEST_CASE("A store that tears a commit of progress breaks the law of all or none", "[laws]") {
    CHECK(keeping_laws_broken_by<TearsACommit>() ==
          Laws{"rows, parked events and checkpoint are stored all or none"});
}

TEST_CASE("A store that skips a row breaks the law of rows", "[laws]") {
    CHECK(keeping_laws_broken_by<SkipsARow>() ==
          Laws{"rows are read in the order of their keys, page by page"});
}

TEST_CASE("A store that cuts the line of a key breaks the law of parked events", "[laws]") {
    CHECK(keeping_laws_broken_by<CutsALine>() ==
          Laws{"parked events are read in order, those of one key together"});
}

TEST_CASE("A store that keeps the rows of dropped progress breaks the law of dropping", "[laws]") {
    CHECK(keeping_laws_broken_by<KeepsDroppedRows>() ==
          Laws{"dropped progress is gone with its rows and parked events"});
}

TEST_CASE("A store that keeps the rows of the replaced one breaks the law of rebuilds", "[laws]") {
    CHECK(keeping_laws_broken_by<KeepsTheReplaced>() ==
          Laws{"a rebuild takes the place of the live one in one commit"});
}

TEST_CASE("A store that drops statements, or does half of such a commit, breaks the law of those",
          "[laws]") {
    const Laws law{"a commit with a statement runs it, or is refused as a whole"};
    CHECK(keeping_laws_broken_by<DropsStatements>() == law);
    CHECK(keeping_laws_broken_by<KeepsRowsOfRefusedStatements>() == law);
}

TEST_CASE("A store that takes progress without a name breaks the law of hostile progress",
          "[laws]") {
    CHECK(keeping_laws_broken_by<TakesEmptyNames>() ==
          Laws{"hostile progress is refused and leaves nothing behind"});
}

TEST_CASE("A store of progress that ignores deadlines, or never closes, breaks the law of that",
          "[laws]") {
    CHECK(keeping_laws_broken_by<IgnoresDeadlines>() ==
          Laws{"a call for progress or snapshots does nothing after its deadline or a stop"});
    CHECK(keeping_laws_broken_by<NeverCloses>() ==
          Laws{"a closed store answers every call for progress or snapshots"});
}

TEST_CASE("A store that cuts snapshots at a NUL byte breaks the law of their content", "[laws]") {
    CHECK(keeping_laws_broken_by<KeepsTextOnly>() == Laws{"a snapshot comes back as it was saved"});
}

TEST_CASE("A store that keeps the later snapshot breaks the law of the last one", "[laws]") {
    CHECK(keeping_laws_broken_by<KeepsTheLaterSnapshot>() ==
          Laws{"a snapshot replaces the one before it, whatever its revision"});
}

TEST_CASE("A store that prunes other kinds, too, breaks the law of pruning", "[laws]") {
    CHECK(keeping_laws_broken_by<PrunesEverything>() ==
          Laws{"pruning removes the snapshots of other fingerprints"});
}

TEST_CASE("A store that acknowledges snapshots that it refuses breaks the law of hostile ones",
          "[laws]") {
    CHECK(keeping_laws_broken_by<AcknowledgesWhatItRefuses>() ==
          Laws{"hostile snapshots are refused and leave nothing behind"});
}

TEST_CASE("A store that loses progress when it is reopened breaks the law of that", "[laws]") {
    struct Forgetful {
        HonestKeeper operator()() const { return {}; }
        HonestKeeper reopen() const { return {}; }
    };
    const auto report = es::check_keeping_laws(Forgetful{});
    CHECK(report.count(es::LawVerdict::broken) == 1);
    CHECK(report.results().back().verdict == es::LawVerdict::broken);
}
