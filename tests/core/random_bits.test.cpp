// SPDX-License-Identifier: MIT
#include <eventsourcing/core/random_bits.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#    include <csignal>
#    include <sys/syscall.h>
#endif

using eventsourcing::detail::fork_epoch;
using eventsourcing::detail::random_bits;

namespace {

/// A child process which sends what `make` answers in it.
template <class Fork>
std::vector<std::uint64_t> of_child(Fork fork_by, std::uint64_t (*make)(), std::size_t count) {
    int ends[2] = {-1, -1};
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork_by();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto number = make();
            if (write(ends[1], &number, sizeof number) != sizeof number)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t number = 0; read(ends[0], &number, sizeof number) == sizeof number;)
        numbers.push_back(number);
    close(ends[0]);
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(numbers.size() == count);
    return numbers;
}

pid_t by_fork() {
    return fork();
}

/// That parent and child have no number in common, although they start with the same block.
template <class Fork>
void check_no_common_numbers(Fork fork_by) {
    constexpr std::size_t count = 100; // several blocks
    (void)random_bits();               // the block that a child must not go on with
    auto all = of_child(fork_by, random_bits, count);
    const auto second = of_child(fork_by, random_bits, count);
    all.insert(all.end(), second.begin(), second.end());
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(random_bits());
    CHECK(std::set<std::uint64_t>(all.begin(), all.end()).size() == 3 * count);
}

std::uint64_t epoch() {
    return fork_epoch();
}

} // namespace

TEST_CASE("random numbers do not repeat, in one thread and among several", "[waits]") {
    constexpr std::size_t each = 10'000;
    std::set<std::uint64_t> all;
    std::mutex mutex;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                std::vector<std::uint64_t> mine;
                for (std::size_t i = 0; i < each; ++i)
                    mine.push_back(random_bits());
                const std::lock_guard lock{mutex};
                all.insert(mine.begin(), mine.end());
            });
    }
    CHECK(all.size() == 4 * each);
}

TEST_CASE("a forked child does not repeat the random numbers of its parent or its siblings") {
    check_no_common_numbers(by_fork);
}

#if defined(__linux__)
TEST_CASE("nor does a child that was made without the handlers of fork") {
    check_no_common_numbers(
        [] { return static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); });
}
#endif

TEST_CASE("the epoch of a process is its own and stays") {
    const auto here = fork_epoch();
    CHECK(here != 0);
    CHECK(fork_epoch() == here);
    const auto child = of_child(by_fork, epoch, 2);
    REQUIRE(child.size() == 2);
    CHECK(child[0] != here);
    CHECK(child[0] != 0);
    CHECK(child[1] == child[0]);
    CHECK(fork_epoch() == here);
}

TEST_CASE("a grandchild has an epoch that neither its parent nor its grandparent has") {
    const auto grandchild = [] {
        const auto child = fork_epoch();
        int ends[2] = {-1, -1};
        if (pipe(ends) != 0)
            return std::uint64_t{0};
        if (const pid_t pid = fork(); pid == 0) {
            const std::uint64_t mine = fork_epoch();
            _exit(write(ends[1], &mine, sizeof mine) == sizeof mine ? 0 : 1);
        } else {
            int status = -1;
            waitpid(pid, &status, 0);
        }
        std::uint64_t below = 0;
        const bool got = read(ends[0], &below, sizeof below) == sizeof below;
        return got && below != child ? below : std::uint64_t{0};
    };
    const auto epochs = of_child(by_fork, grandchild, 1);
    REQUIRE(epochs.size() == 1);
    CHECK(epochs[0] != 0);
    CHECK(epochs[0] != fork_epoch());
}
