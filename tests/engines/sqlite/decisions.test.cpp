// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/decisions.hpp>

#include "catch.hpp"
#include "engines/sqlite/each_store.hpp"
#include "fails_with.hpp"
#include "laws/each_store.hpp"
#include "runtime/watched_store.hpp"

#include "../examples/courses/audit.hpp"
#include "../examples/courses/courses.hpp"

#include <eventsourcing/testing/fixed_environment.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace courses;
using runtime_tests::WatchedStore;
using sqlite_tests::on_each_store;

namespace bank {

struct Withdrawn {
    std::string account;
    int amount;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"account:" + account}; }
};
struct Deposited {
    std::string account;
    int amount;
    static constexpr std::array event_type_aliases{std::string_view{"bank.paid_in"}};
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"account:" + account}; }
};
struct Renamed {
    std::string account;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"account:" + account}; }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank"};
}

/// Reads whether an account was renamed, but a new name changes no decision.
struct Account {
    std::string account;
    int balance = 0;
    int names = 0;

    using Event = std::variant<Withdrawn, Deposited, Renamed>;
    using Conflict = std::variant<Withdrawn, Deposited>;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"account:" + account}; }
    static void apply_event(Account& a, const Withdrawn& e) { a.balance -= e.amount; }
    static void apply_event(Account& a, const Deposited& e) { a.balance += e.amount; }
    static void apply_event(Account& a, const Renamed& /*e*/) { ++a.names; }
};

struct Open {
    std::string account;
    int amount;
};
struct Transfer {
    std::string from;
    std::string to;
    int amount;
};
enum class Refusal { too_little = 1 };

struct Transfers {
    using Event = std::variant<Withdrawn, Deposited>;

    static std::tuple<Account> boundary(const Open& c) { return {Account{c.account}}; }
    static es::Events<Event> handle_command(const Account& account, const Open& c) {
        if (account.balance != 0)
            return es::nothing;
        return Deposited{c.account, c.amount};
    }

    static auto boundary(const Transfer& c) { return std::tuple{Account{c.from}, Account{c.to}}; }
    static es::Result<es::Events<Event>> handle_command(const Account& from, const Account& /*to*/,
                                                        const Transfer& c) {
        if (from.balance < c.amount)
            return es::reject(Refusal::too_little, std::to_string(from.names) + " names");
        return {Withdrawn{c.from, c.amount}, Deposited{c.to, c.amount}};
    }
    static es::Result<es::StreamName> stream(const Open& c) {
        return es::StreamName::of("account", c.account);
    }
    static es::StreamName stream(const Transfer& /*c*/) {
        return es::StreamNameView("transfers-1");
    }
};

struct PayIn {
    std::string account;
    std::size_t times;
};
/// Emits many events.
struct Many {
    using Event = Deposited;
    static auto boundary(const PayIn& c) { return std::tuple{Account{c.account}}; }
    static std::vector<Deposited> handle_command(const Account& /*a*/, const PayIn& c) {
        return std::vector<Deposited>(c.times, Deposited{c.account, 1});
    }
};

} // namespace bank

namespace {

std::string number(std::size_t n) {
    std::string text("n");
    return text.append(std::to_string(n));
}
std::string student(std::size_t n) {
    std::string text("s");
    return text.append(std::to_string(n));
}

template <class S>
es::Result<es::Receipt> store_event(const S& store, es::StreamNameView stream, const auto& event) {
    using Event = std::remove_cvref_t<decltype(event)>;
    const es::Environment environment;
    const es::Uuid id = environment.new_id();
    const es::Batch<Event> batch({&event, 1}, {&id, 1}, environment.now());
    return store.append_unchecked(stream, batch);
}

template <class S>
std::size_t stored(const S& store) {
    auto page = store.read_all();
    REQUIRE(page);
    return page->records().size();
}

/// A decision that forgets tags of its events in one of several ways.
struct Forgetful {
    std::string course_id;
    std::vector<std::string> tags;
    [[nodiscard]] std::vector<std::string> event_tags() const { return tags; }
    static constexpr std::string_view event_type = "forgetful";
    static constexpr std::string_view event_source = "events://example.org";
};
struct CourseCount {
    std::string course_id;
    int count = 0;
    using Event = Forgetful;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {course_tag(course_id)}; }
    static void apply_event(CourseCount& c, const Forgetful& /*e*/) { ++c.count; }
};
struct StudentCount {
    std::vector<std::string> tags;
    int count = 0;
    using Event = Forgetful;
    [[nodiscard]] std::vector<std::string> event_tags() const { return tags; }
    static void apply_event(StudentCount& c, const Forgetful& /*e*/) { ++c.count; }
};
struct Forget {
    std::vector<std::string> tags;
    std::vector<std::string> found_by;
};
Forget forget(std::vector<std::string> tags, std::vector<std::string> found_by = {"student:ann"}) {
    return {std::move(tags), std::move(found_by)};
}
struct Forgetting {
    using Event = Forgetful;
    static auto boundary(const Forget& c) {
        return std::tuple{CourseCount{"c++"}, StudentCount{c.found_by}};
    }
    static Forgetful handle_command(const CourseCount& /*c*/, const StudentCount& /*s*/,
                                    const Forget& c) {
        return {"c++", c.tags};
    }
};

