// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/given_process.hpp>

#include "catch.hpp"
#include "throw_or_skip.hpp"

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/catch2.hpp>
#include <eventsourcing/testing/given_projection.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

struct TransferRequested {
    std::string transfer_id, from, to;
    std::int64_t amount = 0;
};
struct Withdraw {
    std::string transfer_id;
    std::int64_t amount = 0;
};
struct Deposit {
    std::string transfer_id;
    std::int64_t amount = 0;
};
struct WithdrawnV1 {
    static constexpr std::string_view event_type = "bank.withdrawn", event_type_version = "0.9";
    std::string id;
};
struct Withdrawn {
    std::string transfer_id;
    std::int64_t amount = 0;
    static Withdrawn upcast(const WithdrawnV1& old) { return {old.id, 30}; }
};
struct Deposited {
    std::string transfer_id;
    std::int64_t amount = 0;
};
struct Closed {
    std::string account;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank", .version = "1.0"};
}
struct Requests {
    using Event = TransferRequested;
};
struct Account {
    using Command = std::variant<Withdraw, Deposit>;
    using Event = std::variant<Withdrawn, Deposited, Closed>;
};
struct Write {
    std::string text;
    static void members(auto& self, auto&& member) { member("text", self.text); }
};
/// No aggregate: a handler carries its commands out.
struct Mail {
    using Command = Write;
};

struct Expired {};
struct Reminder {
    int nth = 0;
};
struct Transfers {
    using Event = es::EventsOf<Requests, Account>;
    using StartedBy = TransferRequested;
    using Deadline = std::variant<Expired, Reminder>;
    using Reaction = es::Reaction<Account, Mail>;
    struct State {
        std::string from, to;
        std::int64_t amount = 0;
    };
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static void apply_event(State& s, const TransferRequested& e) { s = {e.from, e.to, e.amount}; }
    static Reaction react(const State& s, const TransferRequested& e) {
        return {es::send<Account>(s.from, Withdraw{e.transfer_id, s.amount}),
                es::deadline<Expired>(24h)};
    }
    static Reaction react(const State& s, const Withdrawn& e) {
        if (e.amount < 0)
            throw_or_skip(std::runtime_error("a negative amount"));
        return {es::send<Account>(s.to, Deposit{e.transfer_id, s.amount}),
                es::send<Mail>("clerk", Write{"sent"}), es::cancel<Expired>,
                es::deadline(90s, Reminder{7})};
    }
    static Reaction react(const State&, const Deposited&) { return {es::complete}; }
    static Reaction react(const State&, const es::Rejected<Withdraw>& r) {
        if (r.reason == "again")
            return {es::send<Account>(r.id, r.command)};
        return {es::complete};
    }
    static Reaction react(const State&, const Expired&) { return {es::complete}; }
    static Reaction react(const State&, const Reminder& d) {
        return {es::deadline(1h, Reminder{d.nth + 1})};
    }
};

/// A process that may begin with any event, and remembers when it was told.
struct Watch {
    using Event = es::EventsOf<Account>;
    using Reaction = es::Reaction<Mail>;
    struct State {
        std::string last;
    };
    static std::string process_id(const auto& e) { return std::string(e.stream.id()); }
    static void apply_event(State& s, const es::Recorded<Deposited>& e) {
        s.last = e.recorded_at.to_string() + " " + e.metadata.correlation_id;
    }
    static Reaction react(const State& s, const es::Recorded<Deposited>& e) {
        if (e.event.amount < 1000)
            return es::nothing;
        return {es::send<Mail>("clerk", Write{s.last})};
    }
};

/// Counts with a variable of its own.
int calls_of_impure = 0;
struct Impure {
    using Event = es::EventsOf<Account>;
    using Reaction = es::Reaction<Mail>;
    struct State {
        int calls = 0;
    };
    static std::string process_id(const auto&) { return "1"; }
    static void apply_event(State& s, const Deposited&) { s.calls = ++calls_of_impure; }
};

