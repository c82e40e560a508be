// SPDX-License-Identifier: MIT
// A process manager that sends a command for each event, on a SQLite file in memory, relaxed, in
// pages of 100: against the same reads, loads, appends and commits of checkpoints on the same store
// by hand. Ten events for each process, whose memory both keep.
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/process_manager.hpp>

#include "compare.hpp"
#include "projections.hpp"
#include "sqlite_files.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>

namespace es = eventsourcing;

namespace ward {

struct Admit {
    std::uint32_t damage = 0;
};
struct Admitted {
    std::uint32_t damage = 0;
};
consteval es::EventFamily event_family(const auto& /*event*/) {
    return {.name = "ward", .source = "events://example.org/ward"};
}

struct Ward {
    static constexpr std::string_view category = "ward";
    using Command = Admit;
    using Event = Admitted;
    struct State {
        std::uint64_t damage = 0;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Admitted& e) { s.damage += e.damage; }
    static Admitted handle_command(const State&, const Admit& c) { return {c.damage}; }
};

/// Admits whoever was attacked.
struct Nurse {
    using Event = codec_events::EntityAttacked;
    using Reaction = es::Reaction<Ward>;
    struct State {
        std::uint64_t damage = 0;
    };
    static std::string process_id(const auto& e) { return std::string(e.stream.id()); }
    static void apply_event(State& s, const codec_events::EntityAttacked& e) {
        s.damage += e.damage;
    }
    static Reaction react(const State& /*state*/,
                          const es::Recorded<codec_events::EntityAttacked>& e) {
        return {es::send<Ward>(process_id(e), Admit{e.event.damage})};
    }
};

} // namespace ward

namespace {

using es::detail::ProcessStep;
using ward::Admit;
using ward::Admitted;
using ward::Nurse;
using ward::Ward;

void must(bool good) {
    if (!good)
        std::abort();
}

/// A file with so many attacks, one after the other, on a tenth as many entities.
struct File {
    explicit File(unsigned long events)
        : store(*es::SqliteStore::open(folder / "combat.db",
                                       {.durability = es::SqliteDurability::relaxed})) {
        const es::Environment environment;
        for (unsigned long i = 0; i < events; ++i) {
            const std::string text = fight::attack_text(i);
            const es::NewEvent event{.id = environment.new_id(),
                                     .type = fight::attacked,
                                     .version = "1.0",
                                     .content_type = "application/json",
                                     .data = text,
                                     .metadata = "",
                                     .recorded_at = environment.now(),
                                     .tags = {}};
            must(store
                     .append_unchecked(fight::stream_name(i % (events / 10)),
                                       es::EventBatch(std::span(&event, 1)))
                     .has_value());
        }
    }

    BenchmarkFolder folder;
    es::SqliteStore store;
};

compare::Work library(unsigned long events) {
    struct Made {
        File file;
        es::ProcessManager<Nurse, es::SqliteStore> nurse;
        explicit Made(unsigned long inputs)
            : file(inputs),
              nurse(file.store, es::from_beginning, es::ProcessOptions{.page_size = 100}) {}
    };
    auto made = std::make_shared<Made>(events);
    return [made, events] {
        must(projections::catch_up(made->nurse) == 2 * events); // each event, and each step
        return events;
    };
}

/// The same for one runner that never fails: inbox and outbox, each with a checkpoint, and each
/// command after a look whether the process was told of a refusal.
class ByHand {
public:
    explicit ByHand(unsigned long events) : file_(events) {}

    unsigned long run() {
        inbox_ = begin("nurse");
        outbox_ = begin("nurse.outbox");
        unsigned long carried_out = 0;
        for (bool worked = true; worked;) {
            worked = tell_page();
            worked = carry_out_page(carried_out) || worked;
        }
        return carried_out;
    }

private:
    struct Memory {
        Nurse::State state;
        std::optional<es::Revision> revision;
    };
    struct Place {
        es::ProgressKey key;
        es::Progress progress;
    };

    Place begin(const char* name) {
        Place place{.key = {.name = name, .fingerprint = "by hand"},
                    .progress = {.owner = "one", .status = "live"}};
        place.progress.checkpoint.store_id = *store_.store_id();
        must(store_.commit_progress({.key = place.key, .next = place.progress}).has_value());
        return place;
    }
    void commit(Place& place, const es::Page& page) {
        es::ProgressCommit commit{
            .key = place.key, .loaded = place.progress, .next = place.progress};
        commit.next.checkpoint.position = page.last_position;
        if (!page.empty())
            commit.next.checkpoint.event_id = page.records().back().id;
        must(store_.commit_progress(commit).has_value());
        place.progress = std::move(commit.next);
    }
    template <class Event>
    es::Page page_of(const Place& place) {
        auto page = store_.read_all({.after = place.progress.checkpoint.position,
                                     .query = {.items = {{.types = es::types_of<Event>()}}},
                                     .limit = 100});
        must(page.has_value());
        return *std::move(page);
    }

