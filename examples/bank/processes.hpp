// SPDX-License-Identifier: MIT
// The programs of the bank: clients, and runners, which are killed at any time.
#ifndef BANK_PROCESSES_HPP
#define BANK_PROCESSES_HPP

#include "bank.hpp"
#include "options.hpp"
#include "transfers.hpp"

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/run.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <random>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>
#if defined(__linux__)
#    include <sys/prctl.h>
#endif

namespace bank {

using Clock = std::chrono::steady_clock;
using Store = es::SqliteStore;

inline int fail(int code, const std::string& why) {
    std::cerr << "bank: " << why << "\n";
    return code;
}

inline es::Result<Store> open_store(const std::string& path) {
    // what is shown here is not a loss of power
    return Store::open(path, {.durability = es::SqliteDurability::relaxed});
}

inline constexpr std::uint64_t number_of_accounts = 10;
inline std::string account(const std::string& run, std::uint64_t number) {
    return run + ".a" + std::to_string(number);
}

/// Starts a program that ends with this one, whatever ends it. No store is open here: one that is
/// open must not be inherited.
template <class Program>
pid_t start(const Program& program) {
    const pid_t id = ::fork();
    if (id != 0)
        return id;
#if defined(__linux__)
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    ::_exit(program());
}

/// What a client tells of a transfer that has ended.
struct Told {
    std::uint8_t client;
    Outcome outcome;
};

/// Requests transfers, accepts most of them, and waits for the end of each.
class Client {
public:
    Client(const Store& store, std::string run, std::uint64_t number, std::uint64_t seed)
        : store_(store),
          transfers_(store, {.attempts = 20}),
          run_(std::move(run)),
          name_(run_ + ".c" + std::to_string(number)),
          random_(seed + number) {}

    es::Result<Outcome> transfer() {
        const std::string id = name_ + "." + std::to_string(++transfers_made_);
        const std::uint64_t from = random_() % number_of_accounts;
        const std::uint64_t to =
            (from + 1 + random_() % (number_of_accounts - 1)) % number_of_accounts;
        const auto amount = static_cast<Money>(1 + random_() % 60);
        if (auto done =
                transfers_.execute(id, Request{id, account(run_, from), account(run_, to), amount});
            !done)
            return std::move(done).error();
        if (random_() % 16 != 0)
            if (auto done = transfers_.execute(id, Accept{});
                !done && done.error() != es::errc::rejected) // it was too late
                return std::move(done).error();
        return end_of(id);
    }

private:
    es::Result<Outcome> end_of(const std::string& id) {
        for (;;) {
            const auto head = store_.head();
            if (!head)
                return head.error();
            const auto now = transfers_.load(id);
            if (!now)
                return now.error();
            if (now->state.outcome)
                return *now->state.outcome;
            const auto more = store_.wait_for_append(*head);
            if (!more)
                return more.error();
        }
    }

    Store store_;
    es::Repository<Transfer, Store> transfers_;
    std::string run_;
    std::string name_;
    std::uint64_t transfers_made_ = 0;
    std::mt19937_64 random_;
};

/// What a client does; its exit code.
inline int be_client(const Options& options, const std::string& run, std::uint64_t number,
                     Clock::time_point end, int pipe) {
    auto store = open_store(options.store);
    if (!store)
        return fail(exit_bad_input, store.error().message());
    Client client(*store, run, number, *options.seed);
    for (std::uint64_t i = 0; options.transfers ? i < *options.transfers : Clock::now() < end;
         ++i) {
        const auto outcome = client.transfer();
        if (!outcome)
            return fail(1, outcome.error().message());
        const Told told{static_cast<std::uint8_t>(number), *outcome};
        if (::write(pipe, &told, sizeof told) != sizeof told)
            return fail(1, "the pipe is closed");
    }
    return 0;
}

/// What a runner does, until it is killed.
inline int carry_out_transfers(const Options& options) {
    auto store = open_store(options.store);
    if (!store)
        return fail(exit_bad_input, store.error().message());
    es::ProcessManager<Transfers, Store> transfers{*store, es::from_beginning};
    es::run(std::stop_token(), transfers);
    return 0;
}

/// Two of them do the same work, so that one goes on while the other one is started again.
class Runners {
public:
    Runners(Options options, int pipe) : options_(std::move(options)), pipe_(pipe) {
        for (pid_t& id : ids_)
            id = start_one();
    }
    Runners(const Runners&) = delete;
    Runners& operator=(const Runners&) = delete;
    ~Runners() {
        for (const pid_t id : ids_)
            kill_one(id);
    }

    void kill_and_restart(std::uint64_t which) {
        pid_t& id = ids_[which % ids_.size()];
        kill_one(id);
        id = start_one();
    }
    /// Whether one has ended by itself, which none does.
    [[nodiscard]] bool one_has_ended() const {
        for (const pid_t id : ids_)
            if (id <= 0 || ::waitpid(id, nullptr, WNOHANG) != 0)
                return true;
        return false;
    }

private:
    pid_t start_one() const {
        return start([this] {
            ::close(pipe_); // the clients tell only the bank
            return carry_out_transfers(options_);
        });
    }
    static void kill_one(pid_t id) {
        if (id <= 0)
            return;
        ::kill(id, SIGKILL);
        ::waitpid(id, nullptr, 0);
    }

    Options options_;
    int pipe_;
    std::array<pid_t, 2> ids_{};
};

} // namespace bank

#endif
