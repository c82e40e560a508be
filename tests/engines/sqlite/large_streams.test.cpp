// SPDX-License-Identifier: MIT
// R10: however many events a stream has, a load has one page of them in memory.
#include <eventsourcing/runtime/repository.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "allocation_counts.hpp"
#include "catch.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace counting {

namespace es = eventsourcing;

struct Add {
    std::int64_t amount = 0;
};
struct Added {
    std::int64_t amount = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "counting", .source = "events://example.org/counting"};
}
struct Counter {
    using Command = Add;
    using Event = Added;
    struct State {
        std::int64_t total = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Added& e) { s.total += e.amount; }
    static Added handle_command(const State&, const Add& c) { return {c.amount}; }
};

} // namespace counting

namespace {

using namespace counting;
using sqlite_tests::Folder;

/// The largest page that `load` reads by default has so many bytes.
constexpr std::ptrdiff_t page_bytes = std::ptrdiff_t{500} * 400;

template <class Store>
void fill(const Store& store, es::StreamNameView stream, std::size_t count) {
    constexpr std::size_t batch_size = 10'000;
    const es::Environment environment;
    const std::vector<Added> events(batch_size, Added{1});
    std::vector<es::Uuid> ids(batch_size);
    for (std::size_t done = 0; done < count; done += batch_size) {
        const std::size_t size = std::min(batch_size, count - done);
        for (es::Uuid& id : ids)
            id = environment.new_id();
        const es::Batch<Added> batch({events.data(), size}, {ids.data(), size}, environment.now());
        REQUIRE(store.append_unchecked(stream, batch));
    }
}

/// What a load has at most in memory, beyond its result.
template <class Store>
std::ptrdiff_t bytes_of_load(const Store& store, std::string_view id, std::int64_t total) {
    const es::Repository<Counter, Store> counters{store};
    return allocations::most_bytes_of([&] {
        const auto loaded = counters.load(id);
        REQUIRE(loaded);
        CHECK(loaded->state.total == total);
    });
}

template <class Store>
void holds_one_page(const Store& store) {
    fill(store, "counter-small", 2'000);
    fill(store, "counter-large", 100'000);
    (void)bytes_of_load(store, "small", 2'000); // opens a connection
    const auto small = bytes_of_load(store, "small", 2'000);
    const auto large = bytes_of_load(store, "large", 100'000);
    INFO("2000 events: " << small << " bytes, 100 000 events: " << large << " bytes");
    CHECK(large < small + 4'096);
    CHECK(large < 2 * page_bytes);
}

/// The most that SQLite has in memory while `f` runs, beyond what it had before.
template <class F>
std::int64_t most_bytes_of_sqlite(const F& f) {
    const sqlite3_int64 before = sqlite3_memory_used();
    (void)sqlite3_memory_highwater(1);
    f();
    return sqlite3_memory_highwater(0) - before;
}

/// A number of KiB of /proc/self/status; 0 if there is none.
long kibibytes(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (long number = 0; word == name + ":" && status >> number)
            return number;
    return 0;
}

} // namespace

TEST_CASE("What a thread has in memory is counted") {
    if (allocations::made == 0) {
        WARN("not counted: allocations.hpp is not in this binary");
        return;
    }
    std::vector<char> kept;
    const auto most = allocations::most_bytes_of([&] { kept.assign(1'000'000, 'x'); });
    CHECK(kept.back() == 'x');
    CHECK(most >= 1'000'000);
    CHECK(most < 1'100'000);
    CHECK(allocations::most_bytes_of([] {}) == 0);
}

TEST_CASE("A load of a hundred thousand events has one page of them in memory") { // R10
    const Folder folder(sqlite_tests::fast_place());
    const auto sqlite =
        sqlite_tests::open_store(folder / "es.db", {.durability = es::SqliteDurability::relaxed});
    SECTION("of the memory store") {
        holds_one_page(es::MemoryStore{});
    }
    SECTION("of SQLite") {
        holds_one_page(sqlite);
        const auto most =
            most_bytes_of_sqlite([&] { (void)bytes_of_load(sqlite, "large", 100'000); });
        CHECK(most < 4 * 1024 * 1024); // its cache has at most 2 MB
    }
    SECTION("of SQLite, as any store") {
        holds_one_page(es::AnyStore{sqlite});
    }
}

TEST_CASE("A load of ten million events has one page of them in memory", "[.long]") { // R10
    constexpr std::size_t count = 10'000'000;
    const auto temporary = std::filesystem::temp_directory_path();
    constexpr std::uintmax_t room = std::uintmax_t{3} << 30U;
    std::error_code none;
    const bool fits =
        std::filesystem::space(sqlite_tests::fast_place(), none).available >= room && !none;
    const Folder folder(fits ? sqlite_tests::fast_place() : temporary);
    const auto store =
        sqlite_tests::open_store(folder / "es.db", {.durability = es::SqliteDurability::relaxed});
    const auto begin = std::chrono::steady_clock::now();
    fill(store, "counter-small", 2'000);
    fill(store, "counter-large", count);
    const auto filled = std::chrono::steady_clock::now();
    const auto small = bytes_of_load(store, "small", 2'000);

    std::ofstream("/proc/self/clear_refs") << 5; // begins VmHWM again
    const long before = kibibytes("VmRSS");
    std::ptrdiff_t large = 0;
    const auto sqlite =
        most_bytes_of_sqlite([&] { large = bytes_of_load(store, "large", std::int64_t{count}); });
    const long grown = kibibytes("VmHWM") - before;
    const auto end = std::chrono::steady_clock::now();
    const auto seconds = [](auto time) {
        return std::chrono::duration_cast<std::chrono::seconds>(time).count();
    };
    WARN(count << " events were appended in " << seconds(filled - begin) << " s and folded in "
               << seconds(end - filled) << " s, with at most " << large << " bytes (" << small
               << " for 2000 events), " << sqlite << " bytes of SQLite, and " << grown
               << " KiB more of the process; the file has "
               << std::filesystem::file_size(folder / "es.db") / 1'000'000 << " MB");
    CHECK(large < small + 4'096);
    CHECK(sqlite < 4 * 1024 * 1024);
    CHECK(grown < 16 * 1024);
}