/// Looks at time and metadata, and throws where it is told to.
struct Seen {
    std::string student_id;
    std::vector<std::string> lines{};
    using Event = std::variant<CourseDefined, StudentSubscribed>;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {student_tag(student_id)}; }
    static void apply_event(Seen& s, const es::Recorded<StudentSubscribed>& e) {
        std::string line = e.recorded_at.to_string() + " " + e.event.course_id + " " +
                           e.metadata.correlation_id + ", " + e.source + ", " + e.stream.str() +
                           " " + std::to_string(e.revision.value()) + ", " +
                           std::to_string(e.position->value());
        for (const std::string& tag : e.tags)
            line += ", " + tag;
        s.lines.push_back(e.id.is_nil() ? "no id" : line);
    }
    static es::Result<void> apply_event(Seen& /*s*/, const CourseDefined& e) {
        return es::reject("no place for {}", e.course_id);
    }
};
struct Look {
    std::string student_id;
};
struct Looking {
    using Event = std::variant<CourseDefined>;
    static std::tuple<Seen> boundary(const Look& c) { return {Seen{c.student_id}}; }
    static es::Result<es::Events<Event>> handle_command(const Seen& seen, const Look& /*c*/) {
        return es::reject("{}", seen.lines.empty() ? "nothing" : seen.lines.back());
    }
};

} // namespace

TEST_CASE(
    "The query of a decision is one item for each view: the types of its events and its tags") {
    const WatchedStore store{es::MemoryStore{}};
    const es::Decisions<Enrolment, WatchedStore<es::MemoryStore>> enrolment{store};
    REQUIRE(enrolment.execute(Define{"c++", 1}));
    store.watch() = {};

    REQUIRE(enrolment.execute(Subscribe{"ann", "c++"}));
    REQUIRE(store.watch().reads.size() == 1);
    const auto& items = store.watch().reads[0].query.items;
    REQUIRE(items.size() == 2);
    CHECK(items[0].types == std::vector<std::string>{"courses.course_defined",
                                                     "courses.capacity_changed",
                                                     "courses.student_subscribed"});
    CHECK(items[0].tags == std::vector<std::string>{"course:c++"});
    CHECK(items[1].types == std::vector<std::string>{"courses.student_subscribed"});
    CHECK(items[1].tags == std::vector<std::string>{"student:ann"});

    REQUIRE(store.watch().conditions.size() == 1);
    const auto& condition = store.watch().conditions[0];
    REQUIRE(condition.fail_if_exists.items.size() == 2);
    CHECK(condition.fail_if_exists.items[0].types == items[0].types);
    CHECK(condition.fail_if_exists.items[1].tags == items[1].tags);
    CHECK(condition.after == es::Position{1});

    const es::Decisions<bank::Transfers, WatchedStore<es::MemoryStore>> transfers{store};
    store.watch() = {};
    REQUIRE(transfers.execute(bank::Open{"a", 100}));
    CHECK(store.watch().reads[0].query.items[0].types ==
          std::vector<std::string>{"bank.withdrawn", "bank.deposited", "bank.renamed",
                                   "bank.paid_in"});
}

TEST_CASE("A decision is made of the events that carry the tags of its views, wherever they are") {
    on_each_store([](const auto& store) {
        const es::Decisions<Enrolment, std::remove_cvref_t<decltype(store)>> enrolment{store};
        REQUIRE(store_event(store, "elsewhere-1", CourseDefined{"c++", 2}));
        REQUIRE(store_event(store, "elsewhere-2", StudentSubscribed{"bob", "c++"}));
        REQUIRE(store_event(store, "elsewhere-3", StudentSubscribed{"bob", "go"}));

        auto done = enrolment.execute(Subscribe{"ann", "c++"});
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(done->stream == "enrolment-course:c++");
        CHECK(done->attempts == 1);
        CHECK(done->read == 2);
        CHECK(!done->repeated);
        REQUIRE(done->events().size() == 1);
        CHECK(std::get<StudentSubscribed>(done->events()[0]).student_id == "ann");
        REQUIRE(done->receipt);
        CHECK(done->receipt->first == es::Revision{0});
        CHECK(done->receipt->position == es::Position{4});

        CHECK(fails_with(Refusal::course_is_full, enrolment.execute(Subscribe{"eve", "c++"})));
        CHECK(fails_with(Refusal::no_such_course, enrolment.execute(Subscribe{"eve", "go"})));
        const auto would = enrolment.decide(ChangeCapacity{"c++", 3});
        REQUIRE(would);
        CHECK(std::get<CapacityChanged>((*would)[0]).capacity == 3);
        CHECK(stored(store) == 4);
    });
}

TEST_CASE("Of racing decisions none is stored that was made without one stored before it",
          "[waits]") {
    on_each_store([](const auto& store) {
        constexpr std::size_t threads = 8;
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<Enrolment, Store> enrolment{store, {.attempts = 1'000}};
        for (std::size_t c = 0; c < 7; ++c)
            REQUIRE(enrolment.execute(Define{number(c), c == 6 ? 20U : 3U}));

        std::atomic<int> wrong = 0;
        std::atomic<int> accepted = 0;
        std::vector<std::jthread> all;
        for (std::size_t t = 0; t < threads; ++t)
            all.emplace_back([&, t] {
                for (std::size_t i = 0; i < 28; ++i) { // everyone is two students in turns
                    const auto done = enrolment.execute(
                        Subscribe{student(t % 4 + (i / 7) * 4), number((i + t) % 7)});
                    if (done)
                        ++accepted;
                    else if (done.error() != es::errc::rejected)
                        ++wrong;
                    if (i % 9 == 0)
                        wrong += enrolment.execute(ChangeCapacity{number(t % 6), 4}) ? 0 : 1;
                }
            });
        all.clear();
        CHECK(wrong == 0);
        const auto audited = audit(store);
        INFO(message_of(audited));
        REQUIRE(audited);
        CHECK(audited->subscriptions() == static_cast<std::size_t>(accepted));
        CHECK(audited->full_courses() >= 6);
        CHECK(audited->busy_students() >= 1);
    });
}

TEST_CASE("Decisions whose boundaries don't overlap never make each other decide again",
          "[waits]") {
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<Enrolment, Store> enrolment{store, {.attempts = 1}};
        std::atomic<int> wrong = 0;
        std::vector<std::jthread> all;
        for (std::size_t t = 0; t < 8; ++t)
            all.emplace_back([&, t] {
                wrong += enrolment.execute(Define{number(t), 100}) ? 0 : 1;
                for (std::size_t i = 0; i < 20; ++i) {
                    const auto done = enrolment.execute(
                        Subscribe{student(t) + "." + std::to_string(i), number(t)});
                    wrong += done && done->attempts == 1 ? 0 : 1;
                }
            });
        all.clear();
        CHECK(wrong == 0);
    });
}

