// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_VALUE_HPP
#define EVENTSOURCING_CODEC_FORMS_VALUE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/field_count.hpp>

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// What `T::json_value` returns for a `T` that is not const.
template <class T>
using JsonValueOf = std::remove_reference_t<decltype(T::json_value(std::declval<T&>()))>;

/// A class that is stored as the one value in it:
/// `static auto& json_value(auto& self) { return self.value; }`
template <class T>
concept WithJsonValue = requires(T& object, const T& constant) {
    requires !std::is_const_v<JsonValueOf<T>>;
    { T::json_value(object) } -> std::same_as<JsonValueOf<T>&>;
    { T::json_value(constant) } -> std::same_as<const JsonValueOf<T>&>;
};

/// Whether a `T` is no larger than its value makes it: that has room for no other.
template <class T>
consteval bool is_as_large_as_its_value() {
    using Value = JsonValueOf<T>;
    struct WithTable {
        void* table;
        Value value;
    };
    return sizeof(T) <= (std::is_polymorphic_v<T> ? sizeof(WithTable) : sizeof(Value));
}
/// A class with `json_value` that has other members, which would not be written. The value may be a
/// part of its only field, such as what is in an optional.
template <class T>
consteval bool has_other_values() {
    if constexpr (is_as_large_as_its_value<T>())
        return false;
    else if constexpr (PlainStruct<T>)
        return counted_fields<T> != 1;
    else
        return true;
}
template <class T>
concept HasOtherValues = std::is_class_v<T> && WithJsonValue<T> && has_other_values<T>();

/// A class with `json_value`: the form of that value, also as the key of a map.
struct ValueForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        return JsonFormOf<JsonValueOf<T>>::write(out, T::json_value(value));
    }
    template <class T>
    static bool write_no_null(JsonWriter& out, const T& value) {
        using Inner = JsonFormOf<JsonValueOf<T>>;
        if constexpr (requires { Inner::write_no_null(out, T::json_value(value)); })
            return Inner::write_no_null(out, T::json_value(value));
        else
            return Inner::write(out, T::json_value(value));
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        return JsonFormOf<JsonValueOf<T>>::read(in, T::json_value(value));
    }

    template <class T>
        requires requires(JsonWriter& out, const JsonValueOf<T>& key) {
            JsonFormOf<JsonValueOf<T>>::write_key(out, key);
        }
    static bool write_key(JsonWriter& out, const T& key) {
        return JsonFormOf<JsonValueOf<T>>::write_key(out, T::json_value(key));
    }
    template <class T>
        requires requires(JsonReader& in, const JsonString& name, JsonValueOf<T>& key) {
            JsonFormOf<JsonValueOf<T>>::read_key(in, name, key);
        }
    static bool read_key(JsonReader& in, const JsonString& name, T& key) {
        return JsonFormOf<JsonValueOf<T>>::read_key(in, name, T::json_value(key));
    }

    template <class T>
    static std::string expected() {
        return JsonFormOf<JsonValueOf<T>>::template expected<JsonValueOf<T>>();
    }
    template <class T>
    static consteval bool may_be_null() {
        return JsonFormOf<JsonValueOf<T>>::template may_be_null<JsonValueOf<T>>();
    }
    template <class T>
    static consteval bool may_be_missing() {
        return JsonFormOf<JsonValueOf<T>>::template may_be_missing<JsonValueOf<T>>();
    }
    template <class T>
    static consteval auto parts() {
        return TypeList<JsonValueOf<T>>{};
    }
    /// Other parts of its only field would keep their old values.
    template <class T>
    static consteval bool read_whole() {
        return sizeof(T) == sizeof(JsonValueOf<T>) &&
               JsonFormOf<JsonValueOf<T>>::template read_whole<JsonValueOf<T>>();
    }
};

} // namespace eventsourcing::detail

#endif
