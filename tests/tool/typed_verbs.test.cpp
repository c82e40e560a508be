// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/typed_verbs.hpp>

#include "catch.hpp"
#include "folder.hpp"
#include "tool/shop.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace es = eventsourcing;
namespace tool = es::detail::tool;

using tool_shop::on_till;
using tool_shop::Ran;
using tool_shop::Restocking;
using tool_shop::sell;
using tool_shop::Sell;
using tool_shop::settle;
using tool_shop::Shop;
using tool_shop::Till;
using tool_shop::Wares;

namespace {

/// As a program that ends afterwards.
template <class Machine>
void run_until_settled(Machine& machine) {
    machine.driven(1);
    settle(machine);
    machine.driven(-1);
}
/// Who runs something in the store, with a blank behind each.
std::string owners() {
    std::string all;
    const auto stored = Till::now().list_progress().value();
    for (const auto& [key, progress] : stored)
        all += progress.owner + " ";
    return all;
}

} // namespace

TEST_CASE("The tool shows the state that the events of an aggregate make") {
    sell();
    const Ran ran = on_till({"state", "Shop", "corner"});
    CHECK(ran.status == 0);
    CHECK(ran.out.find("stream    shop-corner\nrevision  2\nstate     {\"sold\":7") == 0);
    CHECK(on_till({"state", "shop", "corner", "--at", "0", "--json"})
              .out.find("{\"stream\":\"shop-corner\",\"revision\":0,\"state\":{\"sold\":2") == 0);
    CHECK(on_till({"state", "shop", "corner", "--as-of", "2000-01-01T00:00:00Z"}).status == 1);
    const Ran nobody = on_till({"state", "shop", "nowhere"});
    CHECK(nobody.status == 1);
    CHECK(nobody.err == "es: stream shop-nowhere has no events\n");
    CHECK(on_till({"state", "shop", "corner", "--as-of", "noon"}).status == 2);
    const Ran unknown = on_till({"state", "Zoo", "corner"});
    CHECK(unknown.status == 2);
    CHECK(unknown.err == "es: there is no aggregate \"Zoo\"; expected one of Shop\n");
}

TEST_CASE("The tool prints what an aggregate declares, without a store") {
    const Ran diagram = tool_shop::run({"diagram"});
    CHECK(diagram.status == 0);
    CHECK(diagram.out.find("shop.sold") != std::string::npos);
    const Ran schema = tool_shop::run({"json-schema", "shop.sold"});
    CHECK(schema.status == 0);
    CHECK(schema.out.find("\"title\":\"shop.sold\"") != std::string::npos);
    CHECK(tool_shop::run({"json-schema"}).out == schema.out);
    CHECK(tool_shop::run({"json-schema", "shop.bought"}).status == 2);
    CHECK(tool_shop::run({"schema"}).out.find("shop.sold") != std::string::npos);
}

TEST_CASE("The tool checks the lock files, and writes them only if somebody agrees") {
    const test_files::Folder made;
    const std::string& folder = made.path();
    CHECK(tool_shop::run({"schema", "check", "--in", folder}).status == 1);
    CHECK(tool_shop::run({"schema", "accept", "--in", folder}).status == 2);
    CHECK_FALSE(std::filesystem::exists(folder + "/shop.lock"));
    CHECK(tool_shop::run({"schema", "accept", "--in", folder, "--yes"}).out ==
          folder + "/shop.lock is written\n");
    const Ran same = tool_shop::run({"schema", "check", "--in", folder});
    CHECK(same.status == 0);
    CHECK(same.out == folder + "/shop.lock: as in the lock\n");
    CHECK(tool_shop::run({"schema", "agree"}).status == 2);
}

