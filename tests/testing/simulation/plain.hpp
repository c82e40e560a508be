// SPDX-License-Identifier: MIT
#ifndef TESTS_TESTING_SIMULATION_PLAIN_HPP
#define TESTS_TESTING_SIMULATION_PLAIN_HPP

// Clients append to a store and a component reads it, without anything of the runtime between: what
// happens in a run depends on the simulation and the store alone.
#include <eventsourcing/runtime/step.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/testing/simulation.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace simulated_plainly {

namespace es = eventsourcing;

struct Noted {
    std::int64_t number;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "plain", .source = "events://example.org/plain", .version = "1.0"};
}

/// Notes which events there are.
class Reader {
public:
    Reader(es::SimStore store, std::shared_ptr<std::set<es::Uuid>> seen)
        : store_(std::move(store)),
          seen_(std::move(seen)) {}

    es::Step step() {
        const auto page = store_.read_all({.after = after_, .limit = 3});
        if (!page)
            return {.kind = es::Step::Kind::worked};
        for (const es::EventRecord& record : page->records())
            seen_->insert(record.id);
        after_ = page->last_position ? page->last_position : after_;
        return {.kind = page->at_end ? es::Step::Kind::idle : es::Step::Kind::worked};
    }
    [[nodiscard]] es::Result<bool> wait_for_append(const es::CallOptions& call) const {
        return store_.wait_for_append(after_, call);
    }

private:
    es::SimStore store_;
    std::shared_ptr<std::set<es::Uuid>> seen_;
    std::optional<es::Position> after_{};
};

inline void scenario(es::Simulation& sim) {
    auto store = sim.store();
    const auto seen = std::make_shared<std::set<es::Uuid>>();
    sim.component([=](const es::Environment&) { return Reader{store, seen}; });
    sim.clients(3, [=](es::Random& random, const es::Environment& environment) {
        const std::string name = std::to_string(random.below(3));
        const Noted event{random.between(1, 1'000'000'000)};
        const es::Uuid id = environment.new_id();
        const es::Batch<Noted> batch({&event, 1}, {&id, 1}, environment.now());
        if (const auto stream = es::StreamName::of("notes", name))
            static_cast<void>(store.append_unchecked(*stream, batch));
    });
    sim.finally("each event is seen", [=] {
        const auto page = store.inside().read_all({.limit = 4096});
        return page && page->records().size() == seen->size();
    });
}

} // namespace simulated_plainly

#endif
