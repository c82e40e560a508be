// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/tool/typed_verbs.hpp>

#include "catch.hpp"
#include "folder.hpp"
#include "tool/shop.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What all verbs have in common (C1, C3): each case here is done with every verb that there is.

namespace es = eventsourcing;
namespace tool = es::detail::tool;

using tool_shop::Ran;
using tool_shop::Restocking;
using tool_shop::Shop;
using tool_shop::Till;
using tool_shop::Wares;
using Arguments = std::vector<std::string>;

namespace {

/// Its name stays the same while this process lives, and is removed at its end.
const std::string& folder() {
    static const test_files::Folder one;
    return one.path();
}

std::string in_folder(const std::string& name) {
    return folder() + "/" + name;
}
std::string first_event() {
    return Till::now().read_all({.limit = 1}).value().records().front().id.to_string();
}

/// How a verb is used.
struct Use {
    std::string name;
    /// What it does, in the store of `begin_anew`, of which EVENT is an event.
    Arguments done;
    /// What it refuses; empty if there is no such thing.
    Arguments refused;
    bool changes = false;
    bool opens_a_store = true;
};

std::vector<Use> all_uses() {
    return {{"streams", {}, {}},
            {"show", {"shop-corner"}, {"shop-nowhere"}},
            {"event", {"EVENT"}, {"01a22e1e-1e95-7e2c-94dc-f82555d8cd09"}},
            {"tail", {"--no-follow"}, {}},
            {"status", {}, {}},
            {"parked", {}, {"nobody"}},
            {"skip", {"wares", "tea"}, {"wares", "coffee"}, true},
            {"verify", {}, {}},
            {"backup", {in_folder("new")}, {in_folder("old")}},
            {"export", {in_folder("new")}, {in_folder("old")}},
            {"import", {in_folder("events")}, {in_folder("nothing")}, true},
            {"copy", {"till:other"}, {"till:"}, true},
            {"completion", {"bash"}, {}, false, false},
            {"state", {"Shop", "corner"}, {"Shop", "nowhere"}},
            {"diagram", {}, {}, false, false},
            {"schema", {}, {"check", "--in", folder()}, false, false},
            {"schema", {"accept", "--in", folder()}, {}, true, false},
            {"json-schema", {}, {}, false, false},
            {"snapshots", {"prune"}, {}, true},
            {"rebuild", {"Wares"}, {}, true},
            {"replay", {"Wares", "tea"}, {"Wares", "coffee"}, true},
            {"projections", {}, {}},
            {"projections", {"prune"}, {"prune", "--name", "held"}, true},
            {"release", {"Restocking", "tea"}, {"Restocking", "coffee"}, true},
            {"check-processes", {}, {}}};
}

void store_version(const std::string& name, const std::string& owner) {
    es::ProgressCommit older{.key = {.name = name, .fingerprint = "projection Wares 0123"}};
    older.next.owner = owner;
    older.next.status = "live";
    older.next.fence = 1;
    REQUIRE(Till::now().commit_progress(older));
}

/// A store in which each verb has something to do: parked events, a process that failed, an older
/// version of a read model; and the files that verbs read.
void begin_anew() {
    std::filesystem::remove_all(folder());
    std::filesystem::create_directory(folder());
    tool_shop::sell();
    REQUIRE(tool_shop::on_till({"export", in_folder("events")}).status == 0);
    REQUIRE(tool_shop::on_till({"export", in_folder("old")}).status == 0);
    Wares::strict = true;
    Shop::closed = true;
    const es::AnyStore store(Till::now());
    es::Subscription<Wares, es::AnyStore> wares(store, {.on_failure = es::OnFailure::park});
    tool_shop::settle(wares);
    es::ProcessManager<Restocking, es::AnyStore> processes(store, es::from_beginning);
    tool_shop::settle(processes);
    Wares::strict = false;
    Shop::closed = false;
    store_version("wares", "");
    const auto stream = es::StreamName::parse("shop-corner").value();
    REQUIRE(store.save_snapshot({.stream = stream,
                                 .kind = "shop",
                                 .fingerprint = "older",
                                 .revision = es::Revision(0),
                                 .event_id = es::Uuid::parse(first_event()).value(),
                                 .data = "{}"}));
}

Ran use(const Use& verb, Arguments arguments, Arguments more, const std::string& answer = {}) {
    arguments.insert(arguments.begin(), {verb.name, "--store", "till:"});
    std::replace(arguments.begin(), arguments.end(), std::string("EVENT"), first_event());
    for (std::string& one : more)
        arguments.push_back(std::move(one));
    return tool_shop::run(std::move(arguments), answer);
}

bool is_an_object(std::string_view line) {
    es::detail::JsonScanner scanner(line);
    return line.starts_with('{') && scanner.skip_value() && scanner.at_end();
}
bool are_objects(std::string_view text) {
    std::size_t lines = 0;
    for (; !text.empty(); ++lines) {
        const auto end = text.find('\n');
        if (end == text.npos || !is_an_object(text.substr(0, end)))
            return false;
        text.remove_prefix(end + 1);
    }
    return lines > 0;
}

/// Everything that a verb could change, as text. Whose snapshots there are is known.
std::string everything() {
    std::string all;
    for (const auto& till : {Till::now(), Till::other()}) {
        all += std::to_string(till.head().value().value_or(es::Position{}).value()) + "\n";
        const auto stored = till.list_progress().value();
        for (const auto& [key, progress] : stored) {
            all += key.name + " " + key.fingerprint + (key.rebuild ? " rebuild " : " ") +
                   std::to_string(progress.fence) + " " + progress.owner + " " + progress.status +
                   " " +
                   std::to_string(progress.checkpoint.position.value_or(es::Position{}).value()) +
                   "\n";
            const auto parked = till.load_parked(key, std::nullopt, 100).value();
            for (const es::ParkedEvent& event : parked)
                all += event.key + " " + std::to_string(event.sequence) + " " +
                       std::to_string(event.attempts) + "\n";
            const auto rows = till.load_rows(key, std::nullopt, 100).value();
            for (const es::RowCommit& row : rows)
                all += row.key + " " + row.data.value_or("") + "\n";
        }
        const auto stream = es::StreamName::parse("shop-corner").value();
        all += till.load_snapshot(stream, "shop", "older").value() ? "snapshot\n" : "";
    }
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder()))
        all += "file ";
    return all;
}

} // namespace

