// SPDX-License-Identifier: MIT
// Load a stream of ten events from a store in memory, decide, append one event: against a store as
// one would write it for this one purpose. Both are thread-safe, count revisions and positions,
// check what an append expects, stamp events with ids and the time, and refuse ids that they have
// seen. Every operation is on a stream of its own.
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "by_hand.hpp"
#include "combat.hpp"
#include "compare.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace with_library {

using combat::CombatInPlace;

std::size_t load_and_append(es::MemoryStore& store, const es::StreamName& stream,
                            const combat::Attack& command) {
    auto loaded = es::load<CombatInPlace>(store, stream);
    if (!loaded)
        std::abort();
    es::Dispatcher<CombatInPlace, es::MemoryStore> dispatcher{store};
    auto done = dispatcher.dispatch(*std::move(loaded), command, stream);
    if (!done)
        std::abort();
    return done->state.generation.value();
}

template <std::size_t length>
compare::Work side(unsigned long operations) {
    struct Prepared {
        es::MemoryStore store;
        std::vector<es::StreamName> streams;
        combat::Attack command{std::string(combat::long_id), 1};
    };
    auto prepared = std::make_shared<Prepared>();
    for (unsigned long i = 0; i < operations; ++i)
        prepared->streams.push_back(
            *es::StreamName::of("combat", std::string(combat::long_id) + std::to_string(i)));
    for (std::size_t event = 0; event < length; ++event)
        for (const auto& stream : prepared->streams)
            load_and_append(prepared->store, stream, prepared->command);
    return [=] {
        std::size_t sum = 0;
        for (const auto& stream : prepared->streams)
            sum += load_and_append(prepared->store, stream, prepared->command);
        return sum;
    };
}

} // namespace with_library

namespace by_hand {

struct Recorded {
    Event event;
    es::Uuid id;
    es::Timestamp recorded_at;
    std::uint64_t position;
};

struct Receipt {
    std::uint64_t last_revision;
    std::uint64_t position;
};

class Store {
public:
    /// Calls `f` with each event of a stream and answers how many there are.
    template <class F>
    std::size_t read(std::string_view stream, F&& f) {
        const std::lock_guard lock(mutex_);
        const auto found = streams_.find(stream);
        if (found == streams_.end())
            return 0;
        for (const Recorded& recorded : found->second)
            f(recorded.event);
        return found->second.size();
    }

    Outcome<Receipt> append(std::string_view stream, std::size_t expected, const OneOrTwo& events,
                            const es::Uuid* ids, es::Timestamp recorded_at) {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < events.size(); ++i)
            if (ids_.contains(ids[i]))
                return Failure{Reason::conflict, "the event is stored already"};
        auto found = streams_.find(stream);
        if ((found == streams_.end() ? 0 : found->second.size()) != expected)
            return Failure{Reason::conflict, "the stream is elsewhere"};
        if (found == streams_.end())
            found = streams_.try_emplace(std::string(stream)).first;
        for (std::size_t i = 0; i < events.size(); ++i) {
            found->second.push_back({events[i], ids[i], recorded_at, ++position_});
            ids_.insert(ids[i]);
        }
        return Receipt{found->second.size() - 1, position_};
    }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<Recorded>, Hash, std::equal_to<>> streams_;
    std::unordered_set<es::Uuid> ids_;
    std::uint64_t position_ = 0;
};

struct Dispatched {
    State state;
    OneOrTwo events;
    Receipt receipt;
};

inline void evolve_in_place(State& s, const EntityAttacked& e) {
    s.hitpoints -= e.damage;
}
inline void evolve_in_place(State& s, const EntityHealed& e) {
    s.hitpoints += e.points;
}
inline void evolve_in_place(State& s, const EntityDied& /*e*/) {
    s.hitpoints = 0;
}

inline void apply(State& state, const Event& event) {
    std::visit([&](const auto& e) { evolve_in_place(state, e); }, event);
    if (++state.generation == 0)
        throw std::overflow_error("the generation is at its end");
}

Outcome<Dispatched> load_and_append(Store& store, std::string_view stream, const Attack& command) {
    try {
        State state;
        const std::size_t size =
            store.read(stream, [&](const Event& event) { apply(state, event); });
        auto decision = decide<OneOrTwo>(state, command);
        if (auto* refused = std::get_if<Failure>(&decision))
            return std::move(*refused);
        auto& events = *std::get_if<OneOrTwo>(&decision);
        es::Uuid ids[2];
        const es::Timestamp now = es::detail::system_now();
        for (std::size_t i = 0; i < events.size(); ++i) {
            apply(state, events[i]);
            ids[i] = es::new_uuid7(now);
        }
        auto receipt = store.append(stream, size, events, ids, now);
        if (auto* failure = std::get_if<Failure>(&receipt))
            return std::move(*failure);
        return Dispatched{std::move(state), std::move(events), *std::get_if<Receipt>(&receipt)};
    } catch (const std::exception& e) {
        return Failure{Reason::threw, e.what()};
    }
}

template <std::size_t length>
compare::Work side(unsigned long operations) {
    struct Prepared {
        Store store;
        std::vector<std::string> streams;
        Attack command{std::string(combat::long_id), 1};
    };
    auto prepared = std::make_shared<Prepared>();
    for (unsigned long i = 0; i < operations; ++i)
        prepared->streams.push_back("combat-" + std::string(combat::long_id) + std::to_string(i));
    const auto all = [=] {
        std::size_t sum = 0;
        for (const auto& stream : prepared->streams) {
            auto done = load_and_append(prepared->store, stream, prepared->command);
            const auto* ok = std::get_if<Dispatched>(&done);
            if (!ok)
                std::abort();
            sum += ok->state.generation;
        }
        return sum;
    };
    for (std::size_t event = 0; event < length; ++event)
        all();
    return all;
}

} // namespace by_hand

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {
                             {"memory store, load 10 and append 1", with_library::side<10>,
                              by_hand::side<10>, 1'000, 1.30, 1.30},
                             {"memory store, load 1000 and append 1", with_library::side<1000>,
                              by_hand::side<1000>, 20},
                         });
}
