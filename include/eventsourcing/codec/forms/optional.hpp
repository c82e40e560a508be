// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_OPTIONAL_HPP
#define EVENTSOURCING_CODEC_FORMS_OPTIONAL_HPP

#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_blank.hpp>
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

/// std::optional: the value, or null. As a member it may be missing.
struct OptionalForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& value) {
        if (value.has_value())
            return JsonFormOf<std::remove_cvref_t<decltype(*value)>>::write(out, *value);
        out.raw("null");
        return true;
    }
    template <class T>
    static bool read(JsonReader& in, T& value) {
        using Inner = typename T::value_type;
        constexpr bool nested = std::same_as<JsonFormOf<Inner>, OptionalForm>;
        EVENTSOURCING_EXPLAIN(!nested,
                              "null could mean two things in an optional of an optional; put the "
                              "inner one in a struct",
                              T);
        if (in.next() == 'n' && in.take_null()) {
            value.reset();
            return true;
        }
        if constexpr (std::default_initializable<Inner>)
            return JsonFormOf<Inner>::read(in, value.emplace());
        else
            return JsonFormOf<Inner>::read(in, value.emplace(blank<Inner>()));
    }
    /// What is done where the member is missing.
    template <class T>
    static void read_missing(T& value) {
        value.reset();
    }

    template <class T>
    static std::string expected() {
        using Inner = typename T::value_type;
        return joined({JsonFormOf<Inner>::template expected<Inner>(), " or null"});
    }
};

} // namespace eventsourcing::detail

#endif
