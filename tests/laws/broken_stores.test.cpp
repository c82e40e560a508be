// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/store_laws.hpp>

#include "catch.hpp"
#include "laws/broken_laws.hpp"
#include "laws/broken_stores.hpp"

namespace es = eventsourcing;
using namespace broken_stores;

namespace {

template <class Store>
Laws laws_broken_by() {
    return broken_laws(es::check_store_laws([] { return Store{}; }));
}

} // namespace

TEST_CASE("A store that breaks nothing is told to break nothing", "[laws][waits]") {
    CHECK(laws_broken_by<HonestStore>() == Laws{});
}

TEST_CASE("A store that skips a position breaks the law of commit order", "[laws][waits]") {
    CHECK(laws_broken_by<SkipsAPosition>() ==
          Laws{"the whole store is read in commit order, page by page"});
}

TEST_CASE("A store that loses one of two racing appends breaks the law of races", "[laws][waits]") {
    CHECK(laws_broken_by<LosesOneOfTwo>() ==
          Laws{"of racing writers exactly one wins, and nothing acknowledged is lost or doubled"});
}

TEST_CASE("A store that doubles a retry breaks the law of retries", "[laws][waits]") {
    CHECK(laws_broken_by<DoublesARetry>() ==
          Laws{"an append sent again returns the first receipt"});
}

TEST_CASE("A store that doubles a retry without a check breaks the law of those", "[laws][waits]") {
    CHECK(laws_broken_by<DoublesAnUncheckedRetry>() ==
          Laws{"an append without a check, sent again, returns the first receipt"});
}

TEST_CASE("A store that counts unchecked appends from the start breaks the law of them",
          "[laws][waits]") {
    CHECK(laws_broken_by<CountsFromTheStart>() == Laws{"an append without a check finds the end"});
}

TEST_CASE("A store that forgets the ids of other streams breaks the law of ids", "[laws][waits]") {
    CHECK(laws_broken_by<ForgetsOtherStreams>() ==
          Laws{"ids that are stored elsewhere are refused"});
}

TEST_CASE("A store that is no handle breaks the law of copies, and those that need them",
          "[laws][waits]") {
    CHECK(laws_broken_by<IsNoHandle>() ==
          Laws{"an append wakes the callers that wait for it",
               "copies of a store are handles to one engine",
               "a closed store answers every call, also those that wait"});
}

TEST_CASE("A store that tears a batch breaks the law of all or none", "[laws][waits]") {
    CHECK(laws_broken_by<TearsABatch>() == Laws{"one append is all or none"});
}

TEST_CASE("A store that accepts the same ids with other bytes breaks the law of content",
          "[laws][waits]") {
    CHECK(laws_broken_by<AcceptsOtherContent>() ==
          Laws{"ids that come with other content are refused"});
}

TEST_CASE("A store that wakes no caller breaks the law of waiting", "[laws][waits]") {
    CHECK(laws_broken_by<WakesNobody>() == Laws{"an append wakes the callers that wait for it"});
}

TEST_CASE("A store that wakes at the deadline only breaks the laws of waiting and of closing",
          "[laws][waits]") {
    CHECK(laws_broken_by<WakesAtTheDeadline>() ==
          Laws{"an append wakes the callers that wait for it",
               "a closed store answers every call, also those that wait"});
}

TEST_CASE("A store that misstates conflicts breaks the law of their data", "[laws][waits]") {
    CHECK(laws_broken_by<MisstatesConflicts>() ==
          Laws{"a conflict says stream, expected and actual"});
}

TEST_CASE("A store that shows events out of commit order breaks the law of readers",
          "[laws][waits]") {
    CHECK(laws_broken_by<ShowsUncommittedOrder>() ==
          Laws{"no reader skips an event while writers race"});
}

TEST_CASE("A store that drops metadata breaks the law of records", "[laws][waits]") {
    CHECK(laws_broken_by<DropsMetadata>() ==
          Laws{"every field of a record comes back as it was stored"});
}

TEST_CASE("A store that ignores conditions breaks the law of conditions", "[laws][waits]") {
    CHECK(laws_broken_by<IgnoresConditions>() ==
          Laws{"a condition refuses an append after a matching event"});
}

TEST_CASE("A store that takes any stream for one that exists breaks the law of expectations",
          "[laws][waits]") {
    CHECK(laws_broken_by<TakesExistsAsAnything>() == Laws{"what an append expects is checked"});
}

TEST_CASE("A store that forgets where a query stopped breaks the law of queries", "[laws][waits]") {
    CHECK(laws_broken_by<ForgetsWhereAQueryStopped>() ==
          Laws{"a query gives what matches, and moves on if nothing does"});
}

