// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_MEMBERS_HPP
#define EVENTSOURCING_CORE_MEMBERS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/field_count.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace eventsourcing::detail {

/// An argument of `T::members` to find out whether it exists.
struct MembersProbe {
    template <class V>
    void operator()(std::string_view /*name*/, V&& /*member*/) const {}
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

template <auto Function>
constexpr std::string_view spelled_function() {
    return {__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1};
}
inline void spelled_function_probe() {}
/// The number of characters before the function in `spelled_function`, except for a `&`.
inline constexpr std::size_t before_function =
    spelled_function<&spelled_function_probe>().find("Function = ") + 11;

/// The function in `...[with auto Function = shop::Base::members<shop::Opened, ...>]`.
template <auto Function>
constexpr std::string_view name_of_function() {
    std::string_view name = spelled_function<Function>();
    name.remove_prefix(before_function);
    if (name.front() == '&')
        name.remove_prefix(1);
    return name;
}
/// Whether a function is spelled as `members` of the class. The usual case, told without a loop:
/// those are slow at compile time.
constexpr bool is_plainly_of(std::string_view spelled, std::string_view name) {
    constexpr std::string_view after = "::members";
    return spelled.size() >= name.size() + after.size() &&
           __builtin_memcmp(spelled.data(), name.data(), name.size()) == 0 &&
           __builtin_memcmp(spelled.data() + name.size(), after.data(), after.size()) == 0;
}
/// The class of which `spelled` is the function `members`: `shop::Base`.
constexpr std::string_view class_of_members(std::string_view spelled) {
    int depth = 0;
    for (std::size_t i = 0; i < spelled.size(); ++i) {
        if (depth == 0 && spelled.substr(i).starts_with("::members"))
            return spelled.substr(0, i);
        depth += spelled[i] == '<' ? 1 : spelled[i] == '>' ? -1 : 0;
    }
    return {};
}
/// Whether two spellings name one class or template. Compilers spell template arguments in more
/// than one way, so these are left out.
constexpr bool is_same_name(std::string_view a, std::string_view b) {
    const auto skip_arguments = [](std::string_view& text) {
        int depth = 0;
        while (!text.empty() && (depth != 0 || text.front() == '<')) {
            depth += text.front() == '<' ? 1 : text.front() == '>' ? -1 : 0;
            text.remove_prefix(1);
        }
    };
    for (;; a.remove_prefix(1), b.remove_prefix(1)) {
        skip_arguments(a);
        skip_arguments(b);
        if (a.empty() || b.empty() || a.front() != b.front())
            return a.empty() && b.empty();
    }
}

template <class T>
concept SpellsItsMembers =
    requires { spelled_function<static_cast<void (*)(T&, MembersProbe&&)>(&T::members)>(); };

/// Whether the line that was found for `T` is that of a base class. Only its spelling tells.
template <class T>
consteval bool inherits_its_line() {
    if constexpr (SpellsItsMembers<T>) {
        constexpr auto* line = static_cast<void (*)(T&, MembersProbe&&)>(&T::members);
        constexpr std::string_view spelled = name_of_function<line>();
        if constexpr (is_plainly_of(spelled, full_type_name<T>())) {
            return false;
        } else {
            constexpr std::string_view owner = class_of_members(spelled);
            return !owner.empty() && !is_same_name(owner, full_type_name<T>());
        }
    } else {
        return false;
    }
}
/// As `AnyBase`, but not to an empty one, which has no members of its own to name.
template <class T>
struct AnyFullBase {
    template <class U>
        requires(std::is_base_of_v<U, T> && !std::is_same_v<std::remove_cv_t<U>, T> &&
                 !std::is_empty_v<U>)
    operator U() const noexcept;
};
/// Whether a `T` may have members that an inherited line does not name. What has constructors may.
template <class T>
consteval bool may_add_members() {
    if constexpr (!std::is_aggregate_v<T>)
        return true;
    else if constexpr (requires { T{AnyFullBase<T>{}}; })
        return requires { T{AnyFullBase<T>{}, AnyField{}}; } ||
               requires { T{AnyFullBase<T>{}, {}}; };
    else
        return requires { T{AnyBase<T>{}, AnyFullBase<T>{}}; };
}
template <class T, bool readable>
consteval bool lacks_its_own_line() {
    if constexpr (!readable || !WithMembers<T>)
        return false;
    else if constexpr (!may_add_members<T>())
        return false;
    else
        return inherits_its_line<T>();
}

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
    constexpr bool lacks = lacks_its_own_line<T, right && whole>();
    EVENTSOURCING_EXPLAIN(!lacks,
                          "a `members` of a base class does not name the members of this class; "
                          "give it its own `members` line, which may call the one of the base: "
                          "`static void members(auto& self, auto&& member) { Base::members(self, "
                          "member); member(\"x\", self.x); }`",
                          T);
    return right && whole && !lacks;
}

} // namespace eventsourcing::detail

#endif
