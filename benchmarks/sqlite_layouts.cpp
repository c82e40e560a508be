// SPDX-License-Identifier: MIT
// What a command on an aggregate of 1000 events costs, and a page of all events, for each way to
// keep events in a SQLite file, and with larger caches: 100 streams of 1000 events that took turns,
// at NORMAL. A JSON object a line.
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/load.hpp>

#include "compare.hpp"
#include "sqlite_by_hand.hpp"
#include "sqlite_files.hpp"
#include "sqlite_replay_by_hand.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace es = eventsourcing;

namespace {

constexpr std::size_t streams = 100;
constexpr std::size_t events_each = 1'000;

struct Times {
    std::vector<double> load;
    std::vector<double> append;
    std::vector<double> both;
    std::vector<double> page;
};

template <class F>
double microseconds(F&& f) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
        .count();
}

/// One of the rows of the table.
class Side {
public:
    Side(std::string name, const sqlite_by_hand::Layout& layout, const char* settings = "")
        : name_(std::move(name)),
          by_hand_(path_, sqlite_by_hand::Store::Durability::relaxed, layout, settings),
          replay_(path_, layout, settings) {
        for (std::size_t i = 0; i < events_each; ++i)
            for (std::size_t s = 0; s < streams; ++s) {
                const bool heals = i % 4 == 3;
                append(fight::stream_text(s), i, heals ? fight::healed : fight::attacked,
                       heals ? fight::heal_text() : fight::attack_text(i));
            }
        events_ = std::vector<std::size_t>(streams, events_each);
        bytes_ = static_cast<double>(replay_.file_size()) / (streams * events_each);
    }
    virtual ~Side() = default;
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;

    void measure(Times& times) {
        const std::size_t s = random_() % streams;
        const std::int64_t position = static_cast<std::int64_t>(random_() % 90'000);
        fight::State state;
        const double load = microseconds([&] { state = loaded(s); });
        if (state.generation.value() != events_[s])
            std::abort();
        const double append = microseconds([&] { handle(s, state); });
        ++events_[s];
        times.load.push_back(load);
        times.append.push_back(append);
        times.both.push_back(load + append);
        times.page.push_back(microseconds([&] { page(position); }));
    }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] double bytes_per_event() const { return bytes_; }

protected:
    virtual fight::State loaded(std::size_t s) { return replay_.load(fight::stream_text(s)); }
    virtual void handle(std::size_t s, const fight::State& state) {
        const auto event = fight::Fight::handle_command(state, fight::Attack{150});
        text_.clear();
        if (!codec_by_hand::encode(text_, event))
            std::abort();
        append(fight::stream_text(s), state.generation.value(), fight::attacked, text_);
    }
    virtual void page(std::int64_t position) {
        compare::result = static_cast<unsigned long>(replay_.read_page(position));
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    void append(const std::string& stream, std::size_t revision, std::string_view type,
                const std::string& text) {
        if (!by_hand_.append(stream, static_cast<std::int64_t>(revision) - 1,
                             {environment_.new_id(), type, "1.0", "application/json", text, "",
                              environment_.now().to_unix_nanoseconds().value()}))
            std::abort();
    }

    std::string name_;
    BenchmarkFolder folder_;
    std::string path_ = folder_ / "combat.db";
    sqlite_by_hand::Store by_hand_;
    sqlite_by_hand::Replay replay_;
    es::Environment environment_;
    std::minstd_rand random_{1};
    std::vector<std::size_t> events_;
    std::string text_;
    double bytes_ = 0;
};

/// The library, on a file that was filled by hand.
class Library final : public Side {
public:
    Library() : Side("shipped, by the library", sqlite_by_hand::shipped) {}

private:
    fight::State loaded(std::size_t s) override {
        auto loaded = es::load<fight::Fight>(store_, fight::stream_name(s));
        if (!loaded)
            std::abort();
        return loaded->state;
    }
    void handle(std::size_t s, const fight::State& state) override {
        es::Dispatcher<fight::Fight, es::SqliteStore> dispatcher(store_);
        if (!dispatcher.dispatch(state, fight::Attack{150}, fight::stream_name(s)))
            std::abort();
    }
    void page(std::int64_t position) override {
        const auto page = store_.read_all(
            {.after = es::Position{static_cast<std::uint64_t>(position)}, .limit = 100});
        if (!page || page->records().size() != 100)
            std::abort();
    }

    es::SqliteStore store_ =
        *es::SqliteStore::open(path(), {.durability = es::SqliteDurability::relaxed});
};

} // namespace

int main() {
    using namespace sqlite_by_hand;
    constexpr const char* cache = "PRAGMA cache_size = -65536";
    constexpr const char* map = "PRAGMA mmap_size = 268435456";
    std::vector<std::unique_ptr<Side>> sides;
    sides.push_back(std::make_unique<Side>("clustered by stream", clustered));
    sides.push_back(std::make_unique<Library>());
    sides.push_back(std::make_unique<Side>("shipped", shipped));
    sides.push_back(std::make_unique<Side>("shipped, 64 MiB of cache", shipped, cache));
    sides.push_back(std::make_unique<Side>("covering index by stream (schema 3)", covering_index));
    sides.push_back(std::make_unique<Side>("rows by position (schema 2)", rows_by_position));
    sides.push_back(
        std::make_unique<Side>("rows by position, 64 MiB of cache", rows_by_position, cache));
    sides.push_back(
        std::make_unique<Side>("rows by position, mapped to memory", rows_by_position, map));

    constexpr int rounds = 31;
    constexpr int at_once = 20;
    std::vector<Times> times(sides.size());
    for (int round = -1; round < rounds; ++round)
        for (std::size_t i = 0; i < sides.size(); ++i) { // in turns
            Times warming_up;
            for (int n = 0; n < at_once; ++n)
                sides[i]->measure(round < 0 ? warming_up : times[i]);
        }
    const double yardstick = compare::quantile(times[0].both, 0.5);
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const auto median = [](const std::vector<double>& values) {
            return compare::quantile(values, 0.5);
        };
        std::printf(R"({"layout": "%s", "load_us": %.1f, "append_us": %.1f, "both_us": %.1f, )"
                    R"("both_quartiles": [%.1f, %.1f], "times_clustered": %.2f, "page_us": %.1f, )"
                    R"("bytes_per_event": %.0f})"
                    "\n",
                    sides[i]->name().c_str(), median(times[i].load), median(times[i].append),
                    median(times[i].both), compare::quantile(times[i].both, 0.25),
                    compare::quantile(times[i].both, 0.75), median(times[i].both) / yardstick,
                    median(times[i].page), sides[i]->bytes_per_event());
    }
}
