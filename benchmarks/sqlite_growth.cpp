// SPDX-License-Identifier: MIT
// What an append, a stream and a page cost in a SQLite file as it grows, at NORMAL: streams of ten
// events that took turns, 10^3 events to 10^6 or as many as the first argument says. Streams and
// pages are chosen at random; each read comes after an append, which empties the cache of the
// connection that reads. A JSON object a line; `flat` is how many times as expensive as in a store
// of 10^3 events that takes turns with it.
#include <eventsourcing/engines/sqlite.hpp>

#include "compare.hpp"
#include "sqlite_fight.hpp"
#include "sqlite_files.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace es = eventsourcing;

namespace {

template <class F>
double microseconds(F&& f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
        .count();
}

class Growing {
public:
    /// Streams of ten events each, by turns in an order of their own in each round.
    void grow_to(std::size_t events) {
        const std::size_t first = revisions_.size();
        revisions_.resize(events / 10);
        std::vector<std::size_t> order;
        for (std::size_t s = first; s < revisions_.size(); ++s)
            order.push_back(s);
        for (int round = 0; round < 10; ++round) {
            std::shuffle(order.begin(), order.end(), random_);
            for (const std::size_t s : order)
                append(s);
        }
    }
    double append_one() {
        const std::size_t s = any_stream();
        return microseconds([&] { append(s); });
    }
    /// The first ten events of a stream: the records, or what a load asks for.
    double read_stream(bool events_only) {
        const auto name = fight::stream_name(any_stream());
        return microseconds([&] {
            const auto page = store_.read_stream(name, {.limit = 10, .events_only = events_only});
            if (!page || page->records().size() != 10)
                std::abort();
        });
    }
    /// A page of 100.
    double read_page() {
        const es::Position after{random_() % (count_ - 100)};
        return microseconds([&] {
            const auto page = store_.read_all({.after = after, .limit = 100});
            if (!page || page->records().size() != 100)
                std::abort();
        });
    }

private:
    std::size_t any_stream() { return random_() % revisions_.size(); }

    void append(std::size_t s) {
        const es::NewEvent event{.id = environment_.new_id(),
                                 .type = fight::attacked,
                                 .version = "1.0",
                                 .content_type = "application/json",
                                 .data = text_,
                                 .recorded_at = environment_.now()};
        if (!store_.append(fight::stream_name(s),
                           es::ExpectedRevision::after(es::Generation{revisions_[s]}),
                           es::EventBatch({&event, 1})))
            std::abort();
        ++revisions_[s];
        ++count_;
    }

    BenchmarkFolder folder_;
    es::SqliteStore store_ = *es::SqliteStore::open(folder_ / "combat.db",
                                                    {.durability = es::SqliteDurability::relaxed});
    es::Environment environment_;
    std::minstd_rand random_{1};
    std::vector<std::uint64_t> revisions_;
    std::size_t count_ = 0;
    std::string text_ = fight::attack_text(7);
};

} // namespace

int main(int argc, char** argv) {
    const std::size_t most = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    constexpr int kinds = 4;
    Growing store;
    for (std::size_t events = 1'000; events <= most; events *= 10) {
        store.grow_to(events);
        Growing smallest;
        smallest.grow_to(1'000);
        std::vector<double> times[2][kinds];
        constexpr int rounds = 30;
        constexpr int at_once = 20;
        for (int round = -1; round < rounds; ++round) // the first one warms up
            for (const bool small : {false, true}) {
                Growing& measured = small ? smallest : store;
                for (int i = 0; i < at_once; ++i) {
                    const double now[kinds] = {measured.append_one(), measured.read_stream(false),
                                               (measured.append_one(), measured.read_stream(true)),
                                               (measured.append_one(), measured.read_page())};
                    for (int kind = 0; kind < kinds && round >= 0; ++kind)
                        times[small ? 1 : 0][kind].push_back(now[kind]);
                }
            }
        double now[kinds];
        double flat[kinds];
        for (int kind = 0; kind < kinds; ++kind) {
            now[kind] = compare::quantile(times[0][kind], 0.5);
            flat[kind] = now[kind] / compare::quantile(times[1][kind], 0.5);
        }
        std::printf(R"({"events": %zu, "streams": %zu, "append_us": %.2f, "stream_us": %.2f, )"
                    R"("load_us": %.2f, "page_us": %.2f, "flat": [%.2f, %.2f, %.2f, %.2f]})"
                    "\n",
                    events, events / 10, now[0], now[1], now[2], now[3], flat[0], flat[1], flat[2],
                    flat[3]);
        std::fflush(stdout);
    }
}