TEST_CASE("Decisions whose events go to one stream never make each other decide again, if their "
          "boundaries don't overlap",
          "[waits]") { // D3
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<bank::Transfers, Store> transfers{store, {.attempts = 1}};
        std::atomic<int> wrong = 0;
        std::vector<std::jthread> all;
        for (std::size_t t = 0; t < 4; ++t)
            all.emplace_back([&, t] {
                const std::string from = "a" + std::to_string(t);
                const std::string to = "b" + std::to_string(t);
                wrong += transfers.execute(bank::Open{from, 10}) ? 0 : 1;
                for (int i = 0; i < 10; ++i) {
                    const auto done = transfers.execute(bank::Transfer{from, to, 1});
                    wrong += done && done->attempts == 1 && done->stream == "transfers-1" ? 0 : 1;
                }
            });
        all.clear();
        CHECK(wrong == 0);
        CHECK(stored(store) == 4 + 80);
    });
}

TEST_CASE("Through two handles of one store racing calls with one id are stored once, and one says "
          "that it was the first",
          "[waits]") { // D9
    each_store::on_any_store([](const auto& one, const auto& other) {
        using Store = std::remove_cvref_t<decltype(one)>;
        const es::Decisions<Enrolment, Store> handles[]{
            es::Decisions<Enrolment, Store>{one, {.attempts = 100}},
            es::Decisions<Enrolment, Store>{other, {.attempts = 100}}};
        REQUIRE(handles[0].execute(Define{"c++", 100}));
        for (std::size_t round = 0; round < 5; ++round) {
            const es::Uuid request = es::Environment{}.new_id();
            std::atomic<int> done = 0;
            std::atomic<int> first = 0;
            std::vector<std::jthread> all;
            for (std::size_t t = 0; t < 6; ++t)
                all.emplace_back([&, t, id = student(round)] {
                    const auto mine =
                        handles[t % 2].execute(Subscribe{id, "c++"}, {.command_id = request});
                    done += mine && mine->events().size() == 1 ? 1 : 0;
                    first += mine && !mine->repeated ? 1 : 0;
                });
            all.clear();
            CHECK(done == 6);
            CHECK(first == 1);
        }
        CHECK(stored(one) == 6);
    });
}

TEST_CASE(
    "After a failed condition only events behind the last read are read, at most three times") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        using Watched = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<Enrolment, Watched> enrolment{store};
        REQUIRE(enrolment.execute(Define{"c++", 100}));
        for (std::size_t i = 0; i < 20; ++i)
            REQUIRE(enrolment.execute(Subscribe{number(i), "c++"}));

        int cuts = 2;
        store.watch() = {};
        store.watch().before_append = [&](std::size_t attempt) {
            if (cuts-- > 0) {
                // two events that it folds, and one that it does not
                REQUIRE(
                    store_event(inside, "a-1", StudentSubscribed{number(100 + attempt), "c++"}));
                REQUIRE(store_event(inside, "a-1", StudentSubscribed{"ann", number(attempt)}));
                REQUIRE(store_event(inside, "a-1", StudentSubscribed{"eve", "go"}));
            }
        };
        const auto done = enrolment.execute(Subscribe{"ann", "c++"});
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(done->attempts == 3);
        CHECK(done->read == 21 + 2 + 2);
        CHECK(store.watch().records_read == 21 + 2 + 2);
        REQUIRE(store.watch().reads.size() == 3);
        CHECK(store.watch().reads[1].after == es::Position{21});
        CHECK(store.watch().reads[2].after == es::Position{24});
        CHECK(store.watch().conditions[2].after == es::Position{27});

        cuts = 1'000;
        store.watch().appends = 0;
        CHECK(fails_with(es::errc::condition_failed, enrolment.execute(Subscribe{"bob", "c++"})));
        CHECK(store.watch().appends == 3);
    });
}

TEST_CASE("A refusal is decided on a fresh read, also after a failed condition") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        using Watched = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<Enrolment, Watched> enrolment{store};
        REQUIRE(enrolment.execute(Define{"c++", 1}));
        store.watch().appends = 0;
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 1) // the last place
                REQUIRE(store_event(inside, "a-1", StudentSubscribed{"bob", "c++"}));
        };
        CHECK(fails_with(Refusal::course_is_full, enrolment.execute(Subscribe{"ann", "c++"})));
        CHECK(store.watch().appends == 1);

        REQUIRE(store_event(inside, "a-1", CapacityChanged{"c++", 2}));
        CHECK(enrolment.execute(Subscribe{"ann", "c++"}));
    });
}

