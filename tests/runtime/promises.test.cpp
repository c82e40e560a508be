// SPDX-License-Identifier: MIT
// What the pages of docs/runtime promise beside the laws, which each store is asked for
// (engines/sqlite/repository.test.cpp, decisions.test.cpp, execute_all.test.cpp).
#include <eventsourcing/runtime/repository.hpp>

#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/execute_all.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"
#include "laws/hooked_store.hpp"
#include "runtime/watched_store.hpp"

#include "../examples/courses/courses.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace bank;
using Hooked = hooked::HookedStore<es::MemoryStore>;
using Accounts = es::Repository<Account, Hooked>;

namespace {

es::Uuid new_id() {
    return es::Environment{}.new_id();
}

} // namespace

// ---- Repository ---------------------------------------------------------------------------------

TEST_CASE("a command with an id reads no more than one without; a refusal looks for one id") {
    const Hooked store{es::MemoryStore{}};
    const Accounts accounts{store, {.cache = 4}};
    REQUIRE(accounts.execute("anna", Deposit{10}));
    const auto reads = [&](const Account::Command& command) {
        store.hooks().reads.clear();
        store.hooks().finds = 0;
        static_cast<void>(accounts.execute("anna", command, {.command_id = new_id()}));
        return std::pair(store.hooks().reads.size(), store.hooks().finds);
    };
    CHECK(reads(Deposit{1}) == std::pair<std::size_t, std::size_t>(0, 0));
    CHECK(reads(Withdraw{99}) == std::pair<std::size_t, std::size_t>(1, 1)); // refused
    REQUIRE(accounts.execute("anna", Empty{}));
    CHECK(reads(Empty{}) == std::pair<std::size_t, std::size_t>(1, 1)); // nothing to do
}

TEST_CASE(
    "two calls that decide on one state with one id get one receipt, and only one is the first") {
    const Hooked store{es::MemoryStore{}};
    const Accounts accounts{store};
    const Accounts elsewhere{store};
    const es::Uuid id = new_id();
    es::Result<es::Executed<Account>> other = es::errc::internal;
    store.hooks().before_append = [&] {
        other = elsewhere.execute("anna", Deposit{10}, {.command_id = id});
    };
    const auto one = accounts.execute("anna", Deposit{10}, {.command_id = id});
    REQUIRE(one);
    REQUIRE(other);
    CHECK(one->receipt == other->receipt);
    CHECK(one->repeated);
    CHECK_FALSE(other->repeated);
    CHECK(store.read_stream("account-anna")->records().size() == 1);
}

TEST_CASE("with a cache, load and decide look at the end of the stream, too") {
    const Hooked store{es::MemoryStore{}};
    const Accounts accounts{store, {.cache = 4}};
    REQUIRE(accounts.execute("anna", Deposit{1}));
    REQUIRE(es::execute<Account>(store, "account-anna", Deposit{2}));
    store.hooks().reads.clear();
    const auto would = accounts.decide("anna", Withdraw{3}); // all of it
    REQUIRE(would);
    CHECK(would->size() == 2);
    CHECK(store.hooks().reads.size() == 1);
    REQUIRE(es::execute<Account>(store, "account-anna", Deposit{4}));
    store.hooks().reads.clear();
    CHECK(accounts.load("anna")->state.balance == 7);
    CHECK(store.hooks().reads.size() == 1);
    CHECK(store.hooks().read_records.back() == 1);
}

TEST_CASE("a load as of a time reads the events, and uses no snapshot") {
    const Hooked store{es::MemoryStore{}};
    es::FixedEnvironment clock;
    const Accounts accounts{store, {.snapshot_every = 2, .environment = clock}};
    for (int i = 0; i < 4; ++i)
        REQUIRE(accounts.execute("anna", Deposit{1}));
    const auto records_of = [&](const es::LoadOptions& options) {
        store.hooks().read_records.clear();
        REQUIRE(accounts.load("anna", options));
        return store.hooks().read_records;
    };
    using Records = std::vector<std::size_t>;
    CHECK(records_of({.as_of = clock.time()}) == Records{4});
    CHECK(records_of({}) == Records{1, 0}); // the snapshot's event, and what came after it
}

