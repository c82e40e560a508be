// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_NAMED_HPP
#define EVENTSOURCING_TOOL_TYPED_NAMED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace eventsourcing::detail::tool {

/// What people call a type: its own name, or that in snake_case.
template <class T>
bool is_named(std::string_view name) {
    return name == bare_name<T>() || name == std::string_view(SnakeName<T>::value);
}

/// Their own names.
template <class... Ts>
std::vector<std::string> names_of(TypeList<Ts...> /*types*/) {
    return {std::string(bare_name<Ts>())...};
}

/// Calls `f(std::type_identity<T>)` for the type of this name, or for each of them if there is no
/// name. Where none has it, the error lists those that there are. `what` is "aggregate".
template <class... Ts, class F>
Result<void> for_named(TypeList<Ts...> /*types*/, std::string_view what, std::string_view name,
                       F f) {
    bool found = name.empty();
    const auto call = [&]<class T>(std::type_identity<T> type) {
        if (!name.empty() && !is_named<T>(name))
            return;
        found = true;
        f(type);
    };
    (call(std::type_identity<Ts>{}), ...);
    if (found)
        return {};
    std::string list;
    for (const std::string& one : names_of(TypeList<Ts...>{}))
        list += joined({list.empty() ? "" : ", ", one});
    return Error(errc::invalid,
                 joined({"there is no ", what, " ", in_quotes(name), "; expected one of ", list}));
}

} // namespace eventsourcing::detail::tool

#endif