TEST_CASE("An emitted event that a view folds and would not find by its tags is refused") {
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<Forgetting, Store> forgetting{store};
        const auto none = forgetting.execute(forget({"course: c++", "student: ann"}));
        REQUIRE(fails_with(es::errc::invalid, none));
        CHECK(none.error().message() ==
              "forgetful: the view CourseCount of this decision folds it and finds it by the tag "
              "\"course:c++\", but it has only \"course: c++\", \"student: ann\", and later "
              "decisions would not know of it; add the tag to its event_tags()");
        const auto no_tag = forgetting.execute(forget({}));
        REQUIRE(fails_with(es::errc::invalid, no_tag));
        CHECK(no_tag.error().message().find("but it has no tag, and later") != std::string::npos);

        // one of two views finds it, and the other never will: it is of no student
        const auto half = forgetting.execute(forget({"course:c++"}));
        REQUIRE(fails_with(es::errc::invalid, half));
        CHECK(half.error().message().find(
                  "the view StudentCount of this decision folds it and finds it by the tag "
                  "\"student:ann\"") != std::string::npos);
        CHECK(stored(store) == 0);
        CHECK(fails_with(es::errc::invalid, forgetting.decide(forget({"course:c++"}))));

        CHECK(forgetting.execute(forget({"student:ann", "course:c++", "more"})));
        CHECK(forgetting.execute(forget({"student:ann", "course:other"}))); // of another course
        CHECK(forgetting.execute(forget({"course:c++"}), {.tags = {"student:ann"}}));
        CHECK(stored(store) == 3);
    });
}

TEST_CASE("The tags of the call count as tags of each emitted event") {
    const es::MemoryStore store;
    const es::Decisions<Forgetting, es::MemoryStore> forgetting{store};
    CHECK(fails_with(es::errc::invalid, forgetting.execute(forget({"course:c++"}))));
    CHECK(forgetting.execute(forget({"course:c++"}), {.tags = {"student:ann"}}));
    CHECK(stored(store) == 1);
}

TEST_CASE("An event need not be found by each view that folds it: of two accounts it has one") {
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<bank::Transfers, Store> transfers{store};
        REQUIRE(transfers.execute(bank::Open{"a", 100}));
        const auto done = transfers.execute(bank::Transfer{"a", "b", 30});
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(done->stream == "transfers-1");
        CHECK(done->events().size() == 2);
        CHECK(done->receipt->last == es::Revision{1});
        CHECK(
            fails_with(bank::Refusal::too_little, transfers.execute(bank::Transfer{"a", "b", 71})));
        CHECK(transfers.execute(bank::Transfer{"b", "a", 30}));
        CHECK(transfers.execute(bank::Transfer{"a", "b", 100}));
    });
}

TEST_CASE("An event that is not in Conflict is read and makes no decision be made again") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        using Watched = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<bank::Transfers, Watched> transfers{store};
        REQUIRE(transfers.execute(bank::Open{"a", 100}));

        store.watch() = {};
        store.watch().before_append = [&](std::size_t) {
            REQUIRE(store_event(inside, "account-a", bank::Renamed{"a"}));
        };
        auto done = transfers.execute(bank::Transfer{"a", "b", 10});
        REQUIRE(done);
        CHECK(done->attempts == 1);
        CHECK(store.watch().conditions[0].fail_if_exists.items[0].types ==
              std::vector<std::string>{"bank.withdrawn", "bank.deposited", "bank.paid_in"});
        CHECK(store.watch().reads[0].query.items[0].types.size() == 4);

        store.watch() = {};
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 1)
                REQUIRE(store_event(inside, "account-b", bank::Deposited{"b", 1}));
        };
        done = transfers.execute(bank::Transfer{"a", "b", 10});
        REQUIRE(done);
        CHECK(done->attempts == 2);

        const auto refused = transfers.execute(bank::Transfer{"a", "b", 1'000});
        REQUIRE(fails_with(bank::Refusal::too_little, refused));
        CHECK(message_of(refused).find("1 names") != std::string::npos); // it was read
    });
}

TEST_CASE("A command with an id is decided once, whoever sends it and whatever came meanwhile") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        using Watched = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<Enrolment, Watched> enrolment{store};
        const es::Decisions<Enrolment, Watched> elsewhere{store};
        const es::Uuid request = es::Environment{}.new_id();
        REQUIRE(enrolment.execute(Define{"c++", 2}));

        store.watch() = {};
        const auto first = enrolment.execute(Subscribe{"ann", "c++"}, {.command_id = request});
        REQUIRE(first);
        CHECK(!first->repeated);
        CHECK(store.watch().events_asked == 0); // nothing is looked for on the usual way
        const auto page = inside.read_stream(first->stream, {.from = first->receipt->first});
        REQUIRE(page);
        const auto metadata = es::decode_metadata(page->records()[0].metadata);
        REQUIRE(metadata);
        CHECK(metadata->command_id == request.to_string());

        REQUIRE(enrolment.execute(Subscribe{"bob", "c++"})); // now the course is full
        const auto again = elsewhere.execute(Subscribe{"ann", "c++"}, {.command_id = request});
        INFO(message_of(again));
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->receipt == first->receipt);
        REQUIRE(again->events().size() == 1);
        CHECK(std::get<StudentSubscribed>(again->events()[0]).student_id == "ann");
        CHECK(store.watch().events_asked == 1);

        // another command with this id, in the same stream, gets the first outcome
        const auto other = elsewhere.execute(Subscribe{"eve", "c++"}, {.command_id = request});
        REQUIRE(other);
        CHECK(other->repeated);
        CHECK(std::get<StudentSubscribed>(other->events()[0]).student_id == "ann");
        // also one whose events would be others, and could be stored
        const auto changed = elsewhere.execute(ChangeCapacity{"c++", 9}, {.command_id = request});
        REQUIRE(changed);
        CHECK(changed->repeated);
        CHECK(std::holds_alternative<StudentSubscribed>(changed->events()[0]));
        CHECK(stored(inside) == 3);

        // a refusal stores nothing, and is decided again
        const es::Uuid refused = es::Environment{}.new_id();
        CHECK(fails_with(Refusal::course_is_full,
                         enrolment.execute(Subscribe{"eve", "c++"}, {.command_id = refused})));
        REQUIRE(enrolment.execute(ChangeCapacity{"c++", 9}));
        CHECK(enrolment.execute(Subscribe{"eve", "c++"}, {.command_id = refused}));
    });
}