TEST_CASE("a repository executes in a stream of any name, and keeps it apart from its own") {
    const Hooked store{es::MemoryStore{}};
    const Accounts accounts{store, {.cache = 4}};
    REQUIRE(accounts.execute("anna", Deposit{1}));
    for (int i = 1; i <= 2; ++i) {
        store.hooks().reads.clear();
        const auto saved = accounts.execute_in("savings-anna", Deposit{100});
        REQUIRE(saved);
        CHECK(saved->state.balance == 100 * i);
        CHECK(store.hooks().reads.size() == 1); // of another category: not in the cache
    }
    CHECK(accounts.load("anna")->state.balance == 1);
    store.hooks().reads.clear();
    CHECK(accounts.execute_in(*Accounts::stream("anna"), Deposit{1})->state.balance == 2);
    CHECK(store.hooks().reads.empty());
}

// ---- Decisions ----------------------------------------------------------------------------------

namespace {

/// Says neither a category nor a stream.
struct FrontDesk : courses::Enrolment {};
struct Renamed : courses::Enrolment {
    static constexpr std::string_view category = "enrolment"; // its name before
};
struct InOneStream : courses::Enrolment {
    static es::StreamName stream(const courses::Define& /*c*/) {
        return es::StreamNameView("desk-1");
    }
};

template <class D, class S>
std::string stream_of(const S& store, const char* course) {
    const auto done = es::Decisions<D, S>{store}.execute(courses::Define{course, 1});
    INFO(message_of(done));
    REQUIRE(done);
    CHECK(store.read_stream(done->stream)->records().size() == 1);
    return done->stream.str();
}

/// Has all that a decision asks for but find_event.
class WithoutFinding : public es::MemoryStore {
public:
    static es::Result<es::Page> find_event(const es::Uuid&, const es::CallOptions& = {}) = delete;
};

} // namespace

TEST_CASE("decide tells the events that a decision would append now, and appends nothing") {
    const es::MemoryStore store;
    const es::Decisions<courses::Enrolment, es::MemoryStore> enrolment{store};
    const auto would = enrolment.decide(courses::Define{"c++", 1});
    REQUIRE(would);
    REQUIRE(would->size() == 1);
    CHECK(std::get<courses::CourseDefined>((*would)[0]).course_id == "c++");
    CHECK(store.read_all()->empty());
    REQUIRE(enrolment.execute(courses::Define{"c++", 1}));
    CHECK(
        fails_with(courses::Refusal::defined_already, enrolment.decide(courses::Define{"c++", 1})));
}

TEST_CASE("the events of a decision go to the stream of its name, its category, or its stream()") {
    const es::MemoryStore store;
    CHECK(stream_of<FrontDesk>(store, "a") == "front_desk-course:a");
    CHECK(stream_of<Renamed>(store, "b") == "enrolment-course:b");
    CHECK(stream_of<InOneStream>(store, "c") == "desk-1");
}

TEST_CASE("a decision in a store that can't append on a condition is unsupported") {
    const es::AnyStore store = Hooked{es::MemoryStore{}}; // which passes on no append_if
    const es::Decisions<courses::Enrolment, es::AnyStore> enrolment{store};
    const auto done = enrolment.execute(courses::Define{"c++", 1});
    CHECK(fails_with(es::errc::unsupported, done));
    CHECK(message_of(done).find("append_if") != std::string::npos);
}

TEST_CASE("a refused command with an id is unsupported in a store that finds no old ids") {
    const WithoutFinding store;
    const es::Decisions<courses::Enrolment, WithoutFinding> enrolment{store};
    const es::Uuid id = new_id();
    const courses::Subscribe subscribe{"ann", "c++"}; // there is no such course
    CHECK(fails_with(courses::Refusal::no_such_course, enrolment.execute(subscribe)));
    const auto done = enrolment.execute(subscribe, {.command_id = id});
    CHECK(fails_with(es::errc::unsupported, done));
    CHECK(message_of(done).find("es::FindsEvents") != std::string::npos);
}

// ---- execute_all --------------------------------------------------------------------------------

TEST_CASE("of commands on several streams that emit no event, none is appended and none checked") {
    const runtime_tests::WatchedStore store{es::MemoryStore{}};
    REQUIRE(es::execute_all(store, es::command<Account>("anna", Deposit{1})));
    store.watch().appends = 0;
    const auto done = es::execute_all(store, es::command<Account>("bert", Empty{}),
                                      es::unchanged<Account>("anna"));
    REQUIRE(done);
    CHECK(std::get<0>(done->parts).events().empty());
    CHECK(std::get<1>(done->parts).state.balance == 1);
    CHECK(store.watch().appends == 0);
}
