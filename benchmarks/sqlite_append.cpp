// SPDX-License-Identifier: MIT
// One caller that appends one event after the other to a SQLite file in memory, so that nothing but
// the work shows: against the C API with the same schema, statements, checks and settings.
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite.hpp>

#include "compare.hpp"
#include "sqlite_by_hand.hpp"
#include "sqlite_files.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;

namespace {

constexpr std::size_t streams = 100;
constexpr std::string_view type = "combat.entity_attacked";
constexpr std::string_view data =
    R"({"attackerId":"hero-of-the-north","targetId":"ogre-of-the-marsh","damage":150,"critical":true})";
constexpr std::string_view metadata = R"({"commandId":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e01"})";

std::string stream_name(std::size_t i) {
    return "combat-" + std::to_string(i % streams);
}

template <es::SqliteDurability durability>
compare::Work library(unsigned long operations) {
    struct Prepared {
        BenchmarkFolder folder;
        es::SqliteStore store =
            *es::SqliteStore::open(folder / "combat.db", {.durability = durability});
        std::vector<es::StreamName> names;
        std::vector<es::NewEvent> events;
    };
    auto prepared = std::make_shared<Prepared>();
    const es::Environment environment;
    for (std::size_t i = 0; i < streams; ++i)
        prepared->names.push_back(*es::StreamName::parse(stream_name(i)));
    for (unsigned long i = 0; i < operations; ++i)
        prepared->events.push_back({.id = environment.new_id(),
                                    .type = type,
                                    .version = "1.0",
                                    .content_type = "application/json",
                                    .data = data,
                                    .metadata = metadata,
                                    .recorded_at = environment.now(),
                                    .tags = {}});
    return [=] {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < prepared->events.size(); ++i) {
            const auto done =
                prepared->store.append(prepared->names[i % streams],
                                       es::ExpectedRevision::after(es::Generation{i / streams}),
                                       es::EventBatch(std::span(&prepared->events[i], 1)));
            if (!done)
                std::abort();
            sum += done->position.value().value();
        }
        return sum;
    };
}

template <sqlite_by_hand::Store::Durability durability>
compare::Work by_hand(unsigned long operations) {
    struct Prepared {
        BenchmarkFolder folder;
        sqlite_by_hand::Store store{folder / "combat.db", durability};
        std::vector<std::string> names;
        std::vector<sqlite_by_hand::Event> events;
    };
    auto prepared = std::make_shared<Prepared>();
    const es::Environment environment;
    for (std::size_t i = 0; i < streams; ++i)
        prepared->names.push_back(stream_name(i));
    for (unsigned long i = 0; i < operations; ++i)
        prepared->events.push_back({.id = environment.new_id(),
                                    .type = type,
                                    .version = "1.0",
                                    .content_type = "application/json",
                                    .data = data,
                                    .metadata = metadata,
                                    .recorded_at = *environment.now().to_unix_nanoseconds()});
    return [=] {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < prepared->events.size(); ++i) {
            const auto done = prepared->store.append(prepared->names[i % streams],
                                                     static_cast<std::int64_t>(i / streams) - 1,
                                                     prepared->events[i]);
            if (!done)
                std::abort();
            sum += static_cast<std::uint64_t>(done->position);
        }
        return sum;
    };
}

} // namespace

int main(int argc, char** argv) {
    using Hand = sqlite_by_hand::Store::Durability;
    return compare::main(
        argc, argv,
        {
            {"sqlite, append one event, full", library<es::SqliteDurability::full>,
             by_hand<Hand::full>, 2'000, 0, 1 / 0.95},
            {"sqlite, append one event, relaxed", library<es::SqliteDurability::relaxed>,
             by_hand<Hand::relaxed>, 2'000, 0, 1 / 0.85},
        });
}
