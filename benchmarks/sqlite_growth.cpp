// SPDX-License-Identifier: MIT
// What an append, a stream and a page cost in a SQLite file as it grows, at NORMAL: streams of ten
// events that took turns, 10^3 events to 10^6 or as many as the first argument says. A JSON object
// a line; `flat` is how many times as dear as in the smallest store.
#include <eventsourcing/engines/sqlite.hpp>

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

double median(std::vector<double> values) {
    std::nth_element(values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
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
    /// Per event.
    double read_stream() {
        const auto name = fight::stream_name(any_stream());
        std::size_t count = 0;
        const double time = microseconds([&] {
            const auto page = store_.read_stream(name);
            if (!page)
                std::abort();
            count = page->records().size();
        });
        return time / static_cast<double>(count);
    }
    /// Per event, of a page of 100.
    double read_page() {
        const es::Position after{random_() % (count_ - 100)};
        return microseconds([&] {
                   const auto page = store_.read_all({.after = after, .limit = 100});
                   if (!page || page->records().size() != 100)
                       std::abort();
               }) /
               100;
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
    Growing store;
    double at_first[3] = {};
    for (std::size_t events = 1'000; events <= most; events *= 10) {
        store.grow_to(events);
        std::vector<double> appends;
        std::vector<double> streams;
        std::vector<double> pages;
        // by turns, as they come in life: a commit empties what the reading connection has cached
        for (int i = 0; i < 300; ++i) {
            appends.push_back(store.append_one());
            streams.push_back(store.read_stream());
            pages.push_back(store.read_page());
        }
        const double now[3] = {median(appends), median(streams), median(pages)};
        if (events == 1'000)
            std::copy(now, now + 3, at_first);
        std::printf(R"({"events": %zu, "streams": %zu, "append_us": %.2f, "stream_us": %.3f, )"
                    R"("page_us": %.3f, "flat": [%.2f, %.2f, %.2f]})"
                    "\n",
                    events, events / 10, now[0], now[1], now[2], now[0] / at_first[0],
                    now[1] / at_first[1], now[2] / at_first[2]);
        std::fflush(stdout);
    }
}
