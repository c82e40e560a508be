// SPDX-License-Identifier: MIT
// How long after an append was acknowledged an idle subscription has applied and stored the event,
// so that `wait_for` is answered: where its own process appended, and where another one did. And
// the processor time of 1000 idle subscriptions in one `es::run` as a multiple of that of one.
// Prints one JSON object for each.
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/run.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include "compare.hpp"
#include "projections.hpp"
#include "sqlite_files.hpp"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
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
using Totals = es::Subscription<projections::Totals, es::SqliteStore>;

void must(bool good) {
    if (!good)
        std::abort();
}

es::Position append(const es::SqliteStore& store) {
    static const std::string text = fight::attack_text(7);
    const es::Environment environment;
    const es::NewEvent event{.id = environment.new_id(),
                             .type = fight::attacked,
                             .version = "1.0",
                             .content_type = "application/json",
                             .data = text,
                             .metadata = "",
                             .recorded_at = environment.now(),
                             .tags = {}};
    const auto receipt =
        store.append_unchecked(fight::stream_name(0), es::EventBatch(std::span(&event, 1)));
    must(receipt && receipt->position);
    return *receipt->position;
}

struct Appended {
    Clock::time_point when; // one clock for all processes
    es::Position position;
};

/// Appends so many times, and writes to `out` when each append was acknowledged.
void append(const es::SqliteStore& store, int times, int out) {
    for (int i = 0; i < times; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(21 + 7 * i % 20));
        Appended appended{.when = {}, .position = append(store)};
        appended.when = Clock::now();
        must(::write(out, &appended, sizeof appended) == sizeof appended);
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
    Totals totals{store};
    const std::jthread following = es::follow(totals);
    std::jthread appends;
    if (!other_process)
        appends = std::jthread([&] { append(store, times, ends[1]); });
    std::vector<double> lags;
    for (int i = 0; i < times; ++i) {
        Appended appended{};
        must(::read(ends[0], &appended, sizeof appended) == sizeof appended);
        must(totals.wait_for(appended.position).has_value());
        lags.push_back(Milliseconds(Clock::now() - appended.when).count());
    }
    ::close(ends[0]);
    ::close(ends[1]);
    if (other_process)
        ::waitpid(child, nullptr, 0);
    std::printf(R"({"appended_by": "%s", "appends": %d, "median_ms": %.3f, )"
                R"("quartiles_ms": [%.3f, %.3f], "worst_ms": %.2f})"
                "\n",
                name, times, compare::quantile(lags, 0.5), compare::quantile(lags, 0.25),
                compare::quantile(lags, 0.75), compare::quantile(lags, 1));
    std::fflush(stdout);
}

double processor_milliseconds() {
    std::timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// Until the processor time of the process says that each subscription has looked once.
void wait_until_quiet() {
    constexpr double little = 3; // of 100 ms
    for (int quiet = 0; quiet < 3;) {
        const double before = processor_milliseconds();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        quiet = processor_milliseconds() - before < little ? quiet + 1 : 0;
    }
}

/// So many subscriptions to one store, all at its end.
class Idle {
public:
    explicit Idle(std::size_t subscriptions) {
        append(store_);
        for (std::size_t i = 0; i < subscriptions; ++i) {
            all_.push_back(std::make_unique<Totals>(
                store_,
                es::SubscriptionOptions{.name = std::string("totals-").append(std::to_string(i))}));
            must(projections::catch_up(*all_.back()) == 1);
            runnables_.emplace_back(*all_.back());
        }
    }

    /// The processor time of a second in which they run and there is nothing to do.
    double run() {
        std::jthread running(
            [this](const std::stop_token& stop) { es::run(stop, std::span(runnables_)); });
        wait_until_quiet();
        const double before = processor_milliseconds();
        std::this_thread::sleep_for(std::chrono::seconds(1));
        return processor_milliseconds() - before;
    }

private:
    BenchmarkFolder folder_;
    es::SqliteStore store_ = *es::SqliteStore::open(folder_ / "combat.db",
                                                    {.durability = es::SqliteDurability::relaxed});
    std::vector<std::unique_ptr<Totals>> all_;
    std::vector<es::Runnable> runnables_;
};

/// Idle subscriptions in a process of their own, so that nothing but them costs processor time.
class IdleProcess {
public:
    explicit IdleProcess(std::size_t subscriptions) {
        int to[2];
        int from[2];
        must(::pipe(to) == 0 && ::pipe(from) == 0);
        child_ = ::fork();
        if (child_ == 0) {
            Idle idle(subscriptions);
            for (char turn = 0; ::read(to[0], &turn, 1) == 1 && turn == 't';) {
                const double spent = idle.run();
                must(::write(from[1], &spent, sizeof spent) == sizeof spent);
            }
            std::_Exit(0);
        }
        turns_ = to[1];
        answers_ = from[0];
    }
    IdleProcess(const IdleProcess&) = delete;
    IdleProcess& operator=(const IdleProcess&) = delete;
    ~IdleProcess() {
        must(::write(turns_, "e", 1) == 1);
        ::waitpid(child_, nullptr, 0);
    }

    double run() {
        double spent = 0;
        must(::write(turns_, "t", 1) == 1);
        must(::read(answers_, &spent, sizeof spent) == sizeof spent);
        return spent;
    }

private:
    pid_t child_ = 0;
    int turns_ = 0;
    int answers_ = 0;
};

void measure_idle(int rounds) {
    IdleProcess one(1);
    IdleProcess many(1'000);
    std::vector<double> ratios;
    std::vector<double> ones;
    std::vector<double> manys;
    for (int round = 0; round < rounds; ++round) {
        ones.push_back(one.run());
        manys.push_back(many.run());
        ratios.push_back(manys.back() / ones.back());
    }
    std::printf(R"({"idle_subscriptions": 1000, "one_ms_per_s": %.3f, "ms_per_s": %.3f, )"
                R"("ratio": %.2f, "ratio_quartiles": [%.2f, %.2f]})"
                "\n",
                compare::quantile(ones, 0.5), compare::quantile(manys, 0.5),
                compare::quantile(ratios, 0.5), compare::quantile(ratios, 0.25),
                compare::quantile(ratios, 0.75));
}

} // namespace

int main(int argc, char** argv) {
    const int times = argc > 1 ? std::atoi(argv[1]) : 200;
    measure_idle(times < 200 ? 3 : 11); // first, since it forks
    measure("another process", true, times);
    measure("this process", false, times);
    return 0;
}
