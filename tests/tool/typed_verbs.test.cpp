// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/typed_verbs.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/tool/command_line.hpp>

#include "catch.hpp"
#include "tool/written.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
namespace tool = es::detail::tool;

namespace tool_shop {

struct Sell {
    std::string what;
    int count;
};
struct Sold {
    std::string what;
    int count;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}

struct Shop {
    using Command = Sell;
    using Event = Sold;
    struct State {
        int sold = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Sold& e) { s.sold += e.count; }
    static Sold handle_command(const State&, const Sell& c) { return {c.what, c.count}; }
};

/// What all shops have sold, by ware; it can't count fewer than one.
struct Wares {
    using Event = std::variant<Sold>;
    struct State {
        int sold = 0;
    };
    static inline bool strict = false;

    static std::string key(const auto& e) { return e.event.what; }
    static es::Result<void> apply_event(State& s, const Sold& e) {
        if (strict && e.count < 1)
            return es::Error(es::errc::cannot_apply, "sold less than one");
        s.sold += e.count;
        return {};
    }
};

/// Sells two of whatever was sold once.
struct Restocking {
    using Event = es::EventsOf<Shop>;
    using StartedBy = Sold;
    using Reaction = es::Reaction<Shop>;
    struct State {
        int seen = 0;
    };
    static std::string process_id(const auto& e) { return e.event.what; }
    static void apply_event(State& s, const Sold&) { ++s.seen; }
    static Reaction react(const State&, const Sold&) { return {es::complete}; }
};

/// Keys that open one file, and have one key.
struct SomeKeys {
    struct Options {
        es::SqliteOpen open = es::SqliteOpen::create;
    };
    static es::Result<SomeKeys> open(const std::string& path, const Options& options) {
        if (path != "keys.db" || options.open != es::SqliteOpen::existing)
            return es::Error(es::errc::not_found, path + ": there is no such file");
        return SomeKeys{};
    }
    static inline bool erased = false;
    static es::Result<bool> erase(const std::string& subject) {
        return subject == "person:42" && !std::exchange(erased, true);
    }
};

/// A memory store that all who open it share.
class Till : public es::MemoryStore {
public:
    static constexpr std::string_view url_scheme = "till";
    static es::Result<Till> open_url(std::string_view /*rest*/) { return now(); }
    static Till& now() {
        static Till store;
        return store;
    }
};

} // namespace tool_shop

using tool_shop::Restocking;
using tool_shop::Sell;
using tool_shop::Shop;
using tool_shop::Till;
using tool_shop::Wares;