/// Passes on what can't be written: a number that is none, an enumerator outside of its range.
enum class Register : std::uint16_t { coils = 1, last = 40001 };
struct Measured {
    double value = 0;
    Register at = Register::coils;
};
struct Meters {
    using Event = Measured;
};
struct Show {
    double value = 0;
};
struct Display {
    using Command = Show;
};
struct Showing {
    using Event = es::EventsOf<Meters>;
    using Reaction = es::Reaction<Display>;
    struct State {
        Register last = Register::coils;
    };
    static std::string process_id(const auto&) { return "1"; }
    static void apply_event(State& s, const Measured& e) { s.last = e.at; }
    static Reaction react(const State&, const Measured& e) {
        // events that are stored can't hold these
        return {es::send<Display>("wall", Show{e.value < 0 ? std::sqrt(e.value) : e.value})};
    }
};
/// Remembers the register that follows, which may be one that can't be written.
struct Following : Showing {
    static void apply_event(State& s, const Measured& e) {
        s.last = e.value < 0 ? Register::last : e.at;
    }
    static Reaction react(const State&, const Measured&) { return es::nothing; }
};

const TransferRequested request{"1", "a", "b", 30};
const es::Timestamp noon = *es::Timestamp::parse("2026-11-28T12:00:00Z");

} // namespace

TEST_CASE("A process is tried on an event: what it sends, and which deadlines it sets") {
    CHECK(es::given<Transfers>().when(request).then(es::send<Account>("a", Withdraw{"1", 30}),
                                                    es::deadline<Expired>(24h)));
    CHECK(es::given<Transfers>(request)
              .when(Withdrawn{"1", 30})
              .then(es::send<Account>("b", Deposit{"1", 30}),
                    es::send<Mail>("clerk", Write{"sent"}), es::deadline(90s, Reminder{7}),
                    es::cancel<Expired>));
    CHECK(es::given<Transfers>(request, WithdrawnV1{"1"}).when(Deposited{"1"}).then(es::complete));
    CHECK(es::given<Transfers>(request)
              .when(Account::Event(Closed{"a"}))
              .then(es::nothing)); // an event of which it has no function
    CHECK(es::given<Watch>(es::on("account-a", Deposited{"1", 1}))
              .when(es::at(noon, es::with({.correlation_id = "request"},
                                          es::on("account-a", Deposited{"2", 1000}))))
              .then(es::send<Mail>("clerk", Write{"2026-11-28T12:00:00Z request"})));
    CHECK(es::given<Watch>().when(Deposited{"2", 1}).then(es::nothing));
}

TEST_CASE("A process is tried on a deadline that its events set, and on no other") {
    CHECK(es::given<Transfers>(request).when(Expired{}).then(es::complete));
    CHECK(es::given<Transfers>(request, Withdrawn{"1", 30})
              .when(Reminder{7})
              .then(es::deadline(1h, Reminder{8})));
    const auto gone = es::given<Transfers>(request, Withdrawn{"1", 30}).when(Expired{});
    CHECK(gone.then(es::complete).describe() ==
          "the process can't be told: the deadline expired of process \"1\" is not set, so that it "
          "never falls due: give the events by which it is set\n");
    CHECK(!gone.then(es::nothing));
    CHECK(es::given<Transfers>(request, Withdrawn{"1", 30})
              .when(Reminder{8})
              .then(es::nothing)
              .describe()
              .find("is set with {\"nth\":7}, and the test says {\"nth\":8}") != std::string::npos);
    CHECK(es::given<Transfers>()
              .when(Expired{})
              .then(es::nothing)
              .describe()
              .find("no process was begun") != std::string::npos);
    CHECK(es::given<Transfers>(request, TransferRequested{"2", "a", "b", 1})
              .when(Expired{})
              .then(es::complete)
              .describe()
              .find("several processes, \"1\" and \"2\"") != std::string::npos);
}

TEST_CASE("A process is tried on a refusal, with its reason") {
    const Withdraw withdraw{"1", 30};
    const es::Rejected<Withdraw> poor{withdraw, "a", "not enough money"};
    CHECK(es::given<Transfers>(request).when(poor).then(es::complete));
    const es::Rejected<Withdraw> again{withdraw, "a", "again"};
    CHECK(es::given<Transfers>(request).when(again).then(es::send<Account>("a", withdraw)));
}

