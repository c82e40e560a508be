// SPDX-License-Identifier: MIT
// Loading a state from a snapshot, of a stream of 10^5 events in a SQLite file in memory: against
// the calls of the same store that do so, written by hand. The tail has ten events.
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/fingerprint.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/repository.hpp>

#include "combat.hpp"
#include "compare.hpp"
#include "sqlite_files.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using combat::CombatInPlace;

namespace {

constexpr std::size_t events = 100'000;
constexpr std::size_t tail = 10;
constexpr std::string_view category = "combat_in_place";
const es::StreamName stream = *es::StreamName::of(category, combat::long_id);

using Fights = es::Repository<CombatInPlace, es::SqliteStore>;

Fights repository_of(const es::SqliteStore& store) {
    return Fights{store, {.snapshot_every = events - tail}};
}

class File {
public:
    File() {
        append(events - tail - 1);
        if (!repository_of(store).execute(combat::long_id,
                                          combat::Attack{std::string(combat::long_id), 1}))
            std::abort();
        append(tail);
    }

private:
    void append(std::size_t count) const {
        const es::Environment environment;
        while (count > 0) {
            const std::size_t size = std::min<std::size_t>(count, 1'000);
            count -= size;
            const std::vector<combat::Event> batch(
                size, combat::EntityAttacked{std::string(combat::long_id), 1});
            std::vector<es::Uuid> ids;
            for (std::size_t i = 0; i < size; ++i)
                ids.push_back(environment.new_id());
            if (!store.append_unchecked(stream,
                                        es::Batch<combat::Event>(batch, ids, environment.now())))
                std::abort();
        }
    }

    BenchmarkFolder folder_;

public:
    es::SqliteStore store = *es::SqliteStore::open(folder_ / "fights.db",
                                                   {.durability = es::SqliteDurability::relaxed});
};

const es::SqliteStore& filled() {
    static const File file;
    return file.store;
}

compare::Work library(unsigned long operations) {
    return [fights = repository_of(filled()), operations] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i) {
            const auto loaded = fights.load(combat::long_id);
            if (!loaded || loaded->revision != es::Revision{events - 1})
                std::abort();
            sum += loaded->state.hitpoints;
        }
        return sum;
    };
}

/// What a snapshot holds.
struct Snapshot {
    std::string checksum;
    std::uint64_t generation = 0;
    CombatInPlace::State state{};
};

CombatInPlace::State load(const es::SqliteStore& store, const es::StreamName& name) {
    const auto snapshot =
        store.load_snapshot(name, category, es::state_fingerprint<CombatInPlace>());
    if (!snapshot || !*snapshot)
        std::abort();
    const auto named = store.read_stream(name, {.from = (*snapshot)->revision, .limit = 1});
    if (!named || named->empty() || named->records().front().id != (*snapshot)->event_id)
        std::abort();
    auto read = es::decode_json<Snapshot>((*snapshot)->data);
    if (!read)
        std::abort();
    CombatInPlace::State state = std::move(read->state);
    state.generation = es::Generation{read->generation};
    for (auto next = std::optional((*snapshot)->revision.plus(1)); next;) {
        const auto page = store.read_stream(name, {.from = next, .events_only = true});
        if (!page)
            std::abort();
        for (const es::EventRecord& record : *page) {
            const auto event =
                es::EventCodec<combat::Event>::decode(record.type, record.version, record.data);
            if (!event)
                std::abort();
            std::visit([&](const auto& one) { CombatInPlace::apply_event(state, one); }, *event);
        }
        next = page->at_end ? std::nullopt : page->next_revision;
    }
    return state;
}

compare::Work by_hand(unsigned long operations) {
    return [&store = filled(), operations] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i)
            sum += load(store, *es::StreamName::of(category, combat::long_id)).hitpoints;
        return sum;
    };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {{"sqlite, load from a snapshot and a tail of 10, of 10^5 events", library,
                           by_hand, 500, 0, 1.2}});
}
