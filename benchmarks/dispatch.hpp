// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_BENCHMARKS_DISPATCH_HPP
#define EVENTSOURCING_BENCHMARKS_DISPATCH_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>

#include "by_hand.hpp"
#include "combat.hpp"
#include "compare.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace es = eventsourcing;

/// What both sinks do: they look at every event, keep the last stamps, and are full in the end.
struct Taken {
    std::uint64_t room = std::uint64_t{1} << 62U;
    std::uint64_t bytes = 0;
    es::Uuid last_id{};
    es::Timestamp last_time{};

    bool take(std::string_view stream, const combat::Event& event) {
        if (room == 0)
            return false;
        --room;
        bytes +=
            stream.size() + std::visit([](const auto& e) { return e.entity_id.size(); }, event);
        return true;
    }
};

/// The command of a benchmark: one struct, or an attack as the variant.
template <class C>
C command_for(std::string_view id) {
    if constexpr (std::is_same_v<C, combat::Command>)
        return combat::Attack{std::string(id), 1};
    else
        return C{std::string(id), 1};
}

namespace with_library {

template <bool stamps>
struct Sink {
    static constexpr es::Capabilities capabilities{.stamps = stamps};
    Taken* taken;

    es::Result<void> append_unchecked(es::StreamNameView stream,
                                      const es::Batch<combat::Event>& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (!taken->take(stream.view(), batch.events()[i]))
                return es::Error(es::errc::unavailable, "the sink is full");
            if constexpr (stamps)
                taken->last_id = batch.ids()[i];
        }
        if constexpr (stamps)
            taken->last_time = batch.recorded_at();
        return {};
    }
};

template <class C, bool stamps>
unsigned long repeat(unsigned long operations, std::string_view id) {
    Taken taken;
    es::Dispatcher<combat::Combat, Sink<stamps>> dispatcher{Sink<stamps>{&taken}};
    combat::Combat::State state{.entity_id = std::string(id)};
    const C command = command_for<C>(id);
    for (unsigned long i = 0; i < operations; ++i) {
        auto done = dispatcher.dispatch(std::move(state), command, "combat-ogre");
        if (!done)
            std::abort();
        state = std::move(done->state);
    }
    return taken.bytes + state.generation.value() + taken.last_id.bytes()[15] +
           taken.last_time.nanoseconds();
}

template <class C, bool stamps>
compare::Side side(std::string_view id) {
    return [id](unsigned long operations) {
        return [=] { return repeat<C, stamps>(operations, id); };
    };
}

} // namespace with_library

namespace by_hand {

template <bool stamps>
struct Sink {
    Taken* taken;

    template <class Events>
    std::optional<Failure> append(std::string_view stream, const Events& events,
                                  std::span<const es::Uuid> ids, es::Timestamp recorded_at) {
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (!taken->take(stream, events[i]))
                return Failure{Reason::sink_failed, "the sink is full"};
            if constexpr (stamps)
                taken->last_id = ids[i];
        }
        if constexpr (stamps)
            taken->last_time = recorded_at;
        return std::nullopt;
    }
};

template <class Events>
struct Dispatched {
    State state;
    Events events;
};

template <class Events, bool stamps, class C>
Outcome<Dispatched<Events>> dispatch(State state, const C& command, std::string_view stream,
                                     Sink<stamps>& sink) {
    try {
        auto decision = decide<Events>(state, command);
        if (auto* refused = std::get_if<Failure>(&decision))
            return std::move(*refused);
        Dispatched<Events> done{std::move(state), std::get<Events>(std::move(decision))};
        if (auto failure = fold(done.state, done.events))
            return std::move(*failure);
        std::array<es::Uuid, 2> ids;
        es::Timestamp now;
        if constexpr (stamps) {
            now = es::detail::system_now();
            for (std::size_t i = 0; i < done.events.size(); ++i)
                ids[i] = es::new_uuid7(now);
        }
        if (auto failure = sink.append(stream, done.events, ids, now))
            return std::move(*failure);
        return done;
    } catch (const std::exception& e) {
        return Failure{Reason::threw, e.what()};
    } catch (...) {
        return Failure{Reason::threw, "something that is no std::exception"};
    }
}

template <class Events, class C, bool stamps>
unsigned long repeat(unsigned long operations, std::string_view id) {
    Taken taken;
    Sink<stamps> sink{&taken};
    State state{.entity_id = std::string(id)};
    const C command = command_for<C>(id);
    for (unsigned long i = 0; i < operations; ++i) {
        auto done = dispatch<Events>(std::move(state), command, "combat-ogre", sink);
        auto* ok = std::get_if<Dispatched<Events>>(&done);
        if (!ok)
            std::abort();
        state = std::move(ok->state);
    }
    return taken.bytes + state.generation + taken.last_id.bytes()[15] +
           taken.last_time.nanoseconds();
}

template <class Events, class C, bool stamps>
compare::Side side(std::string_view id) {
    return [id](unsigned long operations) {
        return [=] { return repeat<Events, C, stamps>(operations, id); };
    };
}

} // namespace by_hand

#endif