TEST_CASE("The tool rebuilds a read model, and handles what was parked") {
    sell();
    const es::AnyStore store(Till::now());
    Wares::strict = true;
    es::Subscription<Wares, es::AnyStore> wares(store, {.on_failure = es::OnFailure::park});
    run_until_settled(wares);
    CHECK(wares.get("tea").value()->sold == 2);
    CHECK(on_till({"status"}).out.find("wares") != std::string::npos);

    CHECK(on_till({"replay", "Wares", "tea"}).status == 2);
    const Ran again = on_till({"replay", "Wares", "tea", "--yes"});
    CHECK(again.status == 1);
    CHECK(again.out == "2 are left; the first one failed again, see the verb parked\n");
    CHECK(owners() == " ");
    Wares::strict = false;
    const Ran handled = on_till({"replay", "wares", "tea", "-y"});
    CHECK(handled.status == 0);
    CHECK(handled.out == "all are handled\n");
    CHECK(owners() == " ");
    CHECK(wares.get("tea").value()->sold == 7);
    CHECK(on_till({"replay", "wares", "tea", "-y"}).status == 1);

    const Ran unasked = on_till({"rebuild", "Wares"});
    CHECK(unasked.status == 2);
    CHECK(unasked.err ==
          "es: this rebuilds the read model Wares in till: from the first event on; nothing "
          "was done: say --yes to do it\n");
    const Ran rebuilt = on_till({"rebuild", "Wares", "--yes", "--json"});
    CHECK(rebuilt.status == 0);
    CHECK(rebuilt.out == "{\"name\":\"wares\",\"events\":3}\n");
    CHECK(wares.get("tea").value()->sold == 7);
    CHECK(on_till({"rebuild", "Zoo", "--yes"}).status == 2);
}

TEST_CASE("A copy counts what is appended meanwhile") {
    sell();
    int pages = 0;
    Till::before_read = [&] {
        if (++pages != 2) // the store is read twice
            return;
        const es::Repository<Shop, es::MemoryStore> shops{Till::now()};
        REQUIRE(shops.execute("corner", Sell{"tea", 1}));
    };
    CHECK(on_till({"copy", "till:other", "--yes"}).out ==
          "all 4 events of till: are in till:other; 4 of them were appended now\n");
    Till::before_read = nullptr;
}

TEST_CASE("The tool rebuilds a read model from where its subscription began") {
    sell();
    const es::AnyStore store(Till::now());
    es::Subscription<Wares, es::AnyStore> wares(store, {.start = es::after(es::Position(1))});
    settle(wares);
    REQUIRE(wares.get("tea").value()->sold == 5);
    const Ran after = on_till({"rebuild", "Wares", "--after", "1", "--yes"});
    CHECK(after.status == 0);
    CHECK(after.out == "wares is rebuilt from 2 events\n");
    CHECK(
        after.err.find("This rebuilds the read model Wares in till: from the events after position "
                       "1.\n") == 0);
    CHECK(after.err.find("\nwares") != std::string::npos); // how far it has come
    CHECK(wares.get("tea").value()->sold == 5);
    const std::string last = Till::now()
                                 .read_all({.after = es::Position(2)})
                                 .value()
                                 .records()
                                 .front()
                                 .recorded_at.to_string();
    const Ran from = on_till({"rebuild", "Wares", "--from", last});
    CHECK(from.err.find("from the events of " + last + " or later;") != std::string::npos);
    CHECK(on_till({"rebuild", "Wares", "--from", last, "--yes"}).status == 0);
    CHECK(wares.get("tea").value()->sold == 5);
    CHECK(on_till({"rebuild", "Wares", "--from", "2999-01-01T00:00:00Z", "--yes"}).status == 0);
    CHECK_FALSE(wares.get("tea").value());
    CHECK(on_till({"rebuild", "Wares", "--from", "noon", "--yes"}).status == 2);
    CHECK(on_till({"rebuild", "Wares", "--from", last, "--after", "1", "--yes"}).err ==
          "es: rebuild begins at one place: give one of --from and --after\n");
    CHECK(on_till({"rebuild", "Wares", "--after", "1/2/3", "--yes"}).err ==
          "es: --after: expected a position such as 17 or 17/16, got \"1/2/3\"; try: es rebuild "
          "--help\n");
}

TEST_CASE("A rebuild parks what fails only if it is told to, and says so") {
    sell();
    Wares::strict = true;
    const Ran stopped = on_till({"rebuild", "Wares", "--yes"});
    CHECK(stopped.status != 0);
    CHECK(stopped.err.find("sold less than one") != std::string::npos);
    const Ran parked = on_till({"rebuild", "Wares", "--park", "--yes", "--json"});
    CHECK(parked.status == 0);
    CHECK(parked.err ==
          "es: wares (rebuild): shop-corner, revision 1 is parked for key \"tea\": stream "
          "shop-corner, revision 1: sold less than one\n"
          "es: wares (rebuild): shop-corner, revision 2 is parked for key \"tea\", after the one "
          "that failed\n");
    CHECK(on_till({"parked", "wares", "--json"}).out.find("sold less than one") !=
          std::string::npos);
}

