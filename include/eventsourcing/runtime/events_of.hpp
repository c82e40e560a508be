// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EVENTS_OF_HPP
#define EVENTSOURCING_RUNTIME_EVENTS_OF_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/store/types_of.hpp>

#include <type_traits>
#include <variant>

namespace eventsourcing {

/// The `Event` of a projection or process that follows some events of these aggregates: those for
/// which it has functions. (With a `std::variant` as its `Event` it must have them for each.)
template <class... Aggregates>
struct EventsOf {
    static_assert(sizeof...(Aggregates) > 0,
                  "es: name the aggregates whose events are followed: es::EventsOf<Combat>");
};

namespace detail {

template <class T>
inline constexpr bool is_events_of = false;
template <class... Aggregates>
inline constexpr bool is_events_of<EventsOf<Aggregates...>> = true;

/// `List` with those of the types that it lacks.
template <class List, class... Types>
struct WithTypes {
    using Type = List;
};
template <class... Have, class First, class... Rest>
struct WithTypes<TypeList<Have...>, First, Rest...>
    : WithTypes<std::conditional_t<is_one_of<First, TypeList<Have...>>, TypeList<Have...>,
                                   TypeList<Have..., First>>,
                Rest...> {};
template <class List, class More>
struct WithList;
template <class List, class... Types>
struct WithList<List, TypeList<Types...>> : WithTypes<List, Types...> {};

/// All events that an `Event` names, each once, whether it is an `EventsOf`, a variant or one
/// struct.
template <class Event>
struct NamedEvents {
    using List = Alternatives<Event>;
};
template <>
struct NamedEvents<EventsOf<>> {
    using List = TypeList<>;
};
template <class... Aggregates>
struct NamedEvents<EventsOf<Aggregates...>> {
    template <class List, class... Left>
    struct Joined {
        using Type = List;
    };
    template <class List, class First, class... Rest>
    struct Joined<List, First, Rest...>
        : Joined<typename WithList<List, Alternatives<typename EventsNamedBy<First>::Type>>::Type,
                 Rest...> {};
    using List = typename Joined<TypeList<>, Aggregates...>::Type;
};

/// Those types of a list for which `Wanted<T>::value` holds.
template <template <class> class Wanted, class List>
struct Selected;
template <template <class> class Wanted, class... Types>
struct Selected<Wanted, TypeList<Types...>> {
    template <class List, class... Left>
    struct From {
        using Type = List;
    };
    template <class... Have, class First, class... Rest>
    struct From<TypeList<Have...>, First, Rest...>
        : From<
              std::conditional_t<Wanted<First>::value, TypeList<Have..., First>, TypeList<Have...>>,
              Rest...> {};
    using List = typename From<TypeList<>, Types...>::Type;
};

/// The variant of the types in a list; it is only named, for tables and readers of events.
template <class List>
struct VariantOf;
template <class... Types>
struct VariantOf<TypeList<Types...>> {
    using Type = std::variant<Types...>;
};

} // namespace detail

} // namespace eventsourcing

#endif
