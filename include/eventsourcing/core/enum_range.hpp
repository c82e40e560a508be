// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ENUM_RANGE_HPP
#define EVENTSOURCING_CORE_ENUM_RANGE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace eventsourcing {

/// The values among which the library looks for enumerators, both ends included: at most 65 536. An
/// enumeration with enumerators outside of -16 to 239 needs a function next to it, which ADL finds:
///
///     enum class Register { coils = 0, inputs = 10'000, holding = 40'000 };
///     consteval es::EnumRange enum_range(const Register&) { return {.first = 0, .last = 40'000}; }
///
/// Values outside of the underlying type are ignored; 2^63 - 1 is the largest. A wide range costs
/// compile time: some 4 s for 65 536 values with g++.
struct EnumRange {
    std::int64_t first = -16;
    std::int64_t last = 239;
};

namespace detail {

inline constexpr std::uint64_t widest_enum_range = 65'536;

/// There is a function of this name for `E`, in any form.
template <class E>
concept HasEnumRange = requires { enum_range(fake_object<E>()); } ||
                       requires(OtherForms<E> other) { enum_range(other); };

/// Declared as the library reads it: an EnumRange that is a constant.
template <class E>
concept DeclaresEnumRange = requires {
    { enum_range(fake_object<E>()) } -> std::same_as<EnumRange>;
    typename Constant<std::int64_t, enum_range(fake_object<E>()).first>;
};

template <class E>
consteval EnumRange declared_enum_range() {
    if constexpr (HasEnumRange<E>) {
        EVENTSOURCING_EXPLAIN(
            DeclaresEnumRange<E>,
            "enum_range is not declared as the library reads it; write `consteval "
            "es::EnumRange enum_range(const E&) { return {.first = 0, .last = "
            "1000}; }` next to this enumeration",
            E);
        if constexpr (DeclaresEnumRange<E>) {
            constexpr EnumRange range = enum_range(fake_object<E>());
            // not `last - first`, which may overflow
            constexpr auto wide =
                static_cast<std::uint64_t>(range.last) - static_cast<std::uint64_t>(range.first);
            constexpr bool right = range.first <= range.last && wide < widest_enum_range;
            EVENTSOURCING_EXPLAIN(
                right,
                "the enum_range of this enumeration holds 1 to 65536 values, with "
                "`first` not after `last`",
                E);
            if constexpr (right)
                return range;
        }
    }
    return {};
}

/// The declared range, as far as the underlying type reaches; empty, with `last` before `first`, if
/// it does not reach there.
template <class E>
consteval EnumRange enum_range_of() {
    using Limits = std::numeric_limits<std::underlying_type_t<E>>;
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr EnumRange held{
        .first = static_cast<std::int64_t>(Limits::min()),
        .last = sizeof(E) == sizeof(most) ? most : static_cast<std::int64_t>(Limits::max())};
    EnumRange range = declared_enum_range<E>();
    if (range.last < held.first || range.first > held.last)
        return {.first = 0, .last = -1};
    range.first = range.first < held.first ? held.first : range.first;
    range.last = range.last > held.last ? held.last : range.last;
    return range;
}

template <class E>
inline constexpr std::int64_t enum_first = enum_range_of<E>().first;
template <class E>
inline constexpr std::int64_t enum_last = enum_range_of<E>().last;

template <class E>
constexpr bool enum_in_range(E value) {
    using Number = std::underlying_type_t<E>;
    return enum_first<E> <= enum_last<E> &&
           static_cast<Number>(value) >= static_cast<Number>(enum_first<E>) &&
           static_cast<Number>(value) <= static_cast<Number>(enum_last<E>);
}

} // namespace detail

} // namespace eventsourcing

#endif
