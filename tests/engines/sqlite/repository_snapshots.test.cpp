// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/repository.hpp>

#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/store/snapshot_store.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"
#include "laws/each_store.hpp"
#include "laws/hooked_store.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace es = eventsourcing;
using namespace bank;
using hooked::HookedStore;

namespace {

/// Those of the stores that keep snapshots.
template <class Test>
void on_each_keeper(const Test& test) {
    each_store::on_each_store([&](const auto& store, const auto& other) {
        if constexpr (es::SnapshotStore<std::decay_t<decltype(store)>>)
            test(store, other);
    });
}

template <class Store>
using Accounts = es::Repository<Account, Store>;

struct Told {
    std::vector<std::string> ignored{};
    std::vector<std::string> failed{};
    std::vector<std::uint64_t> folded{};
    std::vector<std::optional<es::Revision>> from{};
    int skipped = 0;
};
struct Listener {
    Told* told;
    void on(const es::SnapshotIgnored& s) { told->ignored.push_back(s.error.message()); }
    void on(const es::SnapshotFailed& s) { told->failed.push_back(s.error.message()); }
    void on(const es::StateLoaded& s) {
        told->folded.push_back(s.folded);
        told->from.push_back(s.snapshot);
    }
    void on(const es::Skipped&) { ++told->skipped; }
};

std::string fingerprint() {
    return std::string(es::state_fingerprint<Account>());
}
template <class Store>
std::optional<es::Snapshot> stored_snapshot(const Store& store, es::StreamNameView stream) {
    auto snapshot = store.load_snapshot(stream, "account", fingerprint(), {});
    REQUIRE(snapshot);
    return *std::move(snapshot);
}

} // namespace

TEST_CASE("a snapshot and the tail are the full replay, at every revision of every history") { // N1
    on_each_keeper([](const auto& store, const auto& /*other*/) {
        using Store = std::decay_t<decltype(store)>;
        std::uint64_t random = 42;
        for (const std::uint64_t every : {1U, 2U, 3U, 7U}) {
            const std::string id = "anna" + std::to_string(every);
            const auto name = *es::StreamName::of("account", id);
            const Accounts<Store> accounts{store, {.snapshot_every = every}};
            std::vector<Account::State> states;
            for (int i = 0; i < 30; ++i) {
                random = random * 6364136223846793005U + 1442695040888963407U;
                const auto amount = static_cast<std::int64_t>(random >> 60U);
                const auto done = random >> 59U & 1U ? accounts.execute(id, Deposit{amount})
                                                     : accounts.execute(id, Withdraw{amount});
                const auto loaded = accounts.load(id);
                const auto replayed = es::load<Account>(store, name);
                REQUIRE(loaded);
                CHECK(loaded->state == replayed->state);
                CHECK(loaded->revision == replayed->revision);
                if (done) {
                    CHECK(done->state == replayed->state);
                }
            }
            const auto end = es::load<Account>(store, name)->revision->value();
            for (std::uint64_t at = 0; at <= end; ++at)
                CHECK(accounts.load(id, {.at = es::Revision{at}})->state ==
                      es::load<Account>(store, name, {.at = es::Revision{at}})->state);
        }
    });
}