TEST_CASE("What all verbs have in common is tried with every verb") {
    begin_anew();
    tool::VerbList verbs = tool::generic_verbs();
    tool::add_typed_verbs<Restocking, Till, Wares, Shop>(verbs);
    const auto uses = all_uses();
    for (const auto& verb : verbs) {
        INFO(verb->name());
        CHECK(std::any_of(uses.begin(), uses.end(),
                          [&](const Use& one) { return one.name == verb->name(); }));
    }
}

// C1
TEST_CASE("Every verb has JSON with an object in each line, and something for people") {
    for (const Use& verb : all_uses()) {
        for (const bool json : {true, false}) {
            begin_anew();
            INFO(verb.name << (json ? " --json" : ""));
            const Ran ran =
                use(verb, verb.done, json ? Arguments{"--json", "--yes"} : Arguments{"--yes"});
            INFO(ran.out << ran.err);
            CHECK(ran.status == 0);
            CHECK_FALSE(ran.out.empty());
            CHECK(are_objects(ran.out) == (json || verb.name == "json-schema"));
        }
    }
}

// C1
TEST_CASE("What is refused is exit status 1, with a message, and nothing on the output") {
    for (const Use& verb : all_uses()) {
        if (verb.refused.empty())
            continue;
        begin_anew();
        store_version("held", "a program");
        INFO(verb.name);
        const Ran ran = use(verb, verb.refused, {"--yes"});
        INFO(ran.out << ran.err);
        CHECK(ran.status == 1);
        if (verb.name != "schema") // says what differs
            CHECK(ran.err.find("es: ") != std::string::npos);
    }
    begin_anew();
    Till::sound = false;
    CHECK(tool_shop::on_till({"verify"}).status == 1);
}

