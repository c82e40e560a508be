// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_DECLARED_HPP
#define EVENTSOURCING_CODEC_JSON_DECLARED_HPP

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/fake_object.hpp>

#include <concepts>

namespace eventsourcing::detail {

template <class T>
concept DeclaresJson = requires {
    { json_form(fake_object<T>()) } -> std::same_as<Json>;
};

/// What is declared with the type, for it alone or for its family.
template <class T>
consteval Json declared_json() {
    if constexpr (DeclaresJson<T>)
        return json_form(fake_object<T>());
    else if constexpr (HasEventFamily<T>)
        return family_of<T>.json;
    else
        return Json::undeclared;
}

} // namespace eventsourcing::detail

#endif
