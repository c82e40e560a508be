// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_FORM_HPP
#define EVENTSOURCING_CODEC_FORMS_FORM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_reader.hpp>
#include <eventsourcing/codec/json_writer.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <string_view>

namespace eventsourcing::detail {

/// Chooses the form of a type; see `json_form.hpp`.
template <class T>
consteval auto find_form();

/// The form of a type: what writes it as JSON and reads it back.
///
/// A form is a class with these static functions; those in the last group have a default in `Form`:
///
///     bool write(JsonWriter& out, const T& value)
///     bool read(JsonReader& in, T& value)
///     template <class T> std::string expected()      what `read` expects, for messages
///
///     bool write_key(JsonWriter& out, const T& key)                       if it may be the key of
///     bool read_key(JsonReader& in, const JsonString& name, T& key)       a map
///
///     bool write_no_null(JsonWriter& out, const T& value)     if only the value tells that it is
///                                                             no null
///
///     template <class T> consteval bool may_be_null()
///     template <class T> consteval bool may_be_missing()
///     template <class T> consteval bool read_whole()
///     template <class T> constexpr std::string_view tag()
///
///     template <class T> consteval auto parts()
///     template <class T> consteval bool storable()
template <class T>
using JsonFormOf = decltype(find_form<T>());

/// What most forms have in common.
struct Form {
    /// Whether null is a value: an optional could not distinguish it from no value.
    template <class T>
    static consteval bool may_be_null() {
        return false;
    }
    /// Whether a member may be missing when it is read; it keeps its default then.
    template <class T>
    static consteval bool may_be_missing() {
        return false;
    }
    /// Whether reading a value replaces all of it, so that an old value can be read into again and
    /// its memory is used again.
    template <class T>
    static consteval bool read_whole() {
        return true;
    }
    /// The name of `T` as an alternative of a variant; empty if it has none.
    template <class T>
    static constexpr std::string_view tag() {
        if constexpr (is_plain_identifier(type_name<T>()))
            return SnakeName<T>::value;
        else
            return {};
    }
    /// The types inside a value, whose own forms write and read them: a `TypeList`. Asked only of
    /// what is `storable`.
    template <class T>
    static consteval auto parts() {
        return TypeList<>{};
    }
    /// Whether a value can be written and read back, if its parts can: a false one does not stop
    /// the compiler, as `write` or `read` would.
    template <class T>
    static consteval bool storable() {
        return true;
    }
};

} // namespace eventsourcing::detail

#endif