TEST_CASE("A rebuild that waits says why") {
    sell();
    Till::reads_to_fail = 1;
    const Ran waited = on_till({"rebuild", "Wares", "--yes", "--json"});
    CHECK(waited.status == 0);
    INFO(waited.err);
    CHECK(waited.err.find("es: wares (rebuild): tries again in ") == 0);
    CHECK(waited.err.find("the till is locked") != std::string::npos);
}

TEST_CASE("The tool drops read models of other versions of a projection, and no others") {
    sell();
    const es::AnyStore store(Till::now());
    es::Subscription<Wares, es::AnyStore> wares(store);
    settle(wares);
    for (const auto* const fingerprint : {"projection Wares 0123", "projection Others 0123"}) {
        es::ProgressCommit older{.key = {.name = "wares", .fingerprint = fingerprint}};
        older.next.fence = 1;
        REQUIRE(store.commit_progress(older));
    }
    const std::string listed = on_till({"projections", "list", "--json"}).out;
    CHECK(listed.find("{\"name\":\"wares\",\"projection\":\"Wares\",\"fingerprint\":\"0123\","
                      "\"rebuild\":false,\"version\":\"other\",\"held\":false,\"position\":null}"
                      "\n") != std::string::npos);
    CHECK(listed.find("\"version\":\"own\"") != std::string::npos);
    CHECK(on_till({"projections", "prune", "Wares"}).status == 2);
    CHECK(store.list_progress().value().size() == 3);
    const Ran pruned = on_till({"projections", "prune", "Wares", "--yes"});
    CHECK(pruned.status == 0);
    CHECK(pruned.out == "name   projection  dropped fingerprint\n"
                        "wares  Wares       0123\n");
    CHECK(on_till({"projections", "prune", "--yes"}).out == "There is no other version.\n");
    CHECK(store.list_progress().value().size() == 2);
    CHECK(wares.get("tea").value()->sold == 7);
    CHECK(on_till({"projections", "prune", "Zoo", "--yes"}).status == 2);
    CHECK(on_till({"projections", "plant"}).err ==
          "es: projections: expected list or prune, got \"plant\"\n");
}

// B6
TEST_CASE("While a program holds a version of a read model the tool drops none of them") {
    sell();
    const es::AnyStore store(Till::now());
    for (const auto* const owner : {"", "a program"}) {
        es::ProgressCommit older{
            .key = {.name = "wares", .fingerprint = std::string("projection Wares 0") + owner}};
        older.next.owner = owner;
        older.next.status = "live";
        older.next.fence = 1;
        REQUIRE(store.commit_progress(older));
    }
    const Ran held = on_till({"projections", "prune", "--yes"});
    CHECK(held.status == 1);
    CHECK(held.err.find("wares, projection Wares 0a program is held by a program that runs it "
                        "(live), so nothing is dropped: stop that program first; if it was "
                        "killed, say --even-if-held\n") != std::string::npos);
    CHECK(store.list_progress().value().size() == 2);
    CHECK(on_till({"projections", "prune", "--yes", "--even-if-held"}).status == 0);
    CHECK(store.list_progress().value().empty());
}

// N2
TEST_CASE("The tool drops snapshots of other versions of an aggregate, and no others") {
    sell();
    const es::AnyStore store(Till::now());
    const es::Repository<Shop, es::AnyStore> shops{store, {.snapshot_every = 1}};
    REQUIRE(shops.execute("corner", Sell{"tea", 1}));
    const auto stream = es::StreamName::parse("shop-corner").value();
    const auto id = store.read_stream(stream, {.limit = 1}).value().records().front().id;
    REQUIRE(store.save_snapshot({.stream = stream,
                                 .kind = "shop",
                                 .fingerprint = "older",
                                 .revision = es::Revision(0),
                                 .event_id = id,
                                 .data = "{}"}));
    CHECK(on_till({"snapshots", "prune"}).status == 2);
    REQUIRE(store.load_snapshot(stream, "shop", "older").value());
    const Ran pruned = on_till({"snapshots", "prune", "--yes"});
    CHECK(pruned.status == 0);
    CHECK(pruned.out == "aggregate  dropped\n"
                        "Shop             1\n");
    CHECK_FALSE(store.load_snapshot(stream, "shop", "older").value());
    CHECK(store.load_snapshot(stream, "shop", es::state_fingerprint<Shop>()).value());
    CHECK(on_till({"snapshots", "prune", "Shop", "--yes", "--json"}).out ==
          "{\"aggregate\":\"Shop\",\"dropped\":0}\n");
    CHECK(on_till({"snapshots", "plant"}).err == "es: snapshots: expected prune, got \"plant\"\n");
}

