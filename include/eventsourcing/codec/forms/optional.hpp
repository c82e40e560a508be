// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_OPTIONAL_HPP
#define EVENTSOURCING_CODEC_FORMS_OPTIONAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/joined.hpp>

#include <concepts>
#include <string>
#include <type_traits>

namespace eventsourcing::detail {

template <class T>
concept OptionalLike = requires(T& value) {
    { value.has_value() } -> std::same_as<bool>;
    *value;
    value.reset();
};

/// Whether null is the empty optional only, and no value in it.
template <class T>
consteval bool null_is_none() {
    using Inner = std::remove_const_t<typename T::value_type>;
    return !JsonFormOf<Inner>::template may_be_null<Inner>();
}

/// Stops with the cure if null would be both the empty optional and a value in it.
template <class T>
consteval void check_optional() {
    constexpr bool clear = null_is_none<T>();
    EVENTSOURCING_EXPLAIN(clear,
                          "null would mean two things in an optional of a type that may be null "
                          "itself; use that type without the optional, or put it in a struct",
                          T);
}

/// std::optional: the value, or null. As a member it may be missing.
struct OptionalForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        using Inner = std::remove_const_t<typename T::value_type>;
        check_optional<T>();
        if (!value.has_value()) {
            out.raw("null");
            return true;
        }
        if constexpr (requires { JsonFormOf<Inner>::write_no_null(out, *value); })
            return JsonFormOf<Inner>::write_no_null(out, *value);
        else
            return JsonFormOf<Inner>::write(out, *value);
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        using Inner = typename T::value_type;
        check_optional<T>();
        if (in.next() == 'n' && in.take_null()) {
            value.reset();
            return true;
        }
        if constexpr (std::default_initializable<Inner>)
            return JsonFormOf<Inner>::read(in, value.emplace());
        else
            return JsonFormOf<Inner>::read(in, value.emplace(blank<Inner>()));
    }

    template <class T>
    static std::string expected() {
        using Inner = typename T::value_type;
        return joined({JsonFormOf<Inner>::template expected<Inner>(), " or null"});
    }
    template <class T>
    static consteval bool may_be_null() {
        return true;
    }
    template <class T>
    static consteval bool may_be_missing() {
        return true;
    }
    template <class T>
    static consteval auto parts() {
        return TypeList<typename T::value_type>{};
    }
    template <class T>
    static consteval bool storable() {
        return null_is_none<T>() && CanBeBlank<typename T::value_type>;
    }
};

} // namespace eventsourcing::detail

#endif