TEST_CASE("A repeated decision of several events returns all of them, and an empty one is decided "
          "again") {
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<bank::Transfers, Store> transfers{store};
        const es::Uuid open = es::Environment{}.new_id();
        const es::Uuid move = es::Environment{}.new_id();
        REQUIRE(transfers.execute(bank::Open{"a", 100}, {.command_id = open}));
        const auto opened = transfers.execute(bank::Open{"a", 7}, {.command_id = open});
        REQUIRE(opened);
        CHECK(opened->repeated); // although it decides on nothing now
        CHECK(std::get<bank::Deposited>(opened->events()[0]).amount == 100);

        const auto moved = transfers.execute(bank::Transfer{"a", "b", 60}, {.command_id = move});
        REQUIRE(moved);
        REQUIRE(transfers.execute(bank::Transfer{"b", "a", 1}));
        const auto again = transfers.execute(bank::Transfer{"a", "b", 60}, {.command_id = move});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->receipt == moved->receipt);
        REQUIRE(again->events().size() == 2);
        CHECK(std::get<bank::Deposited>(again->events()[1]).amount == 60);

        const auto empty = transfers.execute(bank::Open{"a", 1});
        REQUIRE(empty);
        CHECK(empty->events().empty());
        CHECK(!empty->receipt);
        CHECK(!empty->repeated);
    });
}

TEST_CASE("A decision whose outcome was unknown is sent again with its ids, and stored once") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        using Watched = std::remove_cvref_t<decltype(store)>;
        const es::FixedEnvironment world;
        const es::Decisions<Enrolment, Watched> enrolment{store, {.environment = world}};
        REQUIRE(enrolment.execute(Define{"c++", 1}));

        store.watch().lost_answers = 2;
        auto done = enrolment.execute(Subscribe{"ann", "c++"});
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(done->attempts == 1);
        CHECK(stored(inside) == 2);

        // not stored, and somebody takes the place: refused, and nothing is in doubt
        REQUIRE(enrolment.execute(ChangeCapacity{"c++", 2}));
        store.watch().appends = 0;
        store.watch().lost_appends = 1;
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 2)
                REQUIRE(store_event(inside, "a-1", StudentSubscribed{"bob", "c++"}));
        };
        CHECK(fails_with(Refusal::course_is_full, enrolment.execute(Subscribe{"eve", "c++"})));
        CHECK(stored(inside) == 4);
    });
}

TEST_CASE("A decision whose outcome stays unknown carries what sends it again") {
    const es::MemoryStore inside;
    const WatchedStore store{inside};
    const es::FixedEnvironment world;
    const es::Decisions<Enrolment, WatchedStore<es::MemoryStore>> enrolment{
        store, {.patience = std::chrono::milliseconds(100), .environment = world}};
    REQUIRE(enrolment.execute(Define{"c++", 1}));

    store.watch().lost_appends = 1'000;
    const auto lost = enrolment.execute(Subscribe{"ann", "c++"});
    REQUIRE(fails_with(es::errc::unknown_outcome, lost));
    CHECK(lost.error().outcome() == es::Outcome::unknown);
    const auto* const pending = es::pending_decision<Enrolment>(lost.error());
    REQUIRE(pending);
    CHECK(pending->stream == "enrolment-course:c++");
    CHECK(fails_with(es::errc::unknown_outcome, enrolment.retry(*pending)));

    store.watch().lost_appends = 0;
    const auto receipt = enrolment.retry(*pending);
    REQUIRE(receipt);
    CHECK(enrolment.retry(*pending).value() == *receipt);
    CHECK(stored(inside) == 2);
}

TEST_CASE("A decision is sent again with its first time, metadata, tags and condition") {
    const es::MemoryStore inside;
    const WatchedStore store{inside};
    es::FixedEnvironment world;
    const es::Decisions<Enrolment, WatchedStore<es::MemoryStore>> enrolment{
        store, {.patience = std::chrono::seconds(0), .environment = world}};
    REQUIRE(enrolment.execute(Define{"c++", 9}));
    const auto lose = [&](const std::string& student) {
        store.watch().lost_appends = 1;
        auto lost =
            enrolment.execute(Subscribe{student, "c++"},
                              {.metadata = {.correlation_id = "request 7"}, .tags = {"term:1"}});
        REQUIRE(fails_with(es::errc::unknown_outcome, lost));
        return lost.error();
    };
    const es::Error first = lose("ann");
    const auto* const pending = es::pending_decision<Enrolment>(first);
    REQUIRE(pending);
    const es::Timestamp then = world.time();
    world.advance(std::chrono::hours(1));
    store.watch().lost_appends = 1;
    const auto again = enrolment.retry(*pending);
    REQUIRE(fails_with(es::errc::unknown_outcome, again));
    REQUIRE(es::pending_decision<Enrolment>(again.error()));
    REQUIRE(enrolment.retry(*es::pending_decision<Enrolment>(again.error())));
    const auto page = inside.read_all({.after = es::Position{1}});
    REQUIRE(page);
    REQUIRE(page->records().size() == 1);
    const auto event = es::decode_record<StudentSubscribed>(page->records()[0]);
    REQUIRE(event);
    CHECK(event->id == pending->ids.at(0));
    CHECK(event->recorded_at == then);
    CHECK(event->metadata.correlation_id == "request 7");
    CHECK(event->tags == std::vector<std::string>{"course:c++", "student:ann", "term:1"});

    const es::Error late = lose("eve");
    REQUIRE(es::pending_decision<Enrolment>(late));
    REQUIRE(store_event(inside, "a-1", StudentSubscribed{"bob", "c++"}));
    CHECK(fails_with(es::errc::condition_failed,
                     enrolment.retry(*es::pending_decision<Enrolment>(late))));
    CHECK(stored(inside) == 3);
}