TEST_CASE("A store that acknowledges what it refuses breaks the law of hostile input",
          "[laws][waits]") {
    CHECK(laws_broken_by<AcknowledgesWhatItRefuses>() ==
          Laws{"hostile input is refused and leaves nothing behind"});
}

TEST_CASE("A store that changes times out of its range breaks the law of hostile input",
          "[laws][waits]") {
    CHECK(laws_broken_by<ChangesTimes>() ==
          Laws{"hostile input is refused and leaves nothing behind"});
}

TEST_CASE("A store that ignores deadlines breaks the law of calls called off", "[laws][waits]") {
    CHECK(laws_broken_by<IgnoresDeadlines>() ==
          Laws{"a call after its deadline or after a stop does nothing"});
}

TEST_CASE("A store that asks the system's clock, or forgets durations, breaks that law, too",
          "[laws][waits]") {
    const Laws law{"a call after its deadline or after a stop does nothing"};
    CHECK(laws_broken_by<AsksTheSystemsClock>() == law);
    CHECK(laws_broken_by<IgnoresDurations>() == law);
}

TEST_CASE("A store that forgets the last event backward breaks the law of reading a stream",
          "[laws][waits]") {
    CHECK(laws_broken_by<ForgetsTheLastBackward>() ==
          Laws{"a stream is read page by page, forward and backward"});
}

TEST_CASE("A store that never closes breaks the law of closing", "[laws][waits]") {
    CHECK(laws_broken_by<NeverCloses>() ==
          Laws{"a closed store answers every call, also those that wait"});
}

TEST_CASE("A store that says it checks no conditions, and leaves them aside, breaks a law",
          "[laws][waits]") {
    CHECK(laws_broken_by<LeavesConditionsAside>() ==
          Laws{"a condition that can't be checked is refused"});
}

TEST_CASE("A store that throws breaks the law in which it does", "[laws][waits]") {
    const auto broken = laws_broken_by<Throws>();
    CHECK(broken == Laws{"a stream is read page by page, forward and backward"});
}

TEST_CASE(
    "A store that takes positions beyond its head, in any function, breaks the law of positions",
    "[laws][waits]") {
    const Laws law{"a position beyond the head is refused"};
    CHECK(laws_broken_by<TakesPositionsBeyondItsHead<true, false, false>>() == law);
    CHECK(laws_broken_by<TakesPositionsBeyondItsHead<false, true, false>>() == law);
    CHECK(laws_broken_by<TakesPositionsBeyondItsHead<false, false, true>>() == law);
}

TEST_CASE("A store that refuses its last position breaks the laws of reading from there",
          "[laws][waits]") {
    const auto broken = laws_broken_by<RefusesItsHead>();
    CHECK(std::find(broken.begin(), broken.end(), "a position beyond the head is refused") !=
          broken.end());
    CHECK(std::find(broken.begin(), broken.end(),
                    "the whole store is read in commit order, page by page") != broken.end());
}

TEST_CASE("A store that shares its id, or has one for each handle, breaks the law of ids",
          "[laws][waits]") {
    CHECK(laws_broken_by<HasTheIdOfAll>() == Laws{"a store has an id of its own"});
    CHECK(laws_broken_by<TellsAnIdForEachHandle>() == Laws{"a store has an id of its own"});
}

TEST_CASE("A store that drops sources, or keeps one for each type, breaks the law of sources",
          "[laws][waits]") {
    const Laws law{"the source of an event comes back as it was stored"};
    CHECK(laws_broken_by<DropsSources>() == law);
    CHECK(laws_broken_by<KeepsASourceForEachType>() == law);
}

TEST_CASE("A store that accepts the same ids with another source breaks the law of that",
          "[laws][waits]") {
    CHECK(laws_broken_by<AcceptsOtherSources>() ==
          Laws{"ids that come with another source are refused"});
}

TEST_CASE("A store with every verb that breaks nothing is told to break nothing", "[laws][waits]") {
    CHECK(laws_broken_by<HonestVerbs>() == Laws{});
}

TEST_CASE("A store that miscounts appends on a condition alone breaks the law of them",
          "[laws][waits]") {
    CHECK(laws_broken_by<CountsConditionsFromTheStart>() ==
          Laws{"an append on a condition alone finds the end, unless an event matches"});
}

TEST_CASE(
    "A store that looks at the condition before it knows a batch breaks the law of retries on "
    "a condition",
    "[laws][waits]") {
    CHECK(laws_broken_by<ChecksBeforeItKnows>() ==
          Laws{"an append on a condition alone, sent again, returns the first receipt"});
}

