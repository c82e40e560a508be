// SPDX-License-Identifier: MIT
#include <eventsourcing/store/fan_out.hpp>

#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/callback_sink.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <thread>

using namespace notes;

namespace {

const auto unheard = [](const es::FollowerFailure&) { FAIL("no follower should fail"); };

/// Remembers where the encoded events of each batch are.
struct Bytes {
    std::vector<const void*>* seen;
    es::Result<void> operator()(es::StreamNameView, const es::EventBatch& batch) const {
        seen->push_back(batch.encoded()->data());
        return {};
    }
};

/// Throws instead of taking a batch.
template <bool exception>
struct Throwing {
    static constexpr es::Capabilities capabilities{};

    es::Result<void> append_unchecked(es::StreamNameView, const es::EventBatch&) {
        if (exception)
            throw_or_skip(std::runtime_error("connection reset"));
        throw_or_skip(1);
    }
};

/// Takes a batch; by the time that it answers, the call has been stopped, or its deadline is over.
struct TakesItsTime {
    [[maybe_unused]] static constexpr es::Capabilities capabilities = es::MemoryStore::capabilities;

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        return ended(inner.append(stream, expected, batch, condition, call), call);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return ended(inner.append_unchecked(stream, batch), call);
    }
    es::Result<es::Receipt> ended(es::Result<es::Receipt> done, const es::CallOptions& call) const {
        stopper->request_stop();
        if (call.timeout)
            std::this_thread::sleep_for(*call.timeout);
        return done;
    }

    es::MemoryStore inner;
    std::stop_source* stopper;
};

} // namespace

using Stores = es::FanOutPrimaryDecides<es::MemoryStore, es::MemoryStore>;
static_assert(es::IdentifiedStore<Stores> && es::IdentifiedStore<es::AnyStore>);
static_assert(Stores::capabilities == es::MemoryStore::capabilities);
using Sinks = es::FanOutPrimaryDecides<es::CallbackSink<Bytes>, es::MemoryStore>;
static_assert(es::Sink<Sinks>);
static_assert(!es::CheckedSinkFor<Sinks, Note> && !es::EventStore<Sinks>);
using UnstampedSink = es::CallbackSink<Bytes, false>;
static_assert(!es::FanOutPrimaryDecides<UnstampedSink, UnstampedSink>::capabilities.stamps);
static_assert(
    es::FanOutPrimaryDecides<UnstampedSink, es::CallbackSink<Bytes>>::capabilities.stamps);

TEST_CASE("What the primary has taken goes to every follower, with the same ids") {
    es::MemoryStore primary;
    es::MemoryStore first;
    es::MemoryStore second;
    es::FanOutPrimaryDecides fan(unheard, primary, first, second);
    const Notes<> notes({Written{"a"}, Counted{2}});
    const auto done = fan.append("notes-1", no_stream, notes.batch());
    REQUIRE(done);
    CHECK(*done == es::Receipt{es::Revision{0}, es::Revision{1}, es::Position{2}});
    REQUIRE(fan.append_unchecked("notes-1", one().batch()));
    for (const auto& store : {primary, first, second}) {
        const auto page = store.read_stream("notes-1");
        REQUIRE(page->records().size() == 3);
        CHECK(page->records()[1].id == notes.ids[1]);
        CHECK(page->records()[1].recorded_at == notes.recorded_at);
    }
}

TEST_CASE("A batch is encoded once for all") {
    std::vector<const void*> seen;
    es::FanOutPrimaryDecides fan(unheard, es::CallbackSink(Bytes{&seen}),
                                 es::CallbackSink(Bytes{&seen}), es::CallbackSink(Bytes{&seen}));
    const auto note = one();
    const auto batch = note.batch();
    REQUIRE(fan.append_unchecked("notes-1", batch));
    REQUIRE(seen.size() == 3);
    CHECK(seen[0] == seen[1]);
    CHECK(seen[1] == seen[2]);
}

TEST_CASE("What the primary refuses goes nowhere") {
    es::MemoryStore follower;
    es::FanOutPrimaryDecides fan(unheard, es::MemoryStore{}, follower);
    const auto done = fan.append("notes-1", at(3), one().batch());
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::conflict);
    CHECK(told(follower, "notes-1").empty());
}