namespace {

struct Ran {
    int status;
    std::string out;
    std::string err;
};

Ran es_(std::vector<std::string> arguments) {
    Written out;
    Written err;
    const tool::Terminal terminal{.out = out.file(), .err = err.file()};
    const auto status =
        tool::run_command_line<Shop, Wares, Restocking, Till>("es", std::move(arguments), terminal);
    return {static_cast<int>(status), out.text(), err.text()};
}
Ran on_till(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--store", "till:"});
    return es_(std::move(arguments));
}

/// A shop that sold tea, nothing at all, and tea.
void sell() {
    Till::now() = Till{};
    Wares::strict = false;
    const es::Repository<Shop, es::MemoryStore> shops{Till::now()};
    for (const int count : {2, 0, 5})
        REQUIRE(shops.execute("corner", Sell{"tea", count}));
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
    const Ran diagram = es_({"diagram"});
    CHECK(diagram.status == 0);
    CHECK(diagram.out.find("shop.sold") != std::string::npos);
    const Ran schema = es_({"json-schema", "shop.sold"});
    CHECK(schema.status == 0);
    CHECK(schema.out.find("\"title\":\"shop.sold\"") != std::string::npos);
    CHECK(es_({"json-schema"}).out == schema.out);
    CHECK(es_({"json-schema", "shop.bought"}).status == 2);
    CHECK(es_({"schema"}).out.find("shop.sold") != std::string::npos);
}

TEST_CASE("The tool checks the lock files, and writes them only if somebody agrees") {
    const std::string folder = "typed_verbs.schema";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    CHECK(es_({"schema", "check", "--in", folder}).status == 1);
    CHECK(es_({"schema", "accept", "--in", folder}).status == 2);
    CHECK_FALSE(std::filesystem::exists(folder + "/shop.lock"));
    CHECK(es_({"schema", "accept", "--in", folder, "--yes"}).out ==
          "typed_verbs.schema/shop.lock is written\n");
    const Ran same = es_({"schema", "check", "--in", folder});
    CHECK(same.status == 0);
    CHECK(same.out == "typed_verbs.schema/shop.lock: as in the lock\n");
    CHECK(es_({"schema", "agree"}).status == 2);
    std::filesystem::remove_all(folder);
}

TEST_CASE("The tool makes a read model anew, and handles what was parked") {
    sell();
    const es::AnyStore store(Till::now());
    Wares::strict = true;
    es::Subscription<Wares, es::AnyStore> wares(store, {.on_failure = es::OnFailure::park});
    while (wares.step().kind == es::Step::Kind::worked) {
    }
    CHECK(wares.get("tea").value()->sold == 2);
    CHECK(on_till({"status"}).out.find("wares") != std::string::npos);

    CHECK(on_till({"replay", "Wares", "tea"}).status == 2);
    const Ran again = on_till({"replay", "Wares", "tea", "--yes"});
    CHECK(again.status == 1);
    CHECK(again.out == "2 are left; the first one failed again, see the verb parked\n");
    Wares::strict = false;
    const Ran handled = on_till({"replay", "wares", "tea", "-y"});
    CHECK(handled.status == 0);
    CHECK(handled.out == "all are handled\n");
    CHECK(wares.get("tea").value()->sold == 7);
    CHECK(on_till({"replay", "wares", "tea", "-y"}).status == 1);

    const Ran unasked = on_till({"rebuild", "Wares"});
    CHECK(unasked.status == 2);
    CHECK(unasked.err == "es: this makes the read model Wares in till: anew; nothing was done: say "
                         "--yes to do it\n");
    const Ran rebuilt = on_till({"rebuild", "Wares", "--yes", "--json"});
    CHECK(rebuilt.status == 0);
    CHECK(rebuilt.out == "{\"name\":\"wares\",\"events\":3}\n");
    CHECK(wares.get("tea").value()->sold == 7);
    CHECK(on_till({"rebuild", "Zoo", "--yes"}).status == 2);
}

TEST_CASE("The tool drops read models of other versions of a projection, and no others") {
    sell();
    const es::AnyStore store(Till::now());
    es::Subscription<Wares, es::AnyStore> wares(store);
    while (wares.step().kind == es::Step::Kind::worked) {
    }
    for (const auto* const fingerprint : {"projection Wares 0123", "projection Others 0123"}) {
        es::ProgressCommit older{.key = {.name = "wares", .fingerprint = fingerprint}};
        older.next.fence = 1;
        REQUIRE(store.commit_progress(older));
    }
    CHECK(on_till({"prune", "Wares"}).status == 2);
    CHECK(store.list_progress().value().size() == 3);
    const Ran pruned = on_till({"prune", "Wares", "--yes"});
    CHECK(pruned.status == 0);
    CHECK(pruned.out == "wares, projection Wares 0123 is dropped\n");
    CHECK(on_till({"prune", "Wares", "--yes"}).out == "There is no other version.\n");
    CHECK(store.list_progress().value().size() == 2);
    CHECK(wares.get("tea").value()->sold == 7);
}

TEST_CASE("The tool releases only a process that failed") {
    sell();
    CHECK(on_till({"release", "Restocking", "tea"}).status == 2);
    CHECK(on_till({"release", "Restocking", "tea", "--yes"}).status == 1);
    CHECK(on_till({"release", "Zoo", "tea", "--yes"}).status == 2);
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
    CHECK(run({"person:42", "--keys", "keys.db", "-y"}).status == 1);
    CHECK(run({"person:42", "--keys", "else.db", "-y"}).status == 3);
    CHECK(run({"person:42", "-y"}).status == 2);
}
