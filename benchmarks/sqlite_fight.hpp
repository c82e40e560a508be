// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_SQLITE_FIGHT_HPP
#define EVENTSOURCING_BENCHMARKS_SQLITE_FIGHT_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/engines/sqlite.hpp>

#include "codec_by_hand.hpp"
#include "codec_events.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace codec_events {

struct EntityHealed {
    std::string entity_id;
    std::uint32_t points = 0;
};

consteval eventsourcing::EventFamily event_family(const auto& /*event*/) {
    return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
}

} // namespace codec_events

/// The domain of the benchmarks that read from SQLite: three events of 97 bytes, then one of 59.
namespace fight {

namespace es = eventsourcing;
using codec_events::EntityAttacked;
using codec_events::EntityHealed;

inline constexpr std::string_view entity = "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f";

struct Attack {
    std::uint32_t damage = 0;
};

struct State {
    std::uint32_t hitpoints = 4'000'000'000;
    std::uint32_t criticals = 0;
    es::Generation generation{};
};

struct Fight {
    using Command = Attack;
    using Event = std::variant<EntityAttacked, EntityHealed>;
    using State = fight::State;

    static void apply_event(State& s, const EntityAttacked& e) {
        s.hitpoints -= e.damage;
        s.criticals += e.critical ? 1 : 0;
    }
    static void apply_event(State& s, const EntityHealed& e) { s.hitpoints += e.points; }

    static EntityAttacked handle_command(const State& s, const Attack& c) {
        return {std::string(entity), c.damage, "club", s.criticals == 7};
    }
};

inline std::string attack_text(std::size_t i) {
    return R"({"entity_id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f","damage":)" +
           std::to_string(100 + i % 100) + R"(,"weapon":"club","critical":true})";
}
inline std::string heal_text() {
    return R"({"entity_id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f","points":150})";
}
inline constexpr std::string_view attacked = "combat.entity_attacked";
inline constexpr std::string_view healed = "combat.entity_healed";

inline std::string stream_text(std::size_t i) {
    return "combat-" + std::to_string(100'000 + i);
}
inline es::StreamName stream_name(std::size_t i) {
    return *es::StreamName::parse(stream_text(i));
}

/// Appends `events` events to each of `streams` streams, `at_a_time` to each in turn.
inline void fill(const std::string& path, std::size_t streams, std::size_t events,
                 std::size_t at_a_time) {
    auto store = es::SqliteStore::open(path, {.durability = es::SqliteDurability::relaxed});
    const es::Environment environment;
    for (std::size_t begin = 0; begin < events; begin += at_a_time)
        for (std::size_t s = 0; s < streams; ++s) {
            std::vector<std::string> texts;
            for (std::size_t i = begin; i < std::min(begin + at_a_time, events); ++i)
                texts.push_back(i % 4 == 3 ? heal_text() : attack_text(i));
            std::vector<es::NewEvent> batch;
            for (std::size_t i = 0; i < texts.size(); ++i)
                batch.push_back({.id = environment.new_id(),
                                 .type = (begin + i) % 4 == 3 ? healed : attacked,
                                 .version = "1.0",
                                 .content_type = "application/json",
                                 .data = texts[i],
                                 .metadata = {},
                                 .recorded_at = environment.now(),
                                 .tags = {}});
            if (!store->append_unchecked(stream_name(s), es::EventBatch(batch)))
                std::abort();
        }
    store->close();
}

/// A number that depends on all events.
inline unsigned long checksum(const State& state) {
    return state.hitpoints + state.criticals + state.generation.value();
}

} // namespace fight

#endif
