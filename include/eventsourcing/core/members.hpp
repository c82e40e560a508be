// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_MEMBERS_HPP
#define EVENTSOURCING_CORE_MEMBERS_HPP

#include <string_view>

namespace eventsourcing::detail {

/// What `T::members` is asked with when only its existence matters.
struct MembersProbe {
    template <class V>
    void operator()(std::string_view name, V&& member) const;
};

/// A class that lists its members itself:
/// `static void members(auto& self, auto&& member) { member("hitpoints", self.hitpoints_); }`
template <class T>
concept WithMembers = requires(T& object) { T::members(object, MembersProbe{}); };

} // namespace eventsourcing::detail

#endif
