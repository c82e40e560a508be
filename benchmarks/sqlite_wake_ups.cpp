// SPDX-License-Identifier: MIT
// How long after an append was acknowledged a caller of wait_for_append is answered: where its own
// process appended, and where another one did. Prints one JSON object for each.
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite.hpp>

#include "compare.hpp"
#include "sqlite_files.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace es = eventsourcing;

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

void must(bool good) {
    if (!good)
        std::abort();
}

/// Appends `times` times, and writes to `out` when each append was acknowledged.
void append(es::SqliteStore store, int times, int out) {
    const es::Environment environment;
    for (int i = 0; i < times; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(21 + 7 * i % 20));
        const es::NewEvent event{.id = environment.new_id(),
                                 .type = "combat.entity_attacked",
                                 .version = "1.0",
                                 .content_type = "application/json",
                                 .data = R"({"targetId":"ogre","damage":150})",
                                 .metadata = "",
                                 .recorded_at = environment.now(),
                                 .tags = {}};
        must(store.append_unchecked("combat-ogre", es::EventBatch(std::span(&event, 1)))
                 .has_value());
        const auto now = Clock::now(); // one clock for all processes
        must(::write(out, &now, sizeof now) == sizeof now);
    }
}

void measure(const char* name, bool other_process, int times) {
    const BenchmarkFolder folder;
    const std::string path = folder / "combat.db";
    es::SqliteStore::open(path)->close(); // nothing is open when the process is forked
    int ends[2];
    must(::pipe(ends) == 0);
    const pid_t child = other_process ? ::fork() : 0;
    if (other_process && child == 0) {
        append(*es::SqliteStore::open(path), times, ends[1]);
        std::_Exit(0);
    }
    const auto store = *es::SqliteStore::open(path);
    std::jthread appends;
    if (!other_process)
        appends = std::jthread([&] { append(store, times, ends[1]); });
    std::vector<double> lags;
    es::Position after{};
    for (int i = 0; i < times; ++i) {
        const auto answer = store.wait_for_append(after);
        const auto noticed = Clock::now();
        must(answer && *answer);
        after = es::Position{after.value() + 1};
        Clock::time_point appended;
        must(::read(ends[0], &appended, sizeof appended) == sizeof appended);
        lags.push_back(Milliseconds(noticed - appended).count());
    }
    ::close(ends[0]);
    ::close(ends[1]);
    if (other_process)
        ::waitpid(child, nullptr, 0);
    std::printf(R"({"appended_by": "%s", "appends": %d, "median_ms": %.2f, "worst_ms": %.2f})"
                "\n",
                name, times, compare::quantile(lags, 0.5), compare::quantile(lags, 1));
}

} // namespace

int main(int argc, char** argv) {
    const int times = argc > 1 ? std::atoi(argv[1]) : 200;
    measure("another process", true, times);
    measure("this process", false, times);
    return 0;
}