TEST_CASE("A store that lets two pass that race on one condition breaks the law of such races",
          "[laws][waits]") {
    CHECK(laws_broken_by<LosesARaceOnACondition>() ==
          Laws{"of appends that race on one condition exactly one is stored"});
}

TEST_CASE(
    "A store that tears an append to several streams, or checks some of them only, breaks the "
    "law of that",
    "[laws][waits]") {
    const Laws law{"an append to several streams is all or none, each at its expectation"};
    CHECK(laws_broken_by<TearsSeveral>() == law);
    CHECK(laws_broken_by<LeavesOutOneOfSeveral>() == law);
}

TEST_CASE("A store that forgets an append to several streams breaks the law of their retries",
          "[laws][waits]") {
    CHECK(laws_broken_by<ForgetsSeveral>() ==
          Laws{"an append to several streams, sent again, returns the first receipts"});
}

TEST_CASE("A store that appends the loser of a race to several streams breaks laws of those",
          "[laws][waits]") {
    CHECK(laws_broken_by<AppendsTheLoserToo>() ==
          Laws{"of appends that race to the same streams exactly one is done, in all of them"});
}

TEST_CASE("A store that finds no event by its id, or any, breaks the law of finding",
          "[laws][waits]") {
    const Laws law{"an event is found by its id"};
    CHECK(laws_broken_by<FindsNoEvent>() == law);
    CHECK(laws_broken_by<FindsAnyEvent>() == law);
}

TEST_CASE("A store that tells an old head, or one of nothing, breaks the law of the head",
          "[laws][waits]") {
    const Laws law{"the head is the position of the last event"};
    CHECK(laws_broken_by<TellsAnOldHead>() == law);
    CHECK(laws_broken_by<TellsAHeadOfNothing>() == law);
}

TEST_CASE("A store that syncs beyond its head breaks the law of syncs", "[laws][waits]") {
    CHECK(laws_broken_by<SyncsBeyondItsHead>() ==
          Laws{"a sync up to a position is done, unless the position is beyond the head"});
}

TEST_CASE("A store that hides where an id is stored breaks the law of its place", "[laws][waits]") {
    CHECK(laws_broken_by<HidesThePlaceOfAnId>() ==
          Laws{"an id that is stored already comes with its place"});
}

TEST_CASE("A store is not held to what it does not promise", "[laws][waits]") {
    const auto report = es::check_store_laws([] { return PromisesLittle{}; });
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_owed) == 22);
}

TEST_CASE("A durable store that the test can't reopen is not said to keep what it holds",
          "[laws][waits]") {
    const auto report = es::check_store_laws([] { return SaysDurable{}; });
    CHECK(report);
    CHECK(report.results().back().verdict == es::LawVerdict::not_checked);
    CHECK(report.to_string().find("not checked") != std::string::npos);
}

TEST_CASE("A durable store that has another id when it is reopened breaks the law of durability",
          "[laws][waits]") {
    class Renamed : public SaysDurable {
    public:
        [[nodiscard]] es::Result<es::Uuid> store_id() const { return id; }
        es::Uuid id = es::Environment{}.new_id();
    };
    struct Maker {
        Renamed operator()() { return made = Renamed{}; }
        [[nodiscard]] Renamed reopen() const {
            Renamed again = made;
            again.id = es::Environment{}.new_id();
            return again;
        }
        Renamed made{};
    };
    const auto report = es::check_store_laws(Maker{});
    CHECK(report.count(es::LawVerdict::broken) == 1);
    CHECK(report.results().back().seen.find("the reopened store has the id") == 0);
}

TEST_CASE("A durable store that loses everything when it is reopened breaks the law of durability",
          "[laws][waits]") {
    struct Forgetful {
        SaysDurable operator()() const { return {}; }
        SaysDurable reopen() const { return {}; }
    };
    const auto report = es::check_store_laws(Forgetful{});
    CHECK_FALSE(report);
    CHECK(report.count(es::LawVerdict::broken) == 1);
    CHECK(report.results().back().verdict == es::LawVerdict::broken);
}

TEST_CASE("Where no store can be made, every law is broken and says why", "[laws][waits]") {
    const auto report = es::check_store_laws([]() -> es::Result<es::MemoryStore> {
        return es::Error(es::errc::unavailable, "there is no disk");
    });
    CHECK_FALSE(report);
    CHECK(report.count(es::LawVerdict::held) == 0);
    CHECK(report.results().front().seen == "make_store: there is no disk");
}
