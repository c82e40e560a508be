// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/damage.hpp"
#include "engines/sqlite/support.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace sqlite_tests;

namespace {

const es::SqliteOptions relaxed{.durability = es::SqliteDurability::relaxed, .busy_timeout = 20ms};
constexpr std::string_view tags[] = {"entity:ogre", "kind:monster"};

constexpr es::StreamNameView streams[] = {"combat-ogre", "combat-troll", "combat-elf"};

/// A store as a process that was killed leaves it: the log holds about the last half.
struct Files {
    std::string file;
    std::string log;
    std::vector<es::Uuid> ids;          // in order
    std::set<std::size_t> batch_ends{}; // how many events there are after each batch
};

/// The same each time, except for the salt of the log.
Files make_files() {
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    Files made;
    std::uint8_t number = 0;
    std::optional<es::SqliteStore> store;
    for (int i = 0; i < 60; ++i) {
        if (i % 30 == 0) {
            store.reset(); // so that the log is copied
            store = open_store(path, relaxed);
            made.batch_ends.insert(made.ids.size());
        }
        const std::string data = '"' + std::string(i % 7 == 0 ? 9'000 : 100, 'x') + '"';
        Events events(1 + static_cast<std::size_t>(i) % 3,
                      event("combat.entity_attacked", data, tags));
        for (es::NewEvent& each : events) {
            each.id = es::Uuid({1, ++number});
            each.recorded_at = es::Timestamp::from_unix_nanoseconds(1'000'000'000 + number);
            made.ids.push_back(each.id);
        }
        REQUIRE(append(*store, streams[i % 2], events));
        if (i >= 30)
            made.batch_ends.insert(made.ids.size());
    }
    made.batch_ends.erase(0);
    made.file = content(path);
    made.log = content(path + "-wal");
    return made;
}

void put(const std::string& path, const std::string& file, const std::string& log) {
    std::filesystem::remove(path + "-shm");
    std::filesystem::remove(path + "-wal");
    std::ofstream(path, std::ios::binary) << file;
    if (!log.empty())
        std::ofstream(path + "-wal", std::ios::binary) << log;
}

/// Uses a store as applications do, and notes what it says.
class Visitor {
public:
    explicit Visitor(const std::string& path) : path_(path) {}

    /// What must not be, or nothing.
    std::string visit() {
        auto store = opened();
        if (!store)
            return complaint_;
        ids_ = read(*store);
        for (const es::StreamNameView stream : streams)
            for (const auto direction : {es::Direction::forward, es::Direction::backward})
                static_cast<void>(note(store->read_stream(stream, {.direction = direction})));
        static_cast<void>(note(store->read_all({.query = {.items = {{.tags = {"entity:ogre"}}}}})));
        is_in_order_ = verify(*store);
        sound_at_first_ = complaint_.empty() && !damage_was_told_ && is_in_order_;

        const std::vector<es::NewEvent> one{event("combat.entity_attacked", "\"new\"", tags)};
        const std::vector<es::NewEvent> two{event(), event()};
        const auto first = note(append(*store, "combat-ogre", one));
        const auto second = note(append(*store, "combat-elf", es::ExpectedRevision::no_stream(),
                                        two, {{.items = {{.tags = {"entity:elf"}}}}, {}}));
        store->close();
        appended_ = first.has_value() && second.has_value();

        damage_was_told_ = false;
        auto again = opened();
        if (!again)
            return complaint_;
        const auto all = read(*again);
        const auto lacks = [&](const es::Result<es::Receipt>& receipt, const es::Uuid& id) {
            return receipt.has_value() && std::find(all.begin(), all.end(), id) == all.end();
        };
        // SQLite keeps no checksums: a damaged page may take what is written to it, and never show
        // it. Then at least the damage must be told.
        const bool sound = verify(*again) && !damage_was_told_;
        if (sound && (lacks(first, one[0].id) || lacks(second, two[1].id)))
            complain("an append was acknowledged, and is not there");
        return complaint_;
    }

    /// What was there at first, as far as it could be read.
    [[nodiscard]] const std::vector<es::Uuid>& ids() const { return ids_; }
    /// Whether neither an error nor `verify` spoke of damage, before anything was appended.
    [[nodiscard]] bool sound_at_first() const { return sound_at_first_; }
    [[nodiscard]] bool appended() const { return appended_; }
    [[nodiscard]] const std::map<std::string, int>& errors() const { return errors_; }

private:
    std::optional<es::SqliteStore> opened() {
        const auto store = note(es::SqliteStore::open(path_, relaxed));
        return store ? std::optional(*store) : std::nullopt;
    }
    std::vector<es::Uuid> read(const es::SqliteStore& store) {
        std::vector<es::Uuid> ids;
        for (es::AllRead which{.limit = 50};;) {
            const auto page = note(store.read_all(which));
            if (!page)
                return ids;
            for (const es::EventRecord& record : *page)
                ids.push_back(record.id);
            if (page->at_end)
                return ids;
            if (page->last_position == which.after) {
                complain("reading does not get on");
                return ids;
            }
            which.after = page->last_position;
        }
    }
    bool verify(const es::SqliteStore& store) {
        const auto report = note(store.verify());
        return report && report->ok();
    }
    template <class T>
    es::Result<T> note(es::Result<T> answer) {
        if (answer)
            return answer;
        const es::Error& error = answer.error();
        ++errors_[std::string(es::enum_name(error.kind()))];
        damage_was_told_ = true;
        if (error == es::errc::internal || error.message().find(path_) == std::string::npos)
            if (error != es::errc::conflict && error != es::errc::condition_failed)
                complain("an error that is not clear: " + error.message());
        return answer;
    }
    void complain(const std::string& what) {
        if (complaint_.empty())
            complaint_ = what;
    }

    std::string path_;
    std::string complaint_;
    std::vector<es::Uuid> ids_;
    bool is_in_order_ = false;
    bool sound_at_first_ = false;
    bool appended_ = false;
    bool damage_was_told_ = false;
    std::map<std::string, int> errors_;
};

/// Whether the log or the end of it is missing, and nothing else.
bool is_prefix(const Files& made, const std::vector<es::Uuid>& ids) {
    return made.batch_ends.contains(ids.size()) &&
           std::equal(ids.begin(), ids.end(), made.ids.begin());
}

/// Visits the files with the damage that belongs to `seed`.
Visitor visit_damaged(const Files& made, const std::string& path, std::uint32_t seed) {
    std::mt19937 random(seed);
    Damage damage(random);
    std::string file = made.file;
    std::string log = random() % 2 == 0 ? made.log : "";
    if (random() % 4 != 0 || log.empty())
        damage(file);
    else
        damage(log);
    put(path, file, log);
    Visitor visitor(path);
    INFO("ES_SQLITE_FUZZ_SEED=" << seed << " does it");
    REQUIRE(visitor.visit() == "");
    return visitor;
}

std::uint32_t number_in_environment(const char* name, std::uint32_t otherwise) {
    const char* const text = std::getenv(name);
    return text ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10)) : otherwise;
}

} // namespace