    /// Each event to its process, which is loaded at its first one.
    bool tell_page() {
        const es::Page page = page_of<std::variant<codec_events::EntityAttacked>>(inbox_);
        for (const es::EventRecord& record : page.records())
            must(inputs_
                     .read(record,
                           [&](const es::Recorded<codec_events::EntityAttacked>& event) {
                               tell(record, event);
                           })
                     .has_value());
        if (!page.empty())
            commit(inbox_, page);
        return !page.empty();
    }
    void tell(const es::EventRecord& record,
              const es::Recorded<codec_events::EntityAttacked>& event) {
        const auto stream = es::StreamName::of("process.nurse", Nurse::process_id(event));
        must(stream.has_value());
        auto found = memories_.find(std::string(stream->str()));
        if (found == memories_.end()) {
            must(store_.read_stream(*stream).value().empty());
            found = memories_.emplace(stream->str(), Memory{}).first;
        }
        Memory& memory = found->second;
        Nurse::apply_event(memory.state, event.event);
        ProcessStep<Nurse> step{.input = es::detail::input_of(record)};
        step.commands = Nurse::react(memory.state, event).commands();
        const es::Uuid id = environment_.new_id();
        const es::Metadata cause{.correlation_id = event.id.to_string(),
                                 .causation_id = event.id.to_string()};
        const auto receipt = store_.append(
            *stream,
            memory.revision ? es::ExpectedRevision::exactly(*memory.revision)
                            : es::ExpectedRevision::no_stream(),
            es::Batch<ProcessStep<Nurse>>({&step, 1}, {&id, 1}, environment_.now(), &cause));
        must(receipt.has_value());
        memory.revision = receipt->last;
    }

    bool carry_out_page(unsigned long& carried_out) {
        const es::Page page = page_of<std::variant<ProcessStep<Nurse>>>(outbox_);
        for (const es::EventRecord& record : page.records())
            must(steps_
                     .read(record,
                           [&](const es::Recorded<ProcessStep<Nurse>>& step) {
                               for (const auto& command : step.event.commands) {
                                   carry_out(step, command);
                                   ++carried_out;
                               }
                           })
                     .has_value());
        if (!page.empty())
            commit(outbox_, page);
        return !page.empty();
    }
    void carry_out(const es::Recorded<ProcessStep<Nurse>>& step,
                   const es::detail::StoredCommand& stored) {
        const auto command = es::decode_json<Admit>(stored.command);
        const auto stream = es::StreamName::of(Ward::category, stored.id);
        must(command && stream);
        const auto known = memories_.find(std::string(step.stream.str()));
        must(known != memories_.end());
        const auto later =
            store_.read_stream(step.stream, {.from = known->second.revision->plus(1)});
        must(later && later->empty());
        const auto loaded = es::load<Ward>(store_, *stream);
        must(loaded.has_value());
        const Admitted event = Ward::handle_command(loaded->state, *command);
        const es::Uuid id = environment_.new_id();
        const es::Metadata cause{.correlation_id = step.metadata.correlation_id,
                                 .causation_id = step.id.to_string(),
                                 .command_id = id.to_string()};
        must(store_
                 .append(*stream, es::ExpectedRevision::after(loaded->state.generation),
                         es::Batch<Admitted>({&event, 1}, {&id, 1}, environment_.now(), &cause))
                 .has_value());
    }

    File file_;
    es::SqliteStore store_ = file_.store;
    es::Environment environment_;
    Place inbox_;
    Place outbox_;
    es::EventReader<codec_events::EntityAttacked> inputs_;
    es::EventReader<ProcessStep<Nurse>> steps_;
    std::unordered_map<std::string, Memory> memories_;
};

compare::Work by_hand(unsigned long events) {
    auto made = std::make_shared<ByHand>(events);
    return [made, events] {
        must(made->run() == events);
        return events;
    };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {{"process, sqlite relaxed, from input to command executed, per input",
                           library, by_hand, 1'000, 0, 1.3, 1'000}});
}