TEST_CASE("A process ignores what comes after its end, and before its beginning") {
    CHECK(es::given<Transfers>().when(Withdrawn{"1", 30}).then(es::nothing));
    const auto late = es::given<Transfers>(request, Deposited{"1", 30}).when(Withdrawn{"1", 30});
    CHECK(late.then(es::nothing));
    CHECK(late.then(es::complete).describe() ==
          "the process ignores this input: it has ended, or was not begun by an event of "
          "StartedBy\n  expected that it ends, and it goes on\n");
}

TEST_CASE("What a process remembers is expected by a predicate") {
    const auto told = es::given<Transfers>().when(request);
    CHECK(told.then(es::state([](const auto& s) { return s.amount == 30; })));
    CHECK(told.then(es::state([](const auto& s) { return s.amount == 31; })).describe() ==
          "the state is not as expected: {from: \"a\", to: \"b\", amount: 30}\n");
    CHECK(!es::given<Transfers>().when(Withdrawn{"1", 30}).then(es::state([](const auto&) {
        return true;
    })));
}

TEST_CASE("A verdict on a process says what differs, command by command") {
    const auto told = es::given<Transfers>().when(request);
    const auto verdict =
        told.then(es::send<Account>("a", Withdraw{"1", 31}), es::send<Mail>("clerk", Write{"no"}),
                  es::deadline<Expired>(90min), es::complete);
    REQUIRE(!verdict);
    CHECK(verdict.describe() ==
          "the reaction is not as expected\n"
          "  command 1: \n    account \"a\" Withdraw\n      amount: expected 31, got 30\n"
          "  command 2: expected mail \"clerk\" Write{text: \"no\"}, got none\n"
          "  deadline expired: expected {} in 90min, got {} in 24h\n"
          "  expected that it ends, and it goes on\n");
    CHECK(Catch::Detail::stringify(verdict) == verdict.describe());
    CHECK(told.then(es::nothing).describe() ==
          "the reaction is not as expected\n"
          "  command 1: expected none, got account \"a\" Withdraw{transfer_id: \"1\", amount: 30}\n"
          "  deadline expired: expected nothing, got {} in 24h\n");
    CHECK(told.then(es::send<Account>("b", Withdraw{"1", 30}), es::deadline<Expired>(24h))
              .describe() ==
          "the reaction is not as expected\n  command 1: \n"
          "    expected account \"b\" Withdraw{transfer_id: \"1\", amount: 30}\n"
          "    got      account \"a\" Withdraw{transfer_id: \"1\", amount: 30}\n");
    CHECK(told.then(es::send<Account>("a", Withdraw{"1", 30}), es::deadline<Expired>(24h))
              .describe() == "as expected\n");
}

TEST_CASE("A process whose memory is not the fold of its stream is not as expected") {
    const auto verdict = es::given<Impure>().when(Deposited{"1", 30}).then(es::nothing);
    REQUIRE(!verdict);
    CHECK(verdict.describe().find("  the State is another one when the process's stream is folded "
                                  "again\n    calls: expected 1, got 2\n") != std::string::npos);
}

TEST_CASE("A process that throws is told as such") {
    const auto verdict = es::given<Transfers>(request).when(Withdrawn{"1", -1}).then(es::nothing);
    REQUIRE(!verdict);
    CHECK(verdict.describe().find("react threw: a negative amount") != std::string::npos);
    const auto before = es::given<Transfers>(request, Withdrawn{"1", -1}).when(Expired{});
    CHECK(before.then(es::complete)
              .describe()
              .find("the process can't be told: the events given: "
                    "event 1: ") == 0);
}

TEST_CASE("A process whose command or memory can't be stored is not as expected") {
    CHECK(es::given<Showing>().when(Measured{1}).then(es::send<Display>("wall", Show{1})));
    const auto command = es::given<Showing>().when(Measured{-1}).then(es::nothing);
    REQUIRE(!command);
    INFO(command.describe());
    CHECK(command.describe().find("the process can't be told: ") == 0);
    CHECK(command.describe().find("$.value: expected a finite number") != std::string::npos);

    CHECK(es::given<Following>().when(Measured{1}).then(es::nothing));
    const auto memory = es::given<Following>().when(Measured{-1}).then(es::nothing);
    REQUIRE(!memory);
    INFO(memory.describe());
    CHECK(memory.describe().find("as expected, but it does not survive being stored\n"
                                 "  the State\n    can't be stored: $.last: ") == 0);
    CHECK(memory.describe().find("40001") != std::string::npos);
}