TEST_CASE("a snapshot is read in place of the events below it") { // N1
    on_each_keeper([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        Told told;
        const Accounts<std::decay_t<decltype(store)>> accounts{
            store, {.snapshot_every = 10, .observer = Listener{&told}}};
        for (int i = 0; i < 14; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        told = {};
        store.hooks().read_records.clear();
        CHECK(accounts.load("anna")->state.balance == 14);
        CHECK(told.folded == std::vector<std::uint64_t>{4});
        CHECK(told.from[0] == es::Revision{9});
        CHECK(store.hooks().read_records == std::vector<std::size_t>{1, 4});
    });
}

TEST_CASE(
    "only a snapshot of the program's own fingerprint is used, and others are left alone") { // N2
    on_each_keeper([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.snapshot_every = 2}};
        for (int i = 0; i < 4; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        const auto own = stored_snapshot(store, "account-anna");
        REQUIRE(own);
        CHECK(own->fingerprint == fingerprint());
        auto other = *own;
        other.fingerprint = "of another program";
        other.data = es::detail::encode_snapshot(Account::State{.balance = 1000}).value();
        REQUIRE(store.save_snapshot(other, {}));
        CHECK(accounts.load("anna")->state.balance == 4);
        REQUIRE(accounts.execute("anna", Deposit{1}));
        REQUIRE(accounts.execute("anna", Deposit{1}));
        const auto left = store.load_snapshot("account-anna", "account", "of another program", {});
        REQUIRE(left);
        CHECK(*left == other);
        CHECK(stored_snapshot(store, "account-anna")->revision == es::Revision{5});
    });
}

namespace {
/// The same account in a program that folds otherwise.
struct Recounted : Account {
    static constexpr std::string_view category = "account";
    static constexpr std::string_view evolve_revision = "2";
};
} // namespace

TEST_CASE("two programs that fold one category in their own ways take turns, and each uses its own "
          "snapshots") { // N2
    on_each_keeper([](const auto& store, const auto& other) {
        using Store = std::decay_t<decltype(store)>;
        Told told;
        const Accounts<Store> older{store, {.snapshot_every = 2, .observer = Listener{&told}}};
        const es::Repository<Recounted, Store> newer{
            other, {.snapshot_every = 2, .observer = Listener{&told}}};
        for (int i = 0; i < 3; ++i) { // each stores four at a time, and so two snapshots
            for (int n = 0; n < 4; ++n)
                REQUIRE(older.execute("anna", Deposit{1}));
            for (int n = 0; n < 4; ++n)
                REQUIRE(newer.execute("anna", Deposit{1}));
        }
        told = {};
        CHECK(older.load("anna")->state.balance == 24);
        CHECK(newer.load("anna")->state.balance == 24);
        CHECK(told.folded == std::vector<std::uint64_t>{4, 0});
        CHECK(told.from[0] == es::Revision{19});
        CHECK(told.from[1] == es::Revision{23});
        CHECK(told.ignored.empty());
    });
}

TEST_CASE("a snapshot is used only if the event at its revision has the id that it names") { // N3
    on_each_keeper([](const auto& store, const auto& /*other*/) {
        Told told;
        const Accounts<std::decay_t<decltype(store)>> accounts{
            store, {.snapshot_every = 2, .observer = Listener{&told}}};
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        auto snapshot = *stored_snapshot(store, "account-anna");
        CHECK(snapshot.revision == es::Revision{1});
        const auto page = store.read_stream("account-anna");
        CHECK(snapshot.event_id == page->records()[1].id);

        // of a stream that had other events, as after a restore
        snapshot.event_id = es::Environment{}.new_id();
        snapshot.data = es::detail::encode_snapshot(Account::State{.balance = 1000}).value();
        REQUIRE(store.save_snapshot(snapshot, {}));
        CHECK(accounts.load("anna")->state.balance == 3);
        REQUIRE(told.ignored.size() == 1);
        CHECK(told.ignored[0].find("expected event " + snapshot.event_id.to_string()) !=
              std::string::npos);

        // of a stream that was longer
        snapshot.revision = es::Revision{50};
        REQUIRE(store.save_snapshot(snapshot, {}));
        CHECK(accounts.load("anna")->state.balance == 3);
        REQUIRE(told.ignored.size() == 2);
        CHECK(told.ignored[1].find("and found none") != std::string::npos);

        // the next one takes its place
        REQUIRE(accounts.execute("anna", Deposit{1}));
        CHECK(stored_snapshot(store, "account-anna")->revision == es::Revision{3});
    });
}