TEST_CASE("A follower that fails is reported, and changes nothing else") {
    struct Report {
        std::size_t follower;
        std::string type;
        std::string stream;
        std::optional<es::Receipt> receipt;
        std::string message;
    };
    std::vector<Report> reports;
    es::MemoryStore last;
    const auto refuse = [](es::StreamNameView, const es::EventBatch&) -> es::Result<void> {
        return es::Error(es::errc::unavailable, "the printer is off");
    };
    const auto fail = [](es::StreamNameView, const es::EventBatch&) {
        throw_or_skip(std::runtime_error("paper jam"));
    };
    es::FanOutPrimaryDecides fan(
        [&](const es::FollowerFailure& failure) {
            reports.push_back({failure.follower, std::string(failure.follower_type),
                               failure.stream.str(), failure.receipt, failure.error.message()});
        },
        es::MemoryStore{}, es::CallbackSink(refuse), es::CallbackSink(fail), last);
    const auto done = fan.append("notes-1", no_stream, one().batch());
    REQUIRE(done);
    CHECK(told(last, "notes-1").size() == 1);
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].follower == 0);
    CHECK(reports[0].type.find("CallbackSink<") == 0);
    CHECK(reports[0].stream == "notes-1");
    CHECK(reports[0].receipt == *done);
    CHECK(reports[0].message == "the printer is off");
    CHECK(reports[1].follower == 1);
    CHECK(reports[1].message == "the callback threw: paper jam");
}

TEST_CASE("A handler that throws does not undo what is done") {
    const auto refuse = [](es::StreamNameView, const es::EventBatch&) -> es::Result<void> {
        return es::errc::unavailable;
    };
    es::MemoryStore last;
    es::FanOutPrimaryDecides fan(
        [](const es::FollowerFailure&) { throw_or_skip(std::runtime_error("nobody listens")); },
        es::MemoryStore{}, es::CallbackSink(refuse), last);
    CHECK(fan.append("notes-1", no_stream, one().batch()));
    CHECK(told(last, "notes-1").size() == 1);
}

TEST_CASE("A follower that throws is reported, and changes nothing else, in both forms of append") {
    std::vector<std::string> heard;
    es::MemoryStore primary;
    es::MemoryStore last;
    es::FanOutPrimaryDecides fan(
        [&](const es::FollowerFailure& failure) {
            CHECK(failure.error == es::errc::threw);
            CHECK(failure.error.outcome() == es::Outcome::unknown);
            heard.push_back(std::to_string(failure.follower) + " " + failure.error.message());
        },
        primary, Throwing<true>{}, Throwing<false>{}, last);
    CHECK(fan.append("notes-1", no_stream, one().batch()));
    CHECK(fan.append_unchecked("notes-1", one().batch()));
    CHECK(told(primary, "notes-1").size() == 2);
    CHECK(told(last, "notes-1").size() == 2);
    const Lines both{"0 the follower threw: connection reset",
                     "1 the follower threw something that is no std::exception"};
    CHECK(Lines(heard.begin(), heard.begin() + 2) == both);
    CHECK(Lines(heard.begin() + 2, heard.end()) == both);
}

TEST_CASE("A primary that throws gives an unknown outcome, and no follower gets the batch") {
    es::MemoryStore follower;
    es::FanOutPrimaryDecides fan(unheard, Throwing<true>{}, follower);
    const auto done = fan.append_unchecked("notes-1", one().batch());
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().outcome() == es::Outcome::unknown);
    CHECK(done.error().message() == "the primary threw: connection reset");
    CHECK(told(follower, "notes-1").empty());
}

TEST_CASE("A store that throws as the primary does the same where it checks the revision") {
    struct Breaks : es::MemoryStore {
        es::Result<es::Receipt> append(es::StreamNameView, es::ExpectedRevision,
                                       const es::EventBatch&, const es::AppendCondition& = {},
                                       const es::CallOptions& = {}) {
            throw_or_skip(std::runtime_error("connection reset"));
        }
    };
    es::MemoryStore follower;
    es::FanOutPrimaryDecides fan(unheard, Breaks{}, follower);
    const auto done = fan.append("notes-1", no_stream, one().batch());
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().outcome() == es::Outcome::unknown);
    CHECK(told(follower, "notes-1").empty());
}

TEST_CASE("What ends a call after the primary took its batch keeps no follower from it") {
    std::stop_source stopper;
    es::MemoryStore primary;
    es::MemoryStore follower;
    const TakesItsTime slow{primary, &stopper};
    es::FanOutPrimaryDecides fan(unheard, slow, follower);
    const es::CallOptions stoppable{.deadline = {}, .stop = stopper.get_token()};
    CHECK(fan.append("notes-1", no_stream, one().batch(), {}, stoppable));
    CHECK(stopper.stop_requested());
    CHECK(told(follower, "notes-1").size() == 1);

    const auto soon = es::CallOptions::within(std::chrono::milliseconds(2));
    CHECK(fan.append_unchecked("notes-1", one().batch(), soon));
    CHECK(told(primary, "notes-1").size() == 2);
    CHECK(told(follower, "notes-1").size() == 2);

    // one that ended before is the primary's to refuse
    CHECK(fan.append("notes-1", at(1), one().batch(), {}, stoppable).error() ==
          es::errc::cancelled);
    CHECK(told(follower, "notes-1").size() == 2);
}

