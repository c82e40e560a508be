// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_MEMBERS_HPP
#define EVENTSOURCING_CORE_MEMBERS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>

#include <string_view>

namespace eventsourcing::detail {

/// An argument of `T::members` to find out whether it exists.
struct MembersProbe {
    template <class V>
    void operator()(std::string_view name, V&& member) const;
};

/// A line that takes a copy of the object, into which nothing is read, or has a copy or a constant
/// of what it calls.
template <class T>
concept TakesMembersWrongly =
    requires { static_cast<void (*)(T, MembersProbe&&)>(&T::members); } ||
    requires { static_cast<void (*)(T, const MembersProbe&)>(&T::members); } ||
    requires { static_cast<void (*)(T, MembersProbe)>(&T::members); } ||
    requires { static_cast<void (*)(T&, MembersProbe)>(&T::members); } ||
    (requires { static_cast<void (*)(T&, const MembersProbe&)>(&T::members); } && !requires { static_cast<void (*)(T&, MembersProbe&&)>(&T::members); });

/// A class that lists its members itself:
/// `static void members(auto& self, auto&& member) { member("hitpoints", self.hitpoints_); }`
template <class T>
concept WithMembers =
    requires(T& object) { T::members(object, MembersProbe{}); } && !TakesMembersWrongly<T>;

/// Stops with the cure if `T` has a member of this name that is not read as its list.
template <class T>
consteval bool check_members_form() {
    constexpr bool right = !Declares_members<T> || WithMembers<T>;
    EVENTSOURCING_EXPLAIN(right,
                          "`members` is declared in a form that the library does not read; write, "
                          "public: `static void members(auto& self, auto&& member) { member(\"x\", "
                          "self.x); }` (or give this member another name)",
                          T);
    constexpr bool whole = !right || !WithMembers<T> || WithMembers<const T>;
    EVENTSOURCING_EXPLAIN(whole,
                          "`members` does not take a const object, so that this type can't be "
                          "written; write: `static void members(auto& self, auto&& member) { "
                          "member(\"x\", self.x); }`",
                          T);
    return right && whole;
}

} // namespace eventsourcing::detail

#endif
