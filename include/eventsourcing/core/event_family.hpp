// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EVENT_FAMILY_HPP
#define EVENTSOURCING_CORE_EVENT_FAMILY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

/// How the types of a namespace become JSON. Chosen where the types are declared, so that no two
/// translation units can see one type in two ways.
enum class Json : std::uint8_t {
    undeclared, ///< by reflection; a plain struct that has its own `to_json` as well is refused
    reflected,  ///< by reflection; an own `to_json` is ignored
    own, ///< by the types' own nlohmann `to_json` / `from_json`; one that has none is refused
};

/// The metadata that the events of one namespace share. Declared once, in the namespace of the
/// events, and found by ADL:
///
///     consteval es::EventFamily event_family(const auto&) {
///         return {.name = "combat", .source = "events://example.org/combat", .version = "1.0"};
///     }
///
/// An overload for one type, `event_family(const Item&)`, replaces it for that type.
struct EventFamily {
    /// The first part of derived type names: `combat` in `combat.entity_attacked`.
    std::string_view name{};
    /// The CloudEvents source of the events: a non-empty URI-reference, preferably absolute.
    std::string_view source{};
    /// The version of every event that does not name its own. Opaque: compared for equality only.
    std::string_view version = "1.0";
    /// An absolute URI of the events' schema, the `dataschema` of CloudEvents; empty for none.
    std::string_view schema{};
    Json json = Json::undeclared;
};

namespace detail {

/// A text without a value would have no characters to compare.
consteval std::size_t size_of(const EventFamily& family) {
    return family.name.size() + family.source.size();
}

/// There is a function of this name for `T`, in any form.
template <class T>
concept FindsEventFamily = requires { event_family(fake_object<T>()); } ||
                           requires(OtherForms<T> other) { event_family(other); };

consteval bool are_equal(const EventFamily& a, const EventFamily& b) {
    return a.name == b.name && a.source == b.source && a.version == b.version &&
           a.schema == b.schema && a.json == b.json;
}

/// An overload without const, which is not read, must not say something else.
template <class T>
concept HasEventFamily = FindsEventFamily<T> && requires {
    { event_family(fake_object<T>()) } -> std::same_as<EventFamily>;
    typename Constant<std::size_t, size_of(event_family(fake_object<T>()))>;
    requires are_equal(event_family(fake_object<T>()),
                       event_family(const_cast<std::remove_cv_t<T>&>(fake_object<T>())));
};

template <HasEventFamily T>
inline constexpr EventFamily family_of = event_family(fake_object<T>());

/// Stops with the cure if the family of `T` is not declared as the library reads it.
template <class T>
consteval bool check_event_family() {
    constexpr bool right = !FindsEventFamily<T> || HasEventFamily<T>;
    EVENTSOURCING_EXPLAIN(right,
                          "event_family is declared in a form that the library does not read; "
                          "write: `consteval es::EventFamily event_family(const auto&) { return "
                          "{.name = \"shop\", .source = \"events://example.org/shop\"}; }` in "
                          "the namespace of the events",
                          T);
    return right;
}

} // namespace detail

} // namespace eventsourcing

#endif