TEST_CASE("A decision with a command id keeps the command id that its metadata names") {
    const es::MemoryStore store;
    const es::Decisions<Enrolment, es::MemoryStore> enrolment{store};
    const es::Uuid request = es::Environment{}.new_id();
    REQUIRE(enrolment.execute(
        Define{"c++", 1}, {.command_id = request, .metadata = {.command_id = "of the client"}}));
    REQUIRE(enrolment.execute(Define{"go", 1}, {.command_id = request}));
    const auto page = store.read_all();
    REQUIRE(page);
    CHECK(es::decode_record<CourseDefined>(page->records()[0])->metadata.command_id ==
          "of the client");
    CHECK(es::decode_record<CourseDefined>(page->records()[1])->metadata.command_id ==
          request.to_string());
}

TEST_CASE("A repeated decision of more events than a page holds returns all of them") {
    const es::MemoryStore store;
    const es::Decisions<bank::Many, es::MemoryStore> many{store};
    const es::Uuid request = es::Environment{}.new_id();
    constexpr std::size_t count = 2 * es::default_page_size + 1;
    REQUIRE(many.execute(bank::PayIn{"a", count}, {.command_id = request}));
    REQUIRE(many.execute(bank::PayIn{"a", 1})); // of another command, right after it
    const auto again = many.execute(bank::PayIn{"a", 2}, {.command_id = request});
    REQUIRE(again);
    CHECK(again->repeated);
    CHECK(again->events().size() == count);
    CHECK(again->receipt->last == es::Revision{count - 1});
}

TEST_CASE("A command that is decided as before is repeated, too, also by the last event") {
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<bank::Many, Store> many{store};
        const es::Uuid request = es::Environment{}.new_id();
        const auto first = many.execute(bank::PayIn{"a", 2}, {.command_id = request});
        REQUIRE(first);
        CHECK(!first->repeated);
        const auto again = many.execute(bank::PayIn{"a", 2}, {.command_id = request});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->receipt == first->receipt);
    });
}

namespace {
struct Ear {
    std::vector<std::string>& lines;
    void on(const es::Appended& a) {
        lines.push_back("appended " + std::string(a.stream) + " " + std::to_string(a.events) + " " +
                        std::to_string(a.attempts));
    }
    void on(const es::ConflictRetried& c) {
        lines.push_back("retried " + std::string(c.stream) + " " + std::to_string(c.attempt));
    }
    void on(const es::OutcomeRetried& o) { lines.push_back("sent again " + std::string(o.stream)); }
    void on(const es::CommandRepeated& c) {
        lines.push_back("repeated " + std::string(c.stream) + " " +
                        std::to_string(c.revision.value()));
    }
    void on(const es::StateLoaded& s) {
        lines.push_back("read " + std::to_string(s.folded) + (s.cached ? " cached" : ""));
    }
};
using Lines = std::vector<std::string>;
} // namespace

TEST_CASE("A decision that meets its id between its read and its append answers all that is "
          "stored, and tells that it is a repeat") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        Lines lines;
        const es::Decisions<bank::Many, std::remove_cvref_t<decltype(store)>> many{
            store, {.observer = Ear{lines}, .environment = es::FixedEnvironment{}}};
        const es::Uuid request = es::Environment{}.new_id();
        const es::Decisions<bank::Many, std::remove_cvref_t<decltype(inside)>> other{inside};
        store.watch().before_append = [&](std::size_t attempt) {
            if (attempt == 1)
                REQUIRE(other.execute(bank::PayIn{"a", 3}, {.command_id = request}));
        };
        std::size_t times = 3;
        SECTION("with the same events") {}
        SECTION("with fewer events") {
            times = 1;
        }
        SECTION("with more events") {
            times = 4;
        }
        const auto done = many.execute(bank::PayIn{"a", times}, {.command_id = request});
        INFO(message_of(done));
        REQUIRE(done);
        CHECK(done->repeated);
        CHECK(done->events().size() == 3);
        CHECK(done->receipt->last == es::Revision{2});
        CHECK(lines == Lines{"read 0", "repeated many-account:a 0"});
        CHECK(stored(inside) == 3);
    });
}

TEST_CASE("A decision without a command id is no repeat of itself") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        Lines lines;
        const es::Decisions<bank::Many, std::remove_cvref_t<decltype(store)>> many{
            store, {.observer = Ear{lines}, .environment = es::FixedEnvironment{}}};
        store.watch().lost_answers = 1;
        const auto done = many.execute(bank::PayIn{"a", 2});
        REQUIRE(done);
        CHECK_FALSE(done->repeated);
        CHECK(lines == Lines{"read 0", "sent again many-account:a", "appended many-account:a 2 1"});
    });
}

namespace {
/// A store that can't say whether an id is stored.
struct ForgetsIds : es::MemoryStore {
    void find_event() const;
};
} // namespace

TEST_CASE("A store that finds no old ids takes no command id for a decision, and says what to do") {
    const ForgetsIds store;
    const es::Decisions<Enrolment, ForgetsIds> enrolment{store};
    const auto refused =
        enrolment.execute(Define{"c++", 1}, {.command_id = es::Environment{}.new_id()});
    REQUIRE(fails_with(es::errc::unsupported, refused));
    CHECK(message_of(refused) ==
          "ForgetsIds: it can't say whether a command with this command_id was executed before, as "
          "it does not find old ids (es::FindsEvents and es::Capabilities::remembers_ids); execute "
          "it without a command_id, or in a store that finds them");
    CHECK(stored(store) == 0);
    CHECK(enrolment.execute(Define{"c++", 1}));
}

