// SPDX-License-Identifier: MIT
// A projection with rows that handles events of several keys at once, in a SQLite file in memory: 2
// partitions with a function of some 20 us against two threads by hand; 8 partitions with a
// function that waits a millisecond against one.
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/types_of.hpp>

#include "compare.hpp"
#include "projections.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace es = eventsourcing;

namespace {

using projections::EntityAttacked;
using projections::EntityHealed;
using projections::Tally;

void must(bool good) {
    if (!good)
        std::abort();
}

/// Takes some 20 us.
std::uint64_t worked(std::uint64_t seed) {
    for (int i = 0; i < 10'000; ++i) {
        seed ^= seed << 13U;
        seed ^= seed >> 7U;
        seed ^= seed << 17U;
    }
    return seed;
}

struct Working : projections::Entities {
    static void apply_event(Tally& s, const EntityAttacked& e) {
        s.add(e);
        s.damage ^= worked(e.damage);
    }
    static void apply_event(Tally& s, const EntityHealed& e) {
        s.add(e);
        s.healed ^= worked(e.points);
    }
};

struct Waiting : projections::Entities {
    static void apply_event(Tally& s, const auto& e) {
        s.add(e);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
};

es::SqliteStore open(const projections::Copy& copy) {
    return *es::SqliteStore::open(copy.path(), {.durability = es::SqliteDurability::relaxed});
}

template <class P, unsigned partitions>
compare::Work library(unsigned long events) {
    auto copy = std::make_shared<projections::Copy>(events);
    auto followed = std::make_shared<es::Subscription<P, es::SqliteStore>>(
        open(*copy), es::SubscriptionOptions{.page_size = 1'000, .partitions = partitions});
    return [copy, followed, events] {
        must(projections::catch_up(*followed) == events);
        return events;
    };
}

es::ProgressKey by_hand_key() {
    return {.name = "working", .fingerprint = "by hand"};
}

/// The part of the keys that one thread has.
class Part {
public:
    void handle(const es::SqliteStore& store, std::span<const es::EventRecord> records,
                std::size_t part) {
        for (const es::EventRecord& record : records)
            if (part_of(record) == part)
                must(reader_
                         .read(record,
                               [&]<class E>(const E& event) {
                                   auto& row = row_of(store, event.entity_id);
                                   if (!std::exchange(row.second.touched, true))
                                       touched_.push_back(&row);
                                   Working::apply_event(row.second.tally, event);
                               })
                         .has_value());
    }
    void collect(es::ProgressCommit& commit) {
        for (auto* const row : touched_) {
            commit.rows.push_back({row->first, *es::encode_json(row->second.tally)});
            row->second.touched = false;
        }
        touched_.clear();
    }

private:
    /// By the entity, which is the first member: what the other thread has is not decoded.
    static std::size_t part_of(const es::EventRecord& record) {
        const auto begin = record.data.find(':') + 2;
        const auto end = record.data.find('"', begin);
        return std::hash<std::string_view>()(record.data.substr(begin, end - begin)) % 2;
    }

    struct Row {
        Tally tally;
        bool touched = false;
    };
    /// Read at its first event: a program that begins again finds what it had stored.
    std::pair<const std::string, Row>& row_of(const es::SqliteStore& store,
                                              const std::string& key) {
        const auto [row, is_new] = rows_.try_emplace(key);
        if (is_new) {
            const auto stored = store.load_row(by_hand_key(), key);
            must(stored.has_value());
            if (*stored)
                row->second.tally = *es::decode_json<Tally>(**stored);
        }
        return *row;
    }

    es::EventReader<EntityAttacked, EntityHealed> reader_;
    std::unordered_map<std::string, Row> rows_;
    std::vector<std::pair<const std::string, Row>*> touched_;
};

std::size_t in_two_threads(const es::SqliteStore& store) {
    Part parts[2];
    es::ProgressCommit commit{.key = by_hand_key(), .next = {.owner = "one", .status = "live"}};
    must(store.commit_progress(commit).has_value());
    es::AllRead which{.query = {.items = {{.types = es::types_of<fight::Fight>()}}},
                      .limit = 1'000};
    for (std::size_t events = 0;;) {
        const auto page = store.read_all(which);
        must(page.has_value());
        {
            const std::jthread other([&] { parts[1].handle(store, page->records(), 1); });
            parts[0].handle(store, page->records(), 0);
        }
        events += page->records().size();
        commit.loaded = commit.next;
        commit.next.checkpoint.position = which.after = page->last_position;
        commit.rows.clear();
        for (Part& part : parts)
            part.collect(commit);
        must(store.commit_progress(commit).has_value());
        if (page->at_end)
            return events;
    }
}

compare::Work by_hand(unsigned long events) {
    auto copy = std::make_shared<projections::Copy>(events);
    return [copy, store = open(*copy), events] {
        must(in_two_threads(store) == events);
        return events;
    };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {
                             {"projection, 2 partitions, 20 us an event, to two threads by hand",
                              library<Working, 2>, by_hand, 2'000, 0, 1 / 0.85},
                             {"projection, 8 partitions, 1 ms of waiting an event, to one",
                              library<Waiting, 8>, library<Waiting, 1>, 1'000, 0, 1 / 6.0, 200, 9},
                         });
}
