// SPDX-License-Identifier: MIT
// A stream of 100 000 events in a SQLite file in memory, folded: `load` against sqlite3_step,
// decoding in a fixed order, and applying.
#include <eventsourcing/runtime/load.hpp>

#include "compare.hpp"
#include "sqlite_files.hpp"
#include "sqlite_replay_by_hand.hpp"

#include <cstdlib>
#include <map>
#include <memory>

namespace es = eventsourcing;

namespace {

/// A file with a stream of so many events, made once.
struct File {
    explicit File(unsigned long events) { fight::fill(path, 1, events, 500); }

    static File& of(unsigned long events) {
        static std::map<unsigned long, std::unique_ptr<File>> files;
        auto& file = files[events];
        if (!file)
            file = std::make_unique<File>(events);
        return *file;
    }

    BenchmarkFolder folder;
    std::string path = folder / "combat.db";
};

compare::Work library(unsigned long events) {
    auto store = *es::SqliteStore::open(File::of(events).path);
    return [=] {
        const auto loaded = es::load<fight::Fight>(store, fight::stream_name(0));
        if (!loaded)
            std::abort();
        return fight::checksum(loaded->state);
    };
}

compare::Work by_hand(unsigned long events) {
    auto replay = std::make_shared<sqlite_by_hand::Replay>(File::of(events).path);
    return [=] { return fight::checksum(replay->load(fight::stream_text(0))); };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(
        argc, argv,
        {{"sqlite, replay of a stream, per event", library, by_hand, 100'000, 0, 1 / 0.8}});
}