// C1
TEST_CASE("Wrong use of a verb is exit status 2, and a store that can't be opened is 3") {
    begin_anew();
    for (const Use& verb : all_uses()) {
        INFO(verb.name);
        const Ran wrong = use(verb, verb.done, {"--no-such-option"});
        CHECK(wrong.status == 2);
        CHECK(wrong.err == "es: " + verb.name + " has no option \"--no-such-option\"; try: es " +
                               verb.name + " --help\n");
        CHECK(wrong.out.empty());
        if (!verb.opens_a_store)
            continue;
        const Ran broken = use(verb, verb.done, {"--yes", "--store", "till:broken"});
        CHECK(broken.status == 3);
        CHECK(broken.err.find("es: till:broken is broken\n") != std::string::npos);
        CHECK(broken.out.empty());
    }
}

// C3
TEST_CASE("What changes something says so, and does it only if somebody agrees") {
    for (const Use& verb : all_uses()) {
        begin_anew();
        const std::string before = everything();
        const Ran silent = use(verb, verb.done, {});
        INFO(verb.name);
        INFO(silent.err);
        if (!verb.changes) {
            CHECK(silent.status == 0);
            const bool makes_a_file = verb.name == "backup" || verb.name == "export";
            CHECK(everything() == before + (makes_a_file ? "file " : ""));
            continue;
        }
        CHECK(silent.status == 2);
        CHECK(silent.err.find("es: this ") == 0);
        CHECK(silent.err.find("; nothing was done: say --yes to do it\n") != std::string::npos);
        CHECK(everything() == before);
        const std::string what =
            silent.err.substr(9, silent.err.find("; nothing was done") - 9); // after "es: this "
        for (const std::string answer : {"n", "yikes", " "}) {
            const Ran no = use(verb, verb.done, {}, answer);
            CHECK(no.status == 1);
            CHECK(no.err == "This " + what + ". Do it? [y/N] es: nothing was done\n");
            CHECK(everything() == before);
        }
        const Ran yes = use(verb, verb.done, {}, "Yes");
        INFO(yes.out << yes.err);
        CHECK(yes.status == 0);
        CHECK((everything() != before) == (verb.name != "import")); // which finds all there
        begin_anew();
        const Ran agreed = use(verb, verb.done, {"--yes"});
        CHECK(agreed.status == 0);
        CHECK(agreed.err.find("This " + what + ".\n") == 0);
        begin_anew();
        CHECK(use(verb, verb.done, {"--yes", "--json"}).err.empty());
    }
}

// Follower::replay of what never ran is `not_found`: until then this may fail.
TEST_CASE("Under a name that nothing has, replay and release change nothing") {
    for (const Use& verb : all_uses())
        if (verb.name == "replay" || verb.name == "release") {
            begin_anew();
            const std::string before = everything();
            INFO(verb.name);
            const Ran ran = use(verb, verb.done, {"--name", "typo", "--yes"});
            CHECK(ran.status == 1);
            CHECK(ran.err.find("typo") != std::string::npos);
            CHECK(everything() == before);
        }
}

TEST_CASE(
    "The help of every verb fits 80 columns, has an example, and can be asked for in two ways") {
    begin_anew();
    const auto fits = [](std::string_view help) {
        while (!help.empty()) {
            const auto end = help.find('\n');
            INFO(help.substr(0, end));
            CHECK(std::min(end, help.size()) <= 80);
            help.remove_prefix(end == help.npos ? help.size() : end + 1);
        }
    };
    fits(tool_shop::run({"--help"}).out);
    for (const Use& verb : all_uses()) {
        INFO(verb.name);
        const Ran own = tool_shop::run({verb.name, "--help"});
        CHECK(own.status == 0);
        fits(own.out);
        CHECK(own.out.find("Usage: es " + verb.name) != std::string::npos);
        CHECK((own.out.find("\n  es ") != own.out.npos || own.out.find("<(es ") != own.out.npos));
        CHECK(tool_shop::run({"help", verb.name}).out == own.out);
        CHECK(tool_shop::run({"--help"}).out.find("\n  " + verb.name + " ") != std::string::npos);
    }
}
