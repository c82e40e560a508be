// SPDX-License-Identifier: MIT
// Clients transfer money; a process manager carries the transfers out, in two programs that are
// killed and started again all the time. Then every prefix of what is stored is audited: no money
// is made or lost, and each transfer has ended in one way.
#include "audit.hpp"
#include "bank.hpp"
#include "options.hpp"
#include "processes.hpp"

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/fold_events.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <numeric>
#include <optional>
#include <poll.h>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace bank {
namespace {

/// How many transfers have ended in which way.
using Tally = std::array<std::uint64_t, 4>;

std::uint64_t sum(const Tally& tally) {
    return std::accumulate(tally.begin(), tally.end(), std::uint64_t{0});
}

void print_row(const std::string& name, const Tally& tally) {
    std::printf("%6s %10ju %10ju %14ju %14ju\n", name.c_str(), std::uintmax_t{tally[0]},
                std::uintmax_t{tally[1]}, std::uintmax_t{tally[2]}, std::uintmax_t{tally[3]});
}

/// Opens the accounts of this run: the file may have those of others.
es::Result<void> open_accounts(const Options& options, const std::string& run) {
    auto store = open_store(options.store);
    if (!store)
        return std::move(store).error();
    const es::Repository<Account, Store> accounts{*store};
    for (std::uint64_t i = 0; i < number_of_accounts; ++i)
        if (auto done = accounts.execute(account(run, i), Open{100}); !done)
            return std::move(done).error();
    store->close(); // before other programs are started
    return {};
}

/// The next thing that a client tells, or nothing when all have ended.
es::Result<std::optional<Told>> next_told(int pipe, const Runners& runners) {
    for (;;) {
        pollfd ready{.fd = pipe, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 1000) > 0) {
            Told told{};
            if (::read(pipe, &told, sizeof told) != sizeof told)
                return std::optional<Told>();
            return std::optional(told);
        }
        if (runners.one_has_ended())
            return es::Error(es::errc::internal, "a runner has ended by itself");
    }
}

struct Day {
    std::vector<Tally> of_clients;
    std::uint64_t kills = 0;
    bool all_clients_done = true;
};

/// Lets the clients do their transfers, and kills a runner now and then.
es::Result<Day> spend_day(const Options& options, const std::string& run) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        return es::Error(es::errc::internal, "there is no pipe");
    const auto end = Clock::now() + std::chrono::seconds(options.seconds);
    std::vector<pid_t> clients;
    for (std::uint64_t i = 0; i < options.clients; ++i)
        clients.push_back(start([&] {
            ::close(ends[0]);
            return be_client(options, run, i, end, ends[1]);
        }));
    ::close(ends[1]);

    Day day{.of_clients = std::vector<Tally>(options.clients)};
    std::mt19937_64 random(*options.seed);
    Runners runners(options, ends[0]);
    for (std::uint64_t until_kill = 1 + random() % 40;; --until_kill) {
        if (until_kill == 0) {
            runners.kill_and_restart(random());
            ++day.kills;
            until_kill = 1 + random() % 40;
        }
        const auto told = next_told(ends[0], runners);
        if (!told) {
            for (const pid_t client : clients)
                ::kill(client, SIGKILL);
            return told.error();
        }
        if (!*told)
            break;
        ++day.of_clients[(*told)->client][static_cast<std::size_t>((*told)->outcome)];
    }
    ::close(ends[0]);
    for (const pid_t client : clients) {
        int status = 0;
        ::waitpid(client, &status, 0);
        day.all_clients_done =
            day.all_clients_done && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return day;
}

/// Counts the money after each event, and compares the end with what the clients know.
int audit(const Options& options, const std::string& run, std::uint64_t transfers) {
    auto store = open_store(options.store);
    if (!store)
        return fail(exit_bad_input, store.error().message());
    const auto audited = es::fold<Audit>(*store);
    if (!audited)
        return fail(1, "the audit does not hold: " + audited.error().message());
    if (const std::size_t open = Audit::open(*audited, run + "."); open != 0)
        return fail(1, std::to_string(open) + " transfers have not ended");
    const auto stored =
        std::count_if(audited->transfers.begin(), audited->transfers.end(),
                      [&](const auto& transfer) { return transfer.first.starts_with(run + "."); });
    if (static_cast<std::uint64_t>(stored) != transfers)
        return fail(1, "the clients have made " + std::to_string(transfers) +
                           " transfers, and the file has " + std::to_string(stored));
    std::printf("The audit holds after each of %ju events: %zu accounts hold %jd,\n"
                "as much as at the beginning, and %jd is on the way.\n",
                std::uintmax_t{audited->events}, audited->accounts.size(),
                std::intmax_t{audited->in_accounts}, std::intmax_t{audited->on_the_way});
    return 0;
}

int run(const Options& options) {
    // of this run: the file may hold others
    const std::string run =
        std::to_string(es::Environment{}.now().unix_seconds()) + "." + std::to_string(::getpid());
    if (auto opened = open_accounts(options, run); !opened)
        return fail(exit_bad_input, opened.error().message());
    if (options.transfers)
        std::printf("%ju clients transfer money %ju times each, all in %s, seed %ju.\n\n",
                    std::uintmax_t{options.clients}, std::uintmax_t{*options.transfers},
                    options.store.c_str(), std::uintmax_t{*options.seed});
    else
        std::printf("%ju clients transfer money for %ju s, all in %s, seed %ju.\n\n",
                    std::uintmax_t{options.clients}, std::uintmax_t{options.seconds},
                    options.store.c_str(), std::uintmax_t{*options.seed});

    const auto day = spend_day(options, run);
    if (!day)
        return fail(1, day.error().message());
    std::printf("Client       Paid   No money   Account full   Not accepted\n");
    Tally all{};
    for (std::size_t i = 0; i < day->of_clients.size(); ++i) {
        const Tally& tally = day->of_clients[i];
        print_row(std::to_string(i + 1), tally);
        std::transform(all.begin(), all.end(), tally.begin(), all.begin(), std::plus<>());
    }
    print_row("all", all);
    std::printf("\nThe programs that carry them out were killed %ju times.\n",
                std::uintmax_t{day->kills});
    if (!day->all_clients_done)
        return fail(1, "not all clients have come to their end");
    return audit(options, run, sum(all));
}

} // namespace
} // namespace bank

int main(int argc, char** argv) {
    bank::Options options;
    if (const auto exit_code = bank::read_options(argc, argv, options))
        return *exit_code;
    if (!options.seed)
        options.seed = std::random_device{}();
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    return bank::run(options);
}
