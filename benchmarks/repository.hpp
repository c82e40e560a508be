// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_REPOSITORY_HPP
#define EVENTSOURCING_BENCHMARKS_REPOSITORY_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/repository.hpp>

#include "combat.hpp"
#include "compare.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// One command after the other on a hundred streams in turn, in several ways, for any store.
namespace repository {

namespace es = eventsourcing;
using combat::CombatInPlace;

inline constexpr std::size_t streams = 100;
/// How many events a stream has where it is loaded.
inline constexpr std::size_t length = 10;

/// A new store and what else the commands need; `open` returns the store with what has to live as
/// long.
template <class Open>
struct Prepared {
    using Opened = decltype(Open()());
    using Store = decltype(Opened::store);

    Opened opened = Open()();
    const Store& store = opened.store;
    std::vector<std::string> ids;
    std::vector<es::StreamName> names;
    std::vector<es::Uuid> commands;
    combat::Attack command{std::string(combat::long_id), 1};

    explicit Prepared(unsigned long operations) {
        for (std::size_t i = 0; i < streams; ++i) {
            ids.push_back(std::to_string(100'000 + i));
            names.push_back(*es::StreamName::of("combat_in_place", ids.back()));
        }
        const es::Environment environment;
        for (unsigned long i = 0; i < operations; ++i)
            commands.push_back(environment.new_id());
    }

    void fill() {
        const es::Repository<CombatInPlace, Store> fights{store};
        for (std::size_t i = 0; i < streams * length; ++i)
            if (!fights.execute(ids[i % streams], command))
                std::abort();
    }
};

enum class Id { none, uuid7 };

/// By a repository that has the states in its cache.
template <class Open, Id id = Id::none>
compare::Work cached(unsigned long operations) {
    using P = Prepared<Open>;
    auto prepared = std::make_shared<P>(operations);
    prepared->fill();
    const es::Repository<CombatInPlace, typename P::Store> fights{prepared->store,
                                                                  {.cache = 1'000}};
    for (const auto& one : prepared->ids) // no more events than the other sides have
        if (!fights.load(one))
            std::abort();
    return [=] {
        unsigned long sum = 0;
        es::ExecuteOptions options;
        for (unsigned long i = 0; i < operations; ++i) {
            if constexpr (id == Id::uuid7)
                options.command_id = prepared->commands[i];
            auto done = fights.execute(prepared->ids[i % streams], prepared->command, options);
            if (!done)
                std::abort();
            sum += done->state.generation.value();
        }
        return sum;
    };
}

/// The same by a dispatcher that is given the states, which nobody else has changed.
template <class Open>
compare::Work in_hand(unsigned long operations) {
    using P = Prepared<Open>;
    auto prepared = std::make_shared<P>(operations);
    prepared->fill();
    auto states = std::make_shared<std::vector<es::Loaded<CombatInPlace>>>();
    for (const auto& name : prepared->names)
        states->push_back(es::load<CombatInPlace>(prepared->store, name).value());
    return [=] {
        unsigned long sum = 0;
        es::Dispatcher<CombatInPlace, typename P::Store> dispatcher{prepared->store};
        for (unsigned long i = 0; i < operations; ++i) {
            es::Loaded<CombatInPlace>& state = (*states)[i % streams];
            auto done = dispatcher.dispatch(state, prepared->command, prepared->names[i % streams]);
            if (!done)
                std::abort();
            state = *std::move(done);
            sum += state.state.generation.value();
        }
        return sum;
    };
}

/// The events of these commands, stamped and appended on the revision that is expected, and nothing
/// else.
template <class Open>
compare::Work appended(unsigned long operations) {
    using P = Prepared<Open>;
    auto prepared = std::make_shared<P>(operations);
    prepared->fill();
    return [=] {
        unsigned long sum = 0;
        const es::Environment environment;
        std::vector<es::Revision> last(streams, es::Revision{length - 1});
        for (unsigned long i = 0; i < operations; ++i) {
            const combat::Event events[]{
                combat::EntityAttacked{prepared->command.entity_id, prepared->command.damage}};
            const es::Timestamp now = environment.now();
            const es::Uuid ids[]{environment.new_id(now)};
            const es::Batch<combat::Event> batch(events, ids, now);
            auto done =
                prepared->store.append(prepared->names[i % streams],
                                       es::ExpectedRevision::exactly(last[i % streams]), batch);
            if (!done)
                std::abort();
            last[i % streams] = done->last;
            sum += done->last.value();
        }
        return sum;
    };
}

/// By a repository that keeps nothing: each command loads its stream.
template <class Open>
compare::Work uncached(unsigned long operations) {
    using P = Prepared<Open>;
    auto prepared = std::make_shared<P>(operations);
    prepared->fill();
    return [=] {
        unsigned long sum = 0;
        const es::Repository<CombatInPlace, typename P::Store> fights{prepared->store};
        for (unsigned long i = 0; i < operations; ++i) {
            auto done = fights.execute(prepared->ids[i % streams], prepared->command);
            if (!done)
                std::abort();
            sum += done->state.generation.value();
        }
        return sum;
    };
}

/// The same by `load` and `dispatch`.
template <class Open>
compare::Work load_and_dispatch(unsigned long operations) {
    using P = Prepared<Open>;
    auto prepared = std::make_shared<P>(operations);
    prepared->fill();
    return [=] {
        unsigned long sum = 0;
        es::Dispatcher<CombatInPlace, typename P::Store> dispatcher{prepared->store};
        for (unsigned long i = 0; i < operations; ++i) {
            const es::StreamName name =
                *es::StreamName::of("combat_in_place", prepared->ids[i % streams]);
            auto loaded = es::load<CombatInPlace>(prepared->store, name);
            if (!loaded)
                std::abort();
            auto done = dispatcher.dispatch(*std::move(loaded), prepared->command, name);
            if (!done)
                std::abort();
            sum += done->state.generation.value();
        }
        return sum;
    };
}

} // namespace repository

#endif