TEST_CASE(
    "a snapshot that is damaged anywhere is ignored and told, and the events are replayed") { // N4
    on_each_keeper([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        Told told;
        const Accounts<std::decay_t<decltype(store)>> accounts{
            store, {.snapshot_every = 2, .observer = Listener{&told}}};
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        const auto good = *stored_snapshot(plain, "account-anna");
        const auto state_with = [&](std::string data) {
            store.hooks().loaded_snapshot = [&](auto& loaded) { (*loaded)->data = data; };
            const auto loaded = accounts.load("anna");
            store.hooks().loaded_snapshot = nullptr;
            REQUIRE(loaded);
            return loaded->state;
        };
        const auto state = state_with(good.data);
        CHECK(told.ignored.empty());
        for (std::size_t size = 0; size < good.data.size(); ++size)
            CHECK(state_with(good.data.substr(0, size)) == state);
        CHECK(told.ignored.size() == good.data.size());

        for (std::size_t i = 0; i < good.data.size(); ++i)
            for (unsigned bit = 0; bit < 8; ++bit) {
                told.ignored.clear();
                std::string data = good.data;
                data[i] = static_cast<char>(static_cast<unsigned char>(data[i]) ^ 1U << bit);
                CHECK(state_with(data) == state);
                CHECK(told.ignored.size() == 1);
            }
        REQUIRE(accounts.execute("anna", Deposit{1}));
    });
}

TEST_CASE(
    "a snapshot that can't be read, or can't be written, fails nothing and is told") { // N4, N5
    on_each_keeper([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        Told told;
        const Accounts<std::decay_t<decltype(store)>> accounts{
            store, {.snapshot_every = 2, .observer = Listener{&told}}};
        store.hooks().save_snapshot = [] {
            return es::Result<void>(es::Error(es::errc::unavailable, "the disk is full"));
        };
        for (int i = 0; i < 4; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        CHECK(told.failed == std::vector<std::string>{"the disk is full", "the disk is full"});
        store.hooks().save_snapshot = nullptr;
        REQUIRE(accounts.execute("anna", Deposit{1}));
        REQUIRE(accounts.execute("anna", Deposit{1}));
        CHECK(stored_snapshot(plain, "account-anna")->revision == es::Revision{5});
        store.hooks().loaded_snapshot = [](auto& loaded) {
            loaded = es::Error(es::errc::corrupt, "a bad page");
        };
        CHECK(accounts.load("anna")->state.balance == 6);
        CHECK(told.ignored == std::vector<std::string>{"a bad page"});
    });
}

TEST_CASE("a snapshot is written after the commit, by the one who crossed the border, at most once "
          "per so many events") { // N5
    on_each_keeper([](const auto& plain, const auto& /*other*/) {
        const HookedStore store{plain};
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.snapshot_every = 3}};
        std::vector<std::size_t> saved;
        for (int i = 0; i < 8; ++i) {
            REQUIRE(accounts.execute("anna", Deposit{1}));
            saved.push_back(store.hooks().saved_snapshots);
        }
        CHECK(saved == std::vector<std::size_t>{0, 0, 1, 1, 1, 2, 2, 2});
        // two events cross the border at once
        REQUIRE(accounts.execute("anna", Withdraw{8}));
        CHECK(store.hooks().saved_snapshots == 3);
        const auto snapshot = *stored_snapshot(plain, "account-anna");
        CHECK(snapshot.revision == es::Revision{9});
        CHECK(snapshot.kind == "account");

        // nothing appended, nothing written
        CHECK_FALSE(accounts.execute("anna", Withdraw{8}));
        REQUIRE(accounts.load("anna"));
        CHECK(store.hooks().saved_snapshots == 3);
        store.hooks().answer = [](std::size_t, es::Result<es::Receipt>) {
            return es::Result<es::Receipt>(es::errc::unavailable);
        };
        CHECK_FALSE(accounts.execute("anna", Deposit{8}));
        CHECK(store.hooks().saved_snapshots == 3);
    });
}

