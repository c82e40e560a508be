// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_STORABLE_HPP
#define EVENTSOURCING_CODEC_STORABLE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/unmet.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

namespace detail {

// A search through the types that an event is made of. It ends at the first one that can't be
// written and read, or has seen them all.

/// Nothing was found among these types; what has no parts is not listed.
template <class... Seen>
struct NothingIn {
    static constexpr bool found = false;
};
/// `Part` was found; `Path` are the names of the fields that lead to it, with dots between them.
template <class Part, Text Path>
struct FoundAt {
    static constexpr bool found = true;
};

template <std::size_t Size>
consteval auto text_of(std::string_view name, std::string_view rest) {
    char text[Size + 1]{};
    std::size_t i = 0;
    for (const char c : name)
        text[i++] = c;
    for (const char c : rest)
        text[i++] = c;
    return Text<Size + 1>(text);
}

/// What was found inside the field `I` of `T`.
template <class T, std::size_t I, class Part, Text Path>
consteval auto inside(FoundAt<Part, Path> found) {
    if constexpr (std::same_as<JsonFormOf<T>, FieldsForm>) {
        constexpr std::string_view name = field_names<T>[I];
        if constexpr (sizeof(Path.data) == 1) {
            return FoundAt<Part, text_of<name.size()>(name, {})>{};
        } else {
            constexpr std::size_t size = name.size() + sizeof(Path.data);
            constexpr auto dotted =
                text_of<sizeof(Path.data)>(".", {Path.data, sizeof(Path.data) - 1});
            return FoundAt<Part, text_of<size>(name, {dotted.data, sizeof(dotted.data) - 1})>{};
        }
    } else {
        return found;
    }
}

/// `Check` says of one type, without its parts, whether it is all right.
template <class Check, class T, class... Seen>
consteval auto search(NothingIn<Seen...> seen);

template <class Check, class T, std::size_t I, class Seen>
consteval auto search_parts(Seen seen, TypeList<> /*parts*/) {
    return seen;
}
template <class Check, class T, std::size_t I, class Seen, class First, class... Rest>
consteval auto search_parts(Seen seen, TypeList<First, Rest...> /*parts*/) {
    constexpr auto result = search<Check, First>(seen);
    if constexpr (decltype(result)::found)
        return inside<T, I>(result);
    else
        return search_parts<Check, T, I + 1>(result, TypeList<Rest...>{});
}

template <class Check, class T, class... Seen>
consteval auto search(NothingIn<Seen...> seen) {
    if constexpr ((std::same_as<T, Seen> || ...)) {
        return seen;
    } else if constexpr (!Check::template allows<T>()) {
        return FoundAt<T, "">{};
    } else {
        constexpr auto parts = JsonFormOf<T>::template parts<T>();
        if constexpr (parts.size == 0)
            return seen;
        else
            return search_parts<Check, T, 0>(NothingIn<Seen..., T>{}, parts);
    }
}

struct HasStorableForm {
    template <class T>
    static consteval bool allows() {
        return JsonFormOf<T>::template storable<T>();
    }
};

/// All parts of `Event` can be stored.
struct NoPart {
    static constexpr bool found = false;
};
/// Never made: its arguments tell which part of which event can't be stored.
template <class Event, Text Member, class Type>
struct PartWithoutJson {
    static constexpr bool found = true;
};

/// Never made: a part of this event has no default, so that there is nothing to read it into.
template <class Event>
struct EventWithoutDefault {
    static constexpr bool found = true;
};

template <class Event, class Part, Text Path>
consteval auto part_of(FoundAt<Part, Path> /*found*/) {
    return PartWithoutJson<Event, Path, Part>{};
}

/// The first part of the events that `Check` does not allow.
template <class Check, class Seen>
consteval auto first_part(Seen /*seen*/, TypeList<> /*events*/) {
    return NoPart{};
}
template <class Check, class Seen, class First, class... Rest>
consteval auto first_part(Seen seen, TypeList<First, Rest...> /*events*/) {
    constexpr auto result = search<Check, First>(seen);
    if constexpr (decltype(result)::found)
        return part_of<First>(result);
    else if constexpr (!CanBeBlank<First>)
        return EventWithoutDefault<First>{};
    else
        return first_part<Check>(result, TypeList<Rest...>{});
}
template <class V, class Check = HasStorableForm>
using FirstPartWithoutJson = decltype(first_part<Check>(NothingIn<>{}, Alternatives<V>{}));

/// The first alternative that is no event; the first one if all are events.
template <class First, class... Rest>
struct FirstNonEvent {
    using Type = First;
};
template <Event First, class Second, class... Rest>
struct FirstNonEvent<First, Second, Rest...> {
    using After = typename FirstNonEvent<Second, Rest...>::Type;
    using Type = std::conditional_t<Event<After>, First, After>;
};
template <class... Events>
consteval auto first_non_event(TypeList<Events...> /*events*/) ->
    typename FirstNonEvent<Events...>::Type;

template <class Part>
concept EachPartHasJson = !Part::found;

template <class T>
struct MembersCheck : KeepsNames {
    using KeepsNames::operator();
    template <class M>
    void operator()(std::string_view /*name*/, M& /*member*/) const {
        constexpr bool all = !decltype(search<HasStorableForm, M>(NothingIn<>{}))::found;
        EVENTSOURCING_EXPLAIN(all,
                              "a `members` line names something that cannot be written as JSON and "
                              "read back; give its type a form, or leave it out of the line",
                              T, M);
    }
};

} // namespace detail

/// An event, or a variant of events, all of whose parts can be written as JSON and read back. Asked
/// in the header of the domain, it says there, and not at the first append:
///
///     static_assert(es::Storable<MonsterEvent>);
///
/// Where that fails the compiler names a `PartWithoutJson<Event, "member", Type>` or an
/// `EventWithoutDefault<Event>`. What a `members` line names is an error of its own.
///
/// A concept can't see values: an enumerator outside of the range, a NaN and text that is not UTF-8
/// are found by `given` (testing/given.hpp).
template <class V>
concept Storable = Event<decltype(detail::first_non_event(detail::Alternatives<V>{}))> &&
                   detail::EachPartHasJson<detail::FirstPartWithoutJson<V>>;

} // namespace eventsourcing

#endif