TEST_CASE("The tool checks whether processes react today as they did") {
    sell();
    es::ProcessManager<Restocking, es::AnyStore> processes(es::AnyStore(Till::now()),
                                                           es::from_beginning);
    settle(processes);
    const Ran same = on_till({"check-processes"});
    CHECK(same.status == 0);
    CHECK(same.out == "Restocking: 4 steps, 0 of them would differ today\n");
    Restocking::lazy = true;
    const Ran other = on_till({"check-processes", "Restocking"});
    CHECK(other.status == 1);
    CHECK(other.out.find("Restocking: 4 steps, 1 of them would differ today\n"
                         "  process.restocking-tea revision 2, event shop.sold\n"
                         "    did:   send shop store {") == 0);
    CHECK(other.out.find("    today: nothing\n") != std::string::npos);
    CHECK(on_till({"check-processes", "--json"}).out.find("\"today\":\"nothing\"}]}\n") !=
          std::string::npos);
    CHECK(on_till({"check-processes", "Zoo"}).status == 2);
}

TEST_CASE("The tool releases only a process that failed") {
    sell();
    CHECK(on_till({"release", "Restocking", "tea"}).status == 2);
    CHECK(on_till({"release", "Restocking", "tea", "--yes"}).status == 1);
    CHECK(on_till({"release", "Zoo", "tea", "--yes"}).status == 2);
    sell();
    Shop::closed = true;
    es::ProcessManager<Restocking, es::AnyStore> processes(es::AnyStore(Till::now()),
                                                           es::from_beginning);
    run_until_settled(processes);
    const Ran again = on_till({"release", "Restocking", "tea", "--yes"});
    CHECK(again.status == 1);
    CHECK(again.out.find("it failed again, with ") == 0);
    CHECK(owners() == "  ");
    Shop::closed = false;
    const Ran released = on_till({"release", "Restocking", "tea", "--yes"});
    CHECK(released.status == 0);
    CHECK(released.out == "it goes on; what it sends is executed by the program that runs the "
                          "process manager\n");
    CHECK(owners() == "  ");
    CHECK(on_till({"show", "shop-store"}).out.find("sugar") != std::string::npos);
}

TEST_CASE("The tool erases a key only if somebody agrees") {
    tool_shop::SomeKeys::erased = false;
    const auto run = [](std::vector<std::string> arguments) {
        Written out;
        Written err;
        const tool::Terminal terminal{.out = out.file(), .err = err.file()};
        tool::VerbList verbs;
        verbs.push_back(std::make_unique<tool::EraseVerb<tool_shop::SomeKeys>>());
        tool::Program program("es", std::move(verbs), nullptr, "");
        arguments.insert(arguments.begin(), "erase");
        const auto status = program.run(std::move(arguments), terminal);
        return Ran{static_cast<int>(status), out.text(), err.text()};
    };
    const Ran unasked = run({"person:42", "--keys", "keys.db"});
    CHECK(unasked.status == 2);
    CHECK(unasked.err == "es: this erases the key of person:42 in keys.db, which can't be taken "
                         "back; nothing was done: say --yes to do it\n");
    CHECK_FALSE(tool_shop::SomeKeys::erased);
    CHECK(run({"person:42", "--keys", "keys.db", "-y"}).out == "the key of person:42 is erased\n");
    tool_shop::SomeKeys::erased = false;
    CHECK(run({"person:42", "--keys", "keys.db", "-y", "--json"}).out ==
          "{\"erased\":\"person:42\"}\n");
    CHECK(run({"person:42", "--keys", "keys.db", "-y"}).status == 1);
    CHECK(run({"person:42", "--keys", "else.db", "-y"}).status == 3);
    CHECK(run({"person:42", "-y"}).status == 2);
}