TEST_CASE("of two writers each border is crossed by one, which writes the one snapshot there",
          "[waits]") { // N5
    on_each_keeper([](const auto& plain, const auto& other) {
        using Hooked = HookedStore<std::decay_t<decltype(plain)>>;
        const Hooked stores[]{Hooked{plain}, Hooked{other}};
        std::vector<std::thread> threads;
        std::atomic<int> failed = 0;
        for (const Hooked& store : stores)
            threads.emplace_back([&store, &failed] {
                const Accounts<Hooked> accounts{store, {.snapshot_every = 5, .attempts = 1000}};
                for (int i = 0; i < 20; ++i)
                    failed += accounts.execute("anna", Deposit{1}) ? 0 : 1;
            });
        for (std::thread& thread : threads)
            thread.join();
        CHECK(failed == 0);
        CHECK(stores[0].hooks().saved_snapshots + stores[1].hooks().saved_snapshots == 8);
        CHECK(Accounts<std::decay_t<decltype(plain)>>{plain, {.snapshot_every = 5}}
                  .load("anna")
                  ->state.balance == 40);
    });
}

TEST_CASE("an event that is left out of every state is left out with snapshots, too, and told each "
          "time") { // N1, R8
    on_each_keeper([](const auto& store, const auto& /*other*/) {
        using Store = std::decay_t<decltype(store)>;
        const Accounts<Store> accounts{store, {.snapshot_every = 2}};
        for (int i = 0; i < 4; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        REQUIRE(stored_snapshot(store, "account-anna"));
        Told told;
        const Accounts<Store> mended{store,
                                     {.snapshot_every = 2,
                                      .skip = {{"account-anna", es::Revision{1}}},
                                      .observer = Listener{&told}}};
        for (int i = 0; i < 2; ++i) {
            const auto loaded = mended.load("anna");
            REQUIRE(loaded);
            CHECK(loaded->state.balance == 3);
            CHECK(loaded->revision == es::Revision{3});
        }
        CHECK(told.skipped == 2);

        // and no other program gets a state without it
        REQUIRE(mended.execute("anna", Deposit{1}));
        REQUIRE(mended.execute("anna", Deposit{1}));
        CHECK(accounts.load("anna")->state.balance == 6);
        CHECK(mended.load("anna")->state.balance == 5);

        // the snapshots of other streams are used and made
        for (int i = 0; i < 3; ++i)
            REQUIRE(mended.execute("bert", Deposit{1}));
        told = {};
        CHECK(mended.load("bert")->state.balance == 3);
        CHECK(told.folded == std::vector<std::uint64_t>{1});
    });
}

TEST_CASE("a snapshot that can't be used is told once, also by a load that fails at an event") {
    on_each_keeper([](const auto& plain, const auto& /*other*/) { // N4, R8
        const HookedStore store{plain};
        Told told;
        const Accounts<std::decay_t<decltype(store)>> accounts{
            store, {.snapshot_every = 2, .observer = Listener{&told}}};
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        const std::vector<es::NewEvent> evil{{.id = es::Environment{}.new_id(),
                                              .type = "bank.withdrawn",
                                              .version = "1.0",
                                              .content_type = "application/json",
                                              .data = R"({"amount":99,"before":3})"}};
        REQUIRE(plain.append_unchecked("account-anna", es::EventBatch(evil)));
        store.hooks().loaded_snapshot = [](auto& loaded) { (*loaded)->data = "damaged"; };
        const auto loaded = accounts.load("anna");
        REQUIRE(fails_with(es::errc::cannot_apply, loaded));
        CHECK(told.ignored.size() == 1);
        const auto* until = es::loaded_until<Account>(loaded.error());
        REQUIRE(until);
        CHECK(until->state.balance == 3);
    });
}

TEST_CASE("a snapshot that was made after the last generation there is ends a load with the state "
          "in it") { // N1, R8
    on_each_keeper([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.snapshot_every = 2}};
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        auto snapshot = stored_snapshot(store, "account-anna");
        REQUIRE(snapshot);
        Account::State last{.balance = 2};
        last.generation = es::Generation{std::numeric_limits<std::uint64_t>::max()};
        snapshot->data = es::detail::encode_snapshot(last).value();
        REQUIRE(store.save_snapshot(*snapshot, {}));
        const auto loaded = accounts.load("anna");
        REQUIRE(fails_with(es::errc::overflow, loaded));
        const auto* until = es::loaded_until<Account>(loaded.error());
        REQUIRE(until);
        CHECK(until->state.balance == 2);
        CHECK(until->revision == es::Revision{1});
    });
}

