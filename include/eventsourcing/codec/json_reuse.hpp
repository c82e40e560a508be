// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_REUSE_HPP
#define EVENTSOURCING_CODEC_JSON_REUSE_HPP

#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/core/alternatives.hpp>

#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

template <class T>
consteval bool is_read_whole();

template <class... Fields>
consteval bool are_read_whole(TypeList<Fields...> /*fields*/) {
    return (is_read_whole<Fields>() && ...);
}

/// Whether reading a value replaces all of it, so that one that was read before can be read into
/// again, and its memory used again. What a `members` line leaves out, or a `from_json` of the
/// application, would stay.
template <class T>
consteval bool is_read_whole() {
    constexpr auto form = json_form_of<T>;
    if constexpr (form == JsonForm::fields)
        return are_read_whole(FieldTypes<T>{});
    else if constexpr (form == JsonForm::array)
        return is_read_whole<std::remove_cvref_t<decltype(std::declval<T&>()[0])>>();
    else // sequences, maps, optionals and variants make what is in them anew
        return form != JsonForm::members && form != JsonForm::own && form != JsonForm::json;
}

} // namespace eventsourcing::detail

#endif
