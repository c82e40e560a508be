// SPDX-License-Identifier: MIT
// Projections that catch up with 100 000 events in a SQLite file in memory, with a checkpoint for
// each page of 1000: one State of fixed size against the replay of the same events through `load`;
// a row for each of 10^4 entities, and SQL statements, against the same by the C API.
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include "compare.hpp"
#include "projections.hpp"
#include "sqlite_projection_by_hand.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace es = eventsourcing;

namespace {

es::SqliteStore open(const projections::Copy& copy) {
    return *es::SqliteStore::open(copy.path(), {.durability = es::SqliteDurability::relaxed});
}

/// Prepares what follows a file of its own, and returns the work of catching up with it.
template <class Make>
compare::Work prepared(unsigned long events, Make make) {
    auto copy = std::make_shared<projections::Copy>(events);
    auto follow = make(*copy);
    return [copy, follow, events] {
        if (follow() != events)
            std::abort();
        return events;
    };
}

template <class P>
compare::Work library(unsigned long events) {
    return prepared(events, [](const projections::Copy& copy) {
        using Subscription = es::Subscription<P, es::SqliteStore>;
        auto followed =
            std::make_shared<Subscription>(open(copy), es::SubscriptionOptions{.page_size = 1'000});
        return [followed] { return projections::catch_up(*followed); };
    });
}

compare::Work replay(unsigned long events) {
    return prepared(events, [](const projections::Copy& copy) {
        return [store = open(copy)]() -> std::size_t {
            const auto loaded = es::load<fight::Fight>(store, fight::stream_name(0));
            return loaded ? loaded->state.generation.value() : 0;
        };
    });
}

template <std::size_t (sqlite_by_hand::Projection::*follow)()>
compare::Work by_hand(unsigned long events) {
    return prepared(events, [](const projections::Copy& copy) {
        auto projection = std::make_shared<sqlite_by_hand::Projection>(copy.path());
        return [projection] { return ((*projection).*follow)(); };
    });
}

} // namespace

int main(int argc, char** argv) {
    using sqlite_by_hand::Projection;
    using namespace projections;
    return compare::main(
        argc, argv,
        {
            {"sqlite, a projection of one State catches up, per event, to load", library<Totals>,
             replay, 100'000, 0, 1 / 0.6, 20'000},
            {"sqlite, a row for each of 10^4 entities, per event", library<Entities>,
             by_hand<&Projection::rows>, 100'000, 0, 1 / 0.5, 30'000},
            {"sqlite, SQL statements as data, per event", library<Board>,
             by_hand<&Projection::statements>, 100'000, 0, 1 / 0.8, 30'000},
        });
}