namespace tracked {

struct Put {
    int amount = 0;
};
struct Paid {
    int amount = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "tracked", .source = "events://example.org/tracked"};
}
struct Money {
    int total = 0;
};
/// Its state does not hold its generation.
struct Till {
    using Command = Put;
    using Event = Paid;
    using State = es::Tracked<Money>;
    static void apply_event(Money& m, const Paid& e) { m.total += e.amount; }
    static Paid handle_command(const Money&, const Put& c) { return {c.amount}; }
};

} // namespace tracked

TEST_CASE(
    "the generation of a state comes back with its snapshot, also if it is beside the state") {
    on_each_keeper([](const auto& store, const auto& /*other*/) { // N1
        using Store = std::decay_t<decltype(store)>;
        Told told;
        const es::Repository<tracked::Till, Store> tills{
            store, {.snapshot_every = 2, .observer = Listener{&told}}};
        for (int i = 0; i < 5; ++i)
            REQUIRE(tills.execute("a", tracked::Put{1}));
        told = {};
        const auto loaded = tills.load("a");
        REQUIRE(loaded);
        CHECK(told.folded == std::vector<std::uint64_t>{1});
        CHECK(told.from == std::vector<std::optional<es::Revision>>{es::Revision{3}});
        CHECK(loaded->state.value.total == 5);
        CHECK(loaded->state.generation == es::Generation{5});
    });
}

TEST_CASE("a state as of a time has no event of a snapshot that was recorded later") { // N1, R9
    on_each_keeper([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.snapshot_every = 2}};
        for (int i = 0; i < 4; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        REQUIRE(stored_snapshot(store, "account-anna"));
        const auto before = accounts.load("anna", {.as_of = es::Timestamp{}});
        REQUIRE(before);
        CHECK(before->state.balance == 0);
        CHECK_FALSE(before->revision);
    });
}

TEST_CASE("a repository keeps the snapshots of its store in a store beside") {
    on_each_keeper([](const auto& beside, const auto& /*other*/) {
        using Beside = std::decay_t<decltype(beside)>;
        const es::MemoryStore store;
        Told told;
        const es::Repository<Account, es::MemoryStore, Beside> accounts{
            store, beside, {.snapshot_every = 2, .observer = Listener{&told}}};
        for (int i = 0; i < 5; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        CHECK(stored_snapshot(beside, "account-anna")->revision == es::Revision{3});
        if constexpr (!std::same_as<Beside, es::MemoryStore>) {
            CHECK_FALSE(stored_snapshot(store, "account-anna"));
        }
        told = {};
        CHECK(accounts.load("anna")->state.balance == 5);
        CHECK(told.folded == std::vector<std::uint64_t>{1});
    });
}

TEST_CASE("a repeated command answers the state after its events, also from a snapshot") { // R4, N1
    on_each_keeper([](const auto& store, const auto& /*other*/) {
        const Accounts<std::decay_t<decltype(store)>> accounts{store, {.snapshot_every = 2}};
        const es::Uuid id = es::Environment{}.new_id();
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        const auto first = accounts.execute("anna", Deposit{10}, {.command_id = id});
        for (int i = 0; i < 3; ++i)
            REQUIRE(accounts.execute("anna", Deposit{1}));
        const auto again = accounts.execute("anna", Deposit{10}, {.command_id = id});
        REQUIRE(again);
        CHECK(again->repeated);
        CHECK(again->state == first->state);
        CHECK(again->receipt == first->receipt);
    });
}
