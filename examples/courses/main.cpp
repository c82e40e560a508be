// SPDX-License-Identifier: MIT
// Processes race for the places of courses, in one SQLite file: each command is decided on what the
// file says of one course and one student, and stored only if nothing of it has changed. Then every
// prefix of what is stored is audited.
#include "audit.hpp"
#include "courses.hpp"
#include "options.hpp"

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/runtime/decisions.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <random>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace courses {
namespace {

using Clock = std::chrono::steady_clock;
using Store = es::SqliteStore;

/// What a process has done; it writes this into a pipe.
struct Tally {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t decided_again = 0;
    std::uint64_t given_up = 0;
};

int fail(int code, const std::string& why) {
    std::cerr << "courses: " << why << "\n";
    return code;
}

es::Result<Store> open_store(const std::string& path) {
    // what is shown here is not a loss of power
    return Store::open(path, {.durability = es::SqliteDurability::relaxed});
}

/// One of the processes: students who want courses that are nearly full.
class Applicants {
public:
    Applicants(Store store, const std::string& term, std::uint64_t seed)
        : enrolment_(std::move(store), {.attempts = 20}),
          term_(term),
          random_(seed) {}

    /// Gives one command. What can be chosen moves on, so that there always is something left.
    es::Result<void> next(std::uint64_t progress) {
        const std::string course = term_ + ".c" + std::to_string(progress + random_() % 6);
        const std::string student = term_ + ".s" + std::to_string(progress + random_() % 12);
        switch (random_() % 12) {
        case 0:
            return give(Define{course, static_cast<std::uint32_t>(3 + random_() % 3)});
        case 1:
            return give(ChangeCapacity{course, static_cast<std::uint32_t>(3 + random_() % 5)});
        default:
            return give(Subscribe{student, course});
        }
    }

    [[nodiscard]] const Tally& tally() const { return tally_; }

private:
    template <class Command>
    es::Result<void> give(const Command& command) {
        const auto done = enrolment_.execute(command);
        if (done) {
            ++tally_.accepted;
            tally_.decided_again += done->attempts - 1;
        } else if (done.error() == es::errc::rejected) {
            ++tally_.refused;
        } else if (done.error() == es::errc::condition_failed) {
            ++tally_.given_up;
        } else {
            return done.error();
        }
        return {};
    }

    es::Decisions<Enrolment, Store> enrolment_;
    std::string term_;
    std::mt19937_64 random_;
    Tally tally_;
};

/// What a process does; its exit code.
int apply_for_courses(const Options& options, const std::string& term, std::uint64_t number,
                      Clock::time_point begin, int pipe) {
    auto store = open_store(options.store);
    if (!store)
        return fail(exit_bad_input, store.error().message());
    Applicants applicants(*std::move(store), term, number);
    constexpr auto pace = std::chrono::milliseconds(40);
    const auto end = begin + std::chrono::seconds(options.seconds);
    for (std::uint64_t i = 0; options.commands ? i < *options.commands : Clock::now() < end; ++i) {
        const std::uint64_t progress =
            options.commands ? i / 20 : static_cast<std::uint64_t>((Clock::now() - begin) / pace);
        if (auto done = applicants.next(progress); !done)
            return fail(1, done.error().message());
    }
    const Tally& tally = applicants.tally();
    return ::write(pipe, &tally, sizeof tally) == sizeof tally ? 0 : fail(1, "the pipe is closed");
}

struct Process {
    pid_t id;
    int pipe;
};

/// Starts all processes, while none has the file open.
std::vector<Process> start(const Options& options, const std::string& term) {
    std::vector<Process> processes;
    const auto begin = Clock::now();
    for (std::uint64_t i = 0; i < options.processes; ++i) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0)
            break;
        const pid_t id = ::fork();
        if (id == 0)
            ::_exit(apply_for_courses(options, term, i + 1, begin, ends[1]));
        ::close(ends[1]);
        if (id > 0)
            processes.push_back({id, ends[0]});
    }
    return processes;
}

void print_row(const std::string& name, const Tally& tally) {
    std::printf("%7s %10ju %10ju %15ju %10ju\n", name.c_str(), std::uintmax_t{tally.accepted},
                std::uintmax_t{tally.refused}, std::uintmax_t{tally.decided_again},
                std::uintmax_t{tally.given_up});
}

/// The worst exit code of the processes, whose tallies are printed and added up.
int wait_for_all(const std::vector<Process>& processes, Tally& sum) {
    int worst = 0;
    std::printf("Process   Accepted    Refused   Decided again   Given up\n");
    for (std::size_t i = 0; i < processes.size(); ++i) {
        Tally tally;
        const bool told = ::read(processes[i].pipe, &tally, sizeof tally) == sizeof tally;
        int status = 0;
        ::waitpid(processes[i].id, &status, 0);
        if (!told || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            worst =
                std::max(worst, WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 1);
            continue;
        }
        print_row(std::to_string(i + 1), tally);
        sum.accepted += tally.accepted;
        sum.refused += tally.refused;
        sum.decided_again += tally.decided_again;
        sum.given_up += tally.given_up;
    }
    print_row("all", sum);
    return worst;
}

/// Whether the file can be used: said once, and not by each process. It is closed again, since a
/// store that is open must not be inherited.
int try_file(const Options& options) {
    auto store = open_store(options.store);
    if (!store)
        return fail(exit_bad_input, store.error().message());
    store->close();
    return 0;
}

int run(const Options& options) {
    if (const int code = try_file(options); code != 0)
        return code;
    if (options.commands)
        std::printf("%ju processes give %ju commands each, all in %s.\n\n",
                    std::uintmax_t{options.processes}, std::uintmax_t{*options.commands},
                    options.store.c_str());
    else
        std::printf("%ju processes give commands for %ju s, all in %s.\n\n",
                    std::uintmax_t{options.processes}, std::uintmax_t{options.seconds},
                    options.store.c_str());
    // of this run: the file may hold others
    const std::string term =
        std::to_string(es::Environment{}.now().unix_seconds()) + "." + std::to_string(::getpid());
    Tally sum;
    const auto processes = start(options, term);
    const int code = wait_for_all(processes, sum);
    if (processes.size() != options.processes)
        return fail(1, "not all processes could be started");
    if (code != 0)
        return code;

    auto store = open_store(options.store);
    if (!store)
        return fail(exit_bad_input, store.error().message());
    const auto audited = audit(*store, term);
    if (!audited)
        return fail(1, "the audit does not hold: " + audited.error().message());
    if (audited->counted() != sum.accepted)
        return fail(1, "the processes have stored " + std::to_string(sum.accepted) +
                           " events, and the file has " + std::to_string(audited->counted()));
    std::printf("\nThe audit holds after each of %zu events: %zu places are taken,\n"
                "%zu courses are full, %zu students have %u courses.\n",
                audited->events(), audited->subscriptions(), audited->full_courses(),
                audited->busy_students(), most_courses);
    return 0;
}

} // namespace
} // namespace courses

int main(int argc, char** argv) {
    courses::Options options;
    if (const auto exit_code = courses::read_options(argc, argv, options))
        return *exit_code;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    return courses::run(options);
}
