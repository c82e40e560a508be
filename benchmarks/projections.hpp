// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_PROJECTIONS_HPP
#define EVENTSOURCING_BENCHMARKS_PROJECTIONS_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/sql_statements.hpp>
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/store/recorded.hpp>

#include "sqlite_fight.hpp"
#include "sqlite_files.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Read models of the events of `sqlite_fight.hpp`, and files with these events.
namespace projections {

namespace es = eventsourcing;
using codec_events::EntityAttacked;
using codec_events::EntityHealed;

/// What is kept of an entity, or of all.
struct Tally {
    std::uint64_t damage = 0;
    std::uint64_t hits = 0;
    std::uint64_t healed = 0;

    void add(const EntityAttacked& e) {
        damage += e.damage;
        ++hits;
    }
    void add(const EntityHealed& e) { healed += e.points; }
};

/// One State of fixed size.
struct Totals {
    using Event = fight::Fight::Event;
    using State = Tally;
    static void apply_event(State& s, const EntityAttacked& e) { s.add(e); }
    static void apply_event(State& s, const EntityHealed& e) { s.add(e); }
};

/// A row for each entity.
struct Entities {
    using Event = fight::Fight::Event;
    using State = Tally;
    static std::string_view key(const auto& e) { return e.event.entity_id; }
    static void apply_event(State& s, const EntityAttacked& e) { s.add(e); }
    static void apply_event(State& s, const EntityHealed& e) { s.add(e); }
};

#define BENCHMARK_BOARD                                                                            \
    "CREATE TABLE board(entity TEXT PRIMARY KEY, damage INTEGER NOT NULL, hits INTEGER NOT NULL, " \
    "healed INTEGER NOT NULL) STRICT, WITHOUT ROWID"
#define BENCHMARK_ATTACKED                                                                         \
    "INSERT INTO board(entity, damage, hits, healed) VALUES(?1, ?2, 1, 0) ON CONFLICT(entity) "    \
    "DO UPDATE SET damage = damage + ?2, hits = hits + 1"
#define BENCHMARK_HEALED                                                                           \
    "INSERT INTO board(entity, damage, hits, healed) VALUES(?1, 0, 0, ?2) ON CONFLICT(entity) "    \
    "DO UPDATE SET healed = healed + ?2"

/// The same in a table of its own, by a statement for each event.
struct Board {
    using Event = fight::Fight::Event;
    using State = es::SqliteStatements;
    static constexpr std::string_view create = BENCHMARK_BOARD;
    static void apply_event(State& s, const EntityAttacked& e) {
        s.run(BENCHMARK_ATTACKED, e.entity_id, e.damage);
    }
    static void apply_event(State& s, const EntityHealed& e) {
        s.run(BENCHMARK_HEALED, e.entity_id, e.points);
    }
};

/// Appends events of so many entities in turn to a stream.
inline void fill(const std::string& path, std::size_t events, std::size_t entities) {
    auto store = es::SqliteStore::open(path, {.durability = es::SqliteDurability::relaxed});
    const es::Environment environment;
    const std::string kind(fight::entity.substr(0, fight::entity.size() - 5));
    constexpr std::size_t at_once = 500;
    for (std::size_t begin = 0; begin < events; begin += at_once) {
        std::vector<std::string> texts;
        std::vector<es::NewEvent> batch;
        for (std::size_t i = begin; i < std::min(begin + at_once, events); ++i) {
            std::string text = i % 4 == 3 ? fight::heal_text() : fight::attack_text(i);
            const std::string number = std::to_string(100'000 + i * 7'919 % entities).substr(1);
            text.replace(text.find(fight::entity), fight::entity.size(), kind + number);
            texts.push_back(std::move(text));
        }
        for (std::size_t i = 0; i < texts.size(); ++i)
            batch.push_back({.id = environment.new_id(),
                             .type = (begin + i) % 4 == 3 ? fight::healed : fight::attacked,
                             .version = "1.0",
                             .content_type = "application/json",
                             .data = texts[i],
                             .metadata = {},
                             .recorded_at = environment.now(),
                             .tags = {}});
        if (!store->append_unchecked(fight::stream_name(0), es::EventBatch(batch)))
            std::abort();
    }
    store->close();
}

/// A file of its own with so many events of 10^4 entities, a copy of one that is made once.
class Copy {
public:
    explicit Copy(unsigned long events) { std::filesystem::copy_file(original(events), path()); }

    [[nodiscard]] std::string path() const { return folder_ / "combat.db"; }

private:
    static std::string original(unsigned long events) {
        static const BenchmarkFolder folder;
        static std::map<unsigned long, std::string> files;
        std::string& file = files[events];
        if (file.empty()) {
            file = folder / std::to_string(events);
            fill(file, events, 10'000);
        }
        return file;
    }

    BenchmarkFolder folder_;
};

/// Steps it until it has nothing to do; the number of its events.
template <class Follower>
std::size_t catch_up(Follower& follower) {
    std::size_t events = 0;
    for (;;) {
        const es::Step step = follower.step();
        events += step.events;
        if (step.kind == es::Step::Kind::idle)
            return events;
        if (step.kind != es::Step::Kind::worked)
            std::abort();
    }
}

} // namespace projections

#endif