TEST_CASE("A file that ends too soon, at any place, is reported as damaged") {
    const Files made = make_files();
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    {
        put(path, made.file, made.log);
        open_store(path).close(); // the log is copied
    }
    const std::string whole = content(path);
    for (std::size_t size = 1; size < whole.size(); size = size < 600 ? size + 37 : size + 1'365) {
        put(path, whole.substr(0, size), "");
        Visitor visitor(path);
        INFO("of " << whole.size() << " bytes there are " << size);
        REQUIRE(visitor.visit() == "");
        REQUIRE_FALSE(visitor.sound_at_first());
    }
}

TEST_CASE("A log that is damaged at any place loses batches from the end, and nothing else") {
    const Files made = make_files();
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    std::mt19937 random(4711); // the same damage each time
    Damage damage(random);
    std::set<std::size_t> sizes;
    for (int round = 0; round < 80; ++round) {
        std::string log = made.log;
        if (round > 0)
            damage(log);
        put(path, made.file, log);
        Visitor visitor(path);
        INFO("round " << round);
        REQUIRE(visitor.visit() == "");
        REQUIRE(visitor.sound_at_first());
        REQUIRE(visitor.appended());
        REQUIRE(is_prefix(made, visitor.ids()));
        sizes.insert(visitor.ids().size());
    }
    CHECK(*sizes.rbegin() == made.ids.size());
    CHECK(sizes.size() > 10);
}

TEST_CASE(
    "Whatever is damaged, the store says so, does not crash, and acknowledges nothing falsely") {
    // the short form does the same each time: a red run tells of the change that it tests
    const auto seconds = number_in_environment("ES_SQLITE_FUZZ_SECONDS", 0);
    const auto seed =
        number_in_environment("ES_SQLITE_FUZZ_SEED", seconds > 0 ? std::random_device()() : 1);
    std::printf("ES_SQLITE_FUZZ_SEED=%u\n", seed);
    std::fflush(stdout); // before anything crashes
    const Files made = make_files();
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    int rounds = 0;
    int refused = 0;
    std::map<std::string, int> errors;
    for (; seconds > 0 ? std::chrono::steady_clock::now() < end : rounds < 300; ++rounds) {
        const Visitor visitor =
            visit_damaged(made, path, seed + static_cast<std::uint32_t>(rounds));
        refused += visitor.errors().empty() ? 0 : 1;
        for (const auto& [kind, count] : visitor.errors())
            errors[kind] += count;
    }
    if (seconds > 0)
        for (const auto& [kind, count] : errors)
            std::printf("%s: %d\n", kind.c_str(), count);
    std::printf("%d rounds, %d with errors\n", rounds, refused);
    CHECK(refused > rounds / 10);
}
