// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_DECLARED_HPP
#define EVENTSOURCING_CODEC_JSON_DECLARED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/fake_object.hpp>

#include <concepts>

namespace eventsourcing::detail {

/// There is a function of this name for `T`, in any form.
template <class T>
concept FindsJsonForm = requires { json_form(fake_object<T>()); } ||
                        requires(OtherForms<T> other) { json_form(other); };

template <class T>
concept DeclaresJson = FindsJsonForm<T> && requires {
    { json_form(fake_object<T>()) } -> std::same_as<Json>;
    typename Constant<Json, json_form(fake_object<T>())>;
};

/// Stops with the cure if the form of `T` is not declared as the library reads it.
template <class T>
consteval bool check_declared_json() {
    constexpr bool right = !FindsJsonForm<T> || DeclaresJson<T>;
    EVENTSOURCING_EXPLAIN(right,
                          "json_form is declared in a form that the library does not read; write: "
                          "`consteval es::Json json_form(const T&) { return es::Json::own; }` "
                          "next to this type",
                          T);
    return right && check_event_family<T>();
}

/// The declaration next to the type, for it alone or for its family.
template <class T>
consteval Json declared_json() {
    if constexpr (!check_declared_json<T>())
        return Json::undeclared;
    else if constexpr (DeclaresJson<T>)
        return json_form(fake_object<T>());
    else if constexpr (HasEventFamily<T>)
        return family_of<T>.json;
    else
        return Json::undeclared;
}

} // namespace eventsourcing::detail

#endif
