// SPDX-License-Identifier: MIT
// Commands executed by a repository on a SQLite file in memory: against the bare append on the
// expected revision, against `load` and `dispatch`, and with the id of a command against without.
#include <eventsourcing/engines/sqlite.hpp>

#include "compare.hpp"
#include "repository.hpp"
#include "sqlite_files.hpp"

#include <memory>

namespace {

struct Open {
    struct Opened {
        std::shared_ptr<BenchmarkFolder> folder = std::make_shared<BenchmarkFolder>();
        eventsourcing::SqliteStore store = *eventsourcing::SqliteStore::open(
            *folder / "fights.db", {.durability = eventsourcing::SqliteDurability::relaxed});
    };
    Opened operator()() const { return {}; }
};

} // namespace

int main(int argc, char** argv) {
    using namespace repository;
    return compare::main(
        argc, argv,
        {
            {"repository, sqlite relaxed: execute cached, to the bare append", cached<Open>,
             appended<Open>, 1'000, 0, 1.15},
            {"repository, sqlite relaxed: execute ten events, to load and dispatch", uncached<Open>,
             load_and_dispatch<Open>, 500, 0, 1.1},
            {"repository, sqlite relaxed: execute with a command id, to without",
             cached<Open, Id::uuid7>, cached<Open>, 1'000, 0, 1.1},
        });
}
