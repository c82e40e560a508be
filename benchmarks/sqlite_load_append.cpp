// SPDX-License-Identifier: MIT
// A command on an aggregate of 10 or 1000 events, in a SQLite file in memory whose streams took
// turns as they do in life: load, decide, append one event at NORMAL. Against the C API with the
// same schema and statements; 1000 also against a table that is clustered by stream, which no
// reader of all events would want (sqlite_layouts.cpp).
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/load.hpp>

#include "compare.hpp"
#include "sqlite_by_hand.hpp"
#include "sqlite_files.hpp"
#include "sqlite_replay_by_hand.hpp"

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

namespace es = eventsourcing;

namespace {

/// How often a stream may be taken: in all rounds, or by the one that is counted.
std::size_t commands = 0;

/// A file of streams that took turns; both sides fill theirs with the same statements.
struct File {
    File(std::size_t streams, std::size_t events, const sqlite_by_hand::Layout& layout)
        : by_hand(path, sqlite_by_hand::Store::Durability::relaxed, layout) {
        for (std::size_t s = 0; s < streams; ++s)
            names.push_back(fight::stream_text(s));
        const es::Environment environment;
        for (std::size_t i = 0; i < events; ++i)
            for (const std::string& name : names) {
                const bool heals = i % 4 == 3;
                const std::string text = heals ? fight::heal_text() : fight::attack_text(i);
                if (!by_hand.append(name, static_cast<std::int64_t>(i) - 1,
                                    {environment.new_id(), heals ? fight::healed : fight::attacked,
                                     "1.0", "application/json", text, "",
                                     environment.now().to_unix_nanoseconds().value()}))
                    std::abort();
            }
    }

    BenchmarkFolder folder;
    std::string path = folder / "combat.db";
    std::vector<std::string> names;
    sqlite_by_hand::Store by_hand;
    std::size_t next = 0;
};

template <std::size_t events>
std::size_t streams() {
    // enough that each event of a stream is on a page of its own; fewer where instructions are
    // counted
    return events == 10 ? commands : commands < 1'000 ? 25 : 100;
}

template <std::size_t events>
compare::Work library(unsigned long operations) {
    static File file(streams<events>(), events, sqlite_by_hand::shipped);
    static auto store =
        *es::SqliteStore::open(file.path, {.durability = es::SqliteDurability::relaxed});
    return [=] {
        es::Dispatcher<fight::Fight, es::SqliteStore> dispatcher(store);
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i) {
            const auto name =
                *es::StreamNameView::parse(file.names[file.next++ % file.names.size()]);
            const auto loaded = es::load<fight::Fight>(store, name);
            if (!loaded)
                std::abort();
            const auto done = dispatcher.dispatch(*loaded, fight::Attack{150}, name);
            if (!done)
                std::abort();
            sum += fight::checksum(done->state);
        }
        return sum;
    };
}

template <std::size_t events, const sqlite_by_hand::Layout& layout>
compare::Work by_hand(unsigned long operations) {
    static File file(streams<events>(), events, layout);
    static sqlite_by_hand::Replay replay(file.path, layout);
    return [=] {
        const es::Environment environment;
        unsigned long sum = 0;
        std::string text;
        for (unsigned long i = 0; i < operations; ++i) {
            const std::string& name = file.names[file.next++ % file.names.size()];
            auto state = replay.load(name);
            const auto event = fight::Fight::handle_command(state, fight::Attack{150});
            fight::Fight::apply_event(state, event);
            text.clear();
            if (!codec_by_hand::encode(text, event) ||
                !file.by_hand.append(name, static_cast<std::int64_t>(state.generation.value()) - 1,
                                     {environment.new_id(), fight::attacked, "1.0",
                                      "application/json", text, "",
                                      environment.now().to_unix_nanoseconds().value()}))
                std::abort();
            state.generation = es::Generation(state.generation.value() + 1);
            sum += fight::checksum(state);
        }
        return sum;
    };
}

} // namespace

int main(int argc, char** argv) {
    constexpr unsigned long at_once = 500;
    constexpr std::size_t rounds = 32;
    commands = argc == 4 ? std::strtoul(argv[3], nullptr, 10) : rounds * at_once;
    return compare::main(argc, argv,
                         {
                             {"sqlite, load 10 and append 1", library<10>,
                              by_hand<10, sqlite_by_hand::shipped>, at_once, 0, 1 / 0.8},
                             {"sqlite, load 1000 and append 1", library<1'000>,
                              by_hand<1'000, sqlite_by_hand::shipped>, 100, 0, 0},
                             {"sqlite, load 1000 and append 1, against a clustered table",
                              library<1'000>, by_hand<1'000, sqlite_by_hand::clustered>, 100, 0, 2},
                         });
}