namespace {
/// Looks at the condition of an append before it looks for its events, and loses the first answer.
struct ConditionFirst : es::MemoryStore {
    template <es::detail::AnyBatch B>
    es::Result<es::Receipt> append_if(es::StreamNameView stream, const B& batch,
                                      const es::AppendCondition& condition,
                                      const es::CallOptions& call = {}) const {
        switch (++*appends) {
        case 1:
            REQUIRE(es::MemoryStore::append_if(stream, batch, condition, call));
            return es::errc::unknown_outcome;
        case 2:
            return es::errc::condition_failed;
        default:
            return es::MemoryStore::append_if(stream, batch, condition, call);
        }
    }
    std::shared_ptr<int> appends = std::make_shared<int>(0);
};
} // namespace

namespace {
struct ConditionFirstWithoutIds : ConditionFirst {
    void find_event() const;
};
} // namespace

TEST_CASE(
    "A decision that may have met its own event, in a store that can't say so, has an unknown "
    "outcome") {
    const auto is_unknown = [](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<bank::Many, Store> many{
            store, {.attempts = 1, .environment = es::FixedEnvironment{}}};
        const auto done = many.execute(bank::PayIn{"a", 1});
        REQUIRE(fails_with(es::errc::unknown_outcome, done));
        CHECK(done.error().outcome() == es::Outcome::unknown);
        CHECK(stored(store) == 1);
    };
    is_unknown(ConditionFirstWithoutIds{});
    is_unknown(es::AnyStore{ConditionFirstWithoutIds{}});
}

TEST_CASE("A decision that met its own event in its condition is stored once, and not refused") {
    const es::FixedEnvironment world;
    {
        const ConditionFirst store;
        const es::Decisions<bank::Many, ConditionFirst> many{store, {.environment = world}};
        const auto done = many.execute(bank::PayIn{"a", 1});
        INFO(message_of(done));
        REQUIRE(done);
        CHECK_FALSE(done->repeated); // nobody else has executed it
        CHECK(done->attempts == 2);
        CHECK(stored(store) == 1);
    }
    const ConditionFirst store;
    REQUIRE(store_event(store, "a-1", CourseDefined{"c++", 1}));
    const es::Decisions<Enrolment, ConditionFirst> enrolment{store, {.environment = world}};
    const auto done =
        enrolment.execute(Subscribe{"ann", "c++"}); // decided again, the course is full
    INFO(message_of(done));
    REQUIRE(done);
    CHECK(done->events().size() == 1);
    CHECK(stored(store) == 2);

    // also if there is no other attempt
    const ConditionFirst last;
    const es::Decisions<bank::Many, ConditionFirst> once{last,
                                                         {.attempts = 1, .environment = world}};
    const auto found = once.execute(bank::PayIn{"a", 1});
    INFO(message_of(found));
    CHECK(found);
    CHECK(stored(last) == 1);
}

TEST_CASE("A command with an id survives a crash between append and answer") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        using Watched = std::remove_cvref_t<decltype(store)>;
        const es::Uuid request = es::Environment{}.new_id();
        {
            const es::Decisions<Enrolment, Watched> first{store,
                                                          {.patience = std::chrono::seconds(0)}};
            REQUIRE(first.execute(Define{"c++", 1}));
            store.watch().lost_answers = 1;
            CHECK(fails_with(es::errc::unknown_outcome,
                             first.execute(Subscribe{"ann", "c++"}, {.command_id = request})));
        }
        const es::Decisions<Enrolment, std::remove_cvref_t<decltype(inside)>> second{inside};
        const auto again = second.execute(Subscribe{"ann", "c++"}, {.command_id = request});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(stored(inside) == 2);
    });
}

TEST_CASE("Eight threads send one command with one id, and it is stored once", "[waits]") {
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        const es::Decisions<Enrolment, Store> enrolment{store, {.attempts = 100}};
        REQUIRE(enrolment.execute(Define{"c++", 100}));
        for (int round = 0; round < 10; ++round) {
            const es::Uuid request = es::Environment{}.new_id();
            std::atomic<int> done = 0;
            std::atomic<int> first = 0;
            std::vector<std::jthread> all;
            for (std::size_t t = 0; t < 8; ++t)
                all.emplace_back([&, id = student(static_cast<std::size_t>(round))] {
                    const auto mine =
                        enrolment.execute(Subscribe{id, "c++"}, {.command_id = request});
                    done += mine && mine->events().size() == 1 ? 1 : 0;
                    first += mine && !mine->repeated ? 1 : 0;
                });
            all.clear();
            CHECK(done == 8);
            CHECK(first == 1);
        }
        CHECK(stored(store) == 11);
    });
}

TEST_CASE("A view sees times and metadata of recorded events if it asks for them") {
    on_each_store([](const auto& store) {
        using Store = std::remove_cvref_t<decltype(store)>;
        es::FixedEnvironment world{es::Timestamp::from_unix(0)};
        const es::Decisions<Enrolment, Store> enrolment{store, {.environment = world}};
        const es::Decisions<Looking, Store> looking{store};
        REQUIRE(enrolment.execute(Define{"c++", 1}));
        world.advance(std::chrono::seconds(5));
        REQUIRE(enrolment.execute(Subscribe{"ann", "c++"},
                                  {.metadata = {.correlation_id = "request 7"}}));
        CHECK(message_of(looking.decide(Look{"ann"})) ==
              "1970-01-01T00:00:05Z c++ request 7, events://example.org/courses, "
              "enrolment-course:c++ 1, 2, course:c++, student:ann");

        // refused by the view: the message names the place
        const es::Uuid id = es::Environment{}.new_id();
        const CourseDefined event{"go", 1};
        const std::vector<std::string> tags{"student:ann"};
        const es::Batch<CourseDefined> batch({&event, 1}, {&id, 1}, world.time(), nullptr, tags);
        REQUIRE(store.append_unchecked("odd-1", batch));
        const auto refused = looking.execute(Look{"ann"});
        REQUIRE(fails_with(es::errc::cannot_apply, refused));
        CHECK(message_of(refused) ==
              "stream odd-1, revision 0: courses.course_defined: no place for go");
    });
}

