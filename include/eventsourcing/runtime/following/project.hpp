// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_PROJECT_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_PROJECT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/row_change.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <algorithm>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Calls `apply_event` in whichever form it has. An `Error` of it keeps its kind, so that one that
/// may pass is tried again.
template <class P, class E>
Result<RowChange> project(typename P::State& state, const E& event) {
    using State = typename P::State;
    using Argument = ApplyArgument<P, State, E>;
    using Answer = ApplyAnswer<P, State, E>;
    if constexpr (std::is_void_v<Answer>) {
        P::apply_event(static_cast<Argument>(state), event);
    } else if constexpr (ExpectedLike<Answer>) {
        auto answer = P::apply_event(static_cast<Argument>(state), event);
        if (!answer)
            return error_from(errc::cannot_apply, std::move(answer).error());
        if constexpr (ResultOfRowChange<Answer>)
            return *answer;
        else if constexpr (!ResultOfNothing<Answer>)
            state = *std::move(answer);
    } else if constexpr (std::same_as<Answer, RowChange>) {
        return P::apply_event(static_cast<Argument>(state), event);
    } else {
        state = P::apply_event(static_cast<Argument>(state), event);
    }
    return RowChange::keep;
}

/// The keys that a projection names for an event, each once.
template <class P, class E>
std::vector<std::string> keys_of(const Recorded<E>& event) {
    std::vector<std::string> keys;
    const auto add = [&](std::string_view key) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            keys.emplace_back(key);
    };
    const auto named = P::key(event);
    using Named = std::remove_cvref_t<decltype(named)>;
    if constexpr (KeyText<Named>)
        add(named);
    else if constexpr (is_optional_key<Named>) {
        if (named)
            add(*named);
    } else
        for (const auto& key : named)
            add(key);
    return keys;
}

/// Calls `f(std::string_view)` with each of these keys, until it returns an error.
template <class P, class E, class F>
Result<void> for_each_key(const Recorded<E>& event, F f) {
    using Named = std::remove_cvref_t<decltype(P::key(event))>;
    if constexpr (KeyText<Named>) {
        const auto& named = P::key(event);
        return f(std::string_view(named));
    } else {
        for (const std::string& key : keys_of<P>(event))
            if (auto done = f(std::string_view(key)); !done)
                return done;
        return {};
    }
}

/// A visitor for `EventReader` that projects an event onto one state.
template <class P>
struct ProjectOnto {
    typename P::State& state;

    template <class E>
        requires FollowsPlain<P, E>
    Result<RowChange> operator()(const E& event) {
        return project<P>(state, event);
    }
    template <class E>
        requires FollowsRecorded<P, E>
    Result<RowChange> operator()(const Recorded<E>& event) {
        return project<P>(state, event);
    }
};

template <class List>
struct ReaderOf;
template <class... Es>
struct ReaderOf<TypeList<Es...>> {
    using Type = EventReader<Es...>;
};
/// Reads the events that a projection follows.
template <class P>
using FollowedReader = typename ReaderOf<Followed<P>>::Type;

} // namespace eventsourcing::detail

#endif