TEST_CASE("A batch that is sent again reaches followers that missed it") {
    es::MemoryStore primary;
    es::MemoryStore follower;
    const auto note = one();
    REQUIRE(primary.append("notes-1", no_stream, note.batch())); // and then the process died
    es::FanOutPrimaryDecides fan(unheard, primary, follower);
    REQUIRE(fan.append("notes-1", no_stream, note.batch()));
    REQUIRE(fan.append("notes-1", no_stream, note.batch()));
    CHECK(told(primary, "notes-1").size() == 1);
    CHECK(told(follower, "notes-1").size() == 1);
}

TEST_CASE("A fan-out is read from its primary") {
    es::MemoryStore primary;
    REQUIRE(primary.append_unchecked("notes-1", one().batch()));
    const Stores fan(unheard, primary, es::MemoryStore{});
    CHECK(fan.read_stream("notes-1")->records().size() == 1);
    CHECK(fan.read_all()->records().size() == 1);
    CHECK(*fan.wait_for_append({}));
    CHECK(*fan.store_id() == *primary.store_id());
    int shown = 0;
    CHECK(fan.read_events<Note>("notes-1", std::nullopt,
                                [&](const Note&, es::Revision) { ++shown; }));
    CHECK(shown == 1);
}

TEST_CASE("Followers get what the primary has taken on a condition, and of several streams") {
    std::vector<std::string> seen;
    const es::CallbackSink follower{[&](es::StreamNameView stream, const es::EventBatch& batch) {
        seen.push_back(stream.str() + " " + std::to_string(batch.size()));
    }};
    const es::FanOutPrimaryDecides both{[](const es::FollowerFailure&) {}, es::MemoryStore{},
                                        follower};
    static_assert(es::AppendsIf<decltype(both)> && es::AppendsAll<decltype(both)>);
    static_assert(es::TellsHead<decltype(both)> && es::FindsEvents<decltype(both)>);
    static_assert(!es::SyncsUpTo<decltype(both)>);
    const es::AppendCondition nothing_at_all{.fail_if_exists = {.items = {{}}}, .after = {}};
    REQUIRE(both.append_if("notes-1", one().batch(), nothing_at_all));
    CHECK_FALSE(both.append_if("notes-1", one().batch(), nothing_at_all));
    const auto first = one();
    const auto second = Notes<>({Written{"a"}, Written{"b"}});
    const auto of_first = first.batch();
    const auto of_second = second.batch();
    const es::StreamBatch parts[] = {
        {"notes-2", no_stream, of_first}, {"notes-1", at(0)}, {"notes-3", no_stream, of_second}};
    REQUIRE(both.append_all(parts));
    const auto again = one();
    const auto of_again = again.batch();
    const es::StreamBatch refused[] = {{"notes-4", no_stream, of_again}, {"notes-1", at(7)}};
    CHECK_FALSE(both.append_all(refused));
    CHECK(seen == std::vector<std::string>{"notes-1 1", "notes-2 1", "notes-3 2"});
    CHECK(*both.head() == es::Position{4});
    CHECK(both.find_event(second.ids[1])->records().front().revision == es::Revision{1});
}

TEST_CASE(
    "A follower that throws keeps no other from appends on a condition and to several streams") {
    std::vector<std::string> heard;
    es::MemoryStore last;
    es::FanOutPrimaryDecides fan(
        [&](const es::FollowerFailure& failure) {
            heard.push_back(failure.stream.str() + " " + failure.error.message());
        },
        es::MemoryStore{}, Throwing<true>{}, last);
    const es::AppendCondition nothing_at_all{.fail_if_exists = {.items = {{}}}, .after = {}};
    CHECK(fan.append_if("notes-1", one().batch(), nothing_at_all));
    const auto first = one();
    const auto second = one();
    const auto of_first = first.batch();
    const auto of_second = second.batch();
    const es::StreamBatch parts[] = {{"notes-2", no_stream, of_first},
                                     {"notes-3", no_stream, of_second}};
    CHECK(fan.append_all(parts));
    const std::string threw = " the follower threw: connection reset";
    CHECK(heard ==
          std::vector<std::string>{"notes-1" + threw, "notes-2" + threw, "notes-3" + threw});
    CHECK(told(last, "notes-1").size() == 1);
    CHECK(told(last, "notes-2").size() == 1);
    CHECK(told(last, "notes-3").size() == 1);
}

TEST_CASE("A fan-out answers for its primary what it promises and which verbs it has") {
    const es::CallbackSink follower{[](es::StreamNameView, const es::EventBatch&) {}};
    const es::FanOutPrimaryDecides both{[](const es::FollowerFailure&) {},
                                        es::AnyStore(es::MemoryStore{}), follower};
    CHECK(es::promises_of(both).remembers_ids);
    CHECK_FALSE(es::promises_of(both).durable);
    CHECK(es::verbs_of(both).append_all);
    CHECK_FALSE(es::verbs_of(both).sync);
    CHECK_FALSE(es::verbs_of(both).snapshots);
}