TEST_CASE("A tag that can be no part of a stream name is an error that names the cure") {
    const es::MemoryStore store;
    const es::Decisions<Enrolment, es::MemoryStore> enrolment{store};
    const auto refused = enrolment.execute(Define{"c/c++", 1});
    REQUIRE(fails_with(es::errc::invalid, refused));
    CHECK(message_of(refused) ==
          "stream name \"enrolment-course:c/c++\": \"/\" at byte 19 is not allowed: none of / \\ ? "
          "# %, no control characters, no Unicode noncharacters; it is made of the name of the "
          "decision and the first tag of its boundary: give Enrolment a function static "
          "es::StreamName stream(const Command&) that names the stream");
    CHECK(fails_with(es::errc::invalid, enrolment.execute(Define{std::string(300, 'x'), 1})));
    CHECK(enrolment.execute(Define{"c++ für Müßige", 1}));
    CHECK(stored(store) == 1);
}

TEST_CASE("A view that returns no tag, or one that no event can have, is refused") {
    const es::MemoryStore store;
    const es::Decisions<Forgetting, es::MemoryStore> forgetting{store};
    const auto none = forgetting.execute(forget({"course:c++"}, {}));
    REQUIRE(fails_with(es::errc::invalid, none));
    CHECK(message_of(none) ==
          "StudentCount::event_tags(): it returns no tag, so that it would find the events of "
          "everything; return at least one tag that its events have");
    CHECK(fails_with(es::errc::invalid, forgetting.execute(forget({"course:c++"}, {""}))));
    CHECK(fails_with(es::errc::invalid,
                     forgetting.execute(forget({"course:c++"}, {std::string(256, 'x')}))));
    CHECK(fails_with(es::errc::invalid, forgetting.execute(forget({"course:c++"}, {"\xff"}))));
}

TEST_CASE("An observer is told what a decision read, retried, repeated and appended") {
    const es::MemoryStore inside;
    const WatchedStore store{inside};
    std::vector<std::string> lines;
    const es::Decisions<Enrolment, WatchedStore<es::MemoryStore>> enrolment{
        store, {.observer = Ear{lines}, .environment = es::FixedEnvironment{}}};
    REQUIRE(enrolment.execute(Define{"c++", 9}));
    CHECK(lines == std::vector<std::string>{"read 0", "appended enrolment-course:c++ 1 1"});

    lines.clear();
    store.watch().appends = 0;
    store.watch().lost_answers = 1;
    store.watch().before_append = [&](std::size_t attempt) {
        if (attempt == 1)
            REQUIRE(store_event(inside, "a-1", StudentSubscribed{"bob", "c++"}));
    };
    const es::Uuid request = es::Environment{}.new_id();
    REQUIRE(enrolment.execute(Subscribe{"ann", "c++"}, {.command_id = request}));
    CHECK(lines == std::vector<std::string>{"read 1", "retried enrolment-course:c++ 1", "read 1",
                                            "sent again enrolment-course:c++",
                                            "appended enrolment-course:c++ 1 2"});
    lines.clear();
    REQUIRE(enrolment.execute(Subscribe{"ann", "c++"}, {.command_id = request}));
    CHECK(lines == std::vector<std::string>{"read 3", "repeated enrolment-course:c++ 1"});
}

TEST_CASE("A decision ends with its deadline or stop, and says what it was about") {
    const es::FixedEnvironment world;
    const es::MemoryStore inside{world};
    const WatchedStore store{inside};
    const es::Decisions<Enrolment, WatchedStore<es::MemoryStore>> enrolment{
        store,
        {.attempts = 1'000,
         .backoff = {.first = std::chrono::seconds(2), .most = std::chrono::seconds(2)},
         .environment = world}};
    REQUIRE(enrolment.execute(Define{"c++", 1'000}));
    store.watch().before_append = [&](std::size_t attempt) {
        REQUIRE(store_event(inside, "a-1", StudentSubscribed{number(attempt), "c++"}));
    };
    store.watch().appends = 0;
    const auto late = enrolment.execute(Subscribe{"ann", "c++"},
                                        {.call = {.timeout = std::chrono::milliseconds(3'500)}});
    REQUIRE(fails_with(es::errc::timed_out, late));
    CHECK(store.watch().appends == 4);
    CHECK(message_of(late).find("the append condition is matched by") == 0);

    std::stop_source source;
    store.watch().before_append = [&](std::size_t attempt) {
        REQUIRE(store_event(inside, "a-1", StudentSubscribed{number(1'000 + attempt), "c++"}));
        source.request_stop();
    };
    CHECK(
        fails_with(es::errc::cancelled, enrolment.execute(Subscribe{"ann", "c++"},
                                                          {.call = {.stop = source.get_token()}})));
}

TEST_CASE("The nil id is no id of a decision's command") {
    const es::MemoryStore store;
    const es::Decisions<Enrolment, es::MemoryStore> enrolment{store};
    const auto refused = enrolment.execute(Define{"c++", 1}, {.command_id = es::Uuid{}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(*store.head() == std::nullopt);
}
