// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/check_options.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "laws/account.hpp"

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/execute_all.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;

namespace {

using bank::Account;
using bank::Deposit;
using Options = es::Repository<Account, es::MemoryStore>::Options;

namespace notes {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "notes", .source = "events://example.org/notes"};
}
struct Write {};
struct Written {
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"page:1"}; }
};
struct Page {
    using Event = Written;
    [[nodiscard]] std::vector<std::string> event_tags() const { return {"page:1"}; }
    static void apply_event(Page&, const Written&) {}
};
struct Writing {
    using Event = Written;
    static std::tuple<Page> boundary(const Write&) { return {Page{}}; }
    static Written handle_command(const Page&, const Write&) { return {}; }
    static es::StreamName stream(const Write&) { return es::StreamNameView("pages-1"); }
};
} // namespace notes

/// What every call of a repository with these options answers.
void refused(const Options& options, const std::string& says) {
    const es::MemoryStore store;
    const es::Repository<Account, es::MemoryStore> accounts{store, options};
    for (const auto& said :
         {message_of(accounts.execute("anna", Deposit{1})),
          message_of(accounts.execute_in("account-anna", Deposit{1})),
          message_of(accounts.load("anna")), message_of(accounts.decide("anna", Deposit{1}))})
        CHECK(said == says);
    CHECK(fails_with(es::errc::invalid, accounts.execute("anna", Deposit{1})));
    CHECK(store.read_all()->empty());
}

} // namespace

TEST_CASE("An option of a repository that is out of its range is an error that names the range") {
    refused({.attempts = 0}, "RepositoryOptions::attempts: expected 1 or more, got 0");
    refused({.page_size = 0}, "RepositoryOptions::page_size: expected 1 to 4096, got 0");
    refused({.page_size = 4097}, "RepositoryOptions::page_size: expected 1 to 4096, got 4097");
    refused({.backoff = {.first = -1ns}},
            "RepositoryOptions::backoff.first: expected 0 or more, got -1 ns");
    refused({.backoff = {.first = 1s}}, "RepositoryOptions::backoff.most: expected at least "
                                        "backoff.first, 1000000000 ns, got 250000000 ns");
    refused({.patience = -1ns}, "RepositoryOptions::patience: expected 0 or more, got -1 ns");
    refused({.snapshot_every = static_cast<std::uint64_t>(-1)},
            "RepositoryOptions::snapshot_every: expected 0 for none, or a number of events, got "
            "-1");
    refused({.cache = 8, .attempts = 0}, "RepositoryOptions::attempts: expected 1 or more, got 0");
}

TEST_CASE("Options at the ends of their ranges are taken") {
    const es::MemoryStore store;
    for (const Options& options :
         {Options{.cache = ~std::size_t{0}, .snapshot_every = 1, .attempts = 1},
          Options{.attempts = ~0U, .backoff = {.first = 0ns, .most = 0ns}, .patience = 0ns},
          Options{.page_size = 1}, Options{.page_size = 4096}}) {
        const es::Repository<Account, es::MemoryStore> accounts{store, options};
        CHECK(accounts.execute("anna", Deposit{1}));
        CHECK(accounts.load("anna"));
    }
}

TEST_CASE("An option of one call that is out of its range is an error that names the range") {
    const es::MemoryStore store;
    const es::Repository<Account, es::MemoryStore> accounts{store};
    CHECK(message_of(accounts.execute("anna", Deposit{1}, {.attempts = 0})) ==
          "ExecuteOptions::attempts: expected 1 or more, got 0");
    CHECK(message_of(es::execute<Account>(store, "account-anna", Deposit{1}, {.attempts = 0})) ==
          "ExecuteOptions::attempts: expected 1 or more, got 0");
    CHECK(message_of(accounts.load("anna", {.page_size = 0})) ==
          "LoadOptions::page_size: expected 1 to 4096, got 0");
    CHECK(message_of(es::load<Account>(store, "account-anna", {.page_size = 5000})) ==
          "LoadOptions::page_size: expected 1 to 4096, got 5000");
    CHECK(store.read_all()->empty());
}

TEST_CASE("An option of decisions, or of one, that is out of its range is an error") {
    const es::MemoryStore store;
    using Writings = es::Decisions<notes::Writing, es::MemoryStore>;
    const auto says = [&](const es::DecisionsOptions& options,
                          const es::DecideOptions& one = {}) -> std::string {
        const Writings writings{store, options};
        CHECK(fails_with(es::errc::invalid, writings.execute(notes::Write{}, one)));
        CHECK(fails_with(es::errc::invalid, writings.decide(notes::Write{}, one)));
        return message_of(writings.execute(notes::Write{}, one));
    };
    CHECK(says({.attempts = 0}) == "DecisionsOptions::attempts: expected 1 or more, got 0");
    CHECK(says({.backoff = {.first = -5ns}}) ==
          "DecisionsOptions::backoff.first: expected 0 or more, got -5 ns");
    CHECK(says({.patience = -1s}) ==
          "DecisionsOptions::patience: expected 0 or more, got -1000000000 ns");
    CHECK(says({}, {.attempts = 0}) == "DecideOptions::attempts: expected 1 or more, got 0");
    CHECK(store.read_all()->empty());
    CHECK(Writings{store}.execute(notes::Write{}));
}

TEST_CASE("An option of commands on several streams that is out of its range is an error") {
    const es::MemoryStore store;
    const auto says = [&](const es::ExecuteAllOptions& options) {
        const auto done = es::execute_all(store, options, es::command<Account>("anna", Deposit{1}),
                                          es::command<Account>("bert", Deposit{1}));
        CHECK(fails_with(es::errc::invalid, done));
        return message_of(done);
    };
    CHECK(says({.attempts = 0}) == "ExecuteAllOptions::attempts: expected 1 or more, got 0");
    CHECK(says({.backoff = {.first = 3ns, .most = 2ns}}) ==
          "ExecuteAllOptions::backoff.most: expected at least backoff.first, 3 ns, got 2 ns");
    CHECK(says({.patience = -1ns}) == "ExecuteAllOptions::patience: expected 0 or more, got -1 ns");
    CHECK(store.read_all()->empty());
}
