// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_ENUMERATION_HPP
#define EVENTSOURCING_CODEC_FORMS_ENUMERATION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_names.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing::detail {

/// The enumerators of an enumeration, in the order of their values.
template <NamedEnum E>
using Enumerators = EnumTable<E>;

/// Stops with the cure if an enumeration has no names.
template <class E>
consteval bool check_enumerators() {
    constexpr bool has_names = Enumerators<E>::count != 0;
    constexpr bool of_std = full_type_name<E>().starts_with("std::");
    EVENTSOURCING_EXPLAIN(has_names || !of_std,
                          "this enumeration of the standard library has no enumerators, so its "
                          "values have no names; use a number: for std::byte, std::uint8_t",
                          E);
    EVENTSOURCING_EXPLAIN(has_names || of_std,
                          "this enumeration has no enumerators from -16 to 239 (or in its "
                          "enum_range), so its values have no names; declare `consteval "
                          "es::EnumRange enum_range(const E&) { return {.first = 0, .last = "
                          "1000}; }` next to it, or store a number in a struct",
                          E);
    return has_names;
}

/// Enumerations: a string, the name of the enumerator.
struct EnumerationForm : Form {
    template <class E>
    static bool write(JsonWriter& out, const E& value);
    template <class E>
    static bool read(JsonReader& in, E& value);

    template <class E>
    static bool write_key(JsonWriter& out, const E& key) {
        return write(out, key);
    }
    template <class E>
    static bool read_key(JsonReader& in, const JsonString& name, E& key) {
        return find(name, key) || in.unfit("a member named " + expected<E>(), name);
    }

    template <class E>
    static std::string expected() {
        constexpr const auto& names = Enumerators<E>::table.names;
        return (names.size() == 1 ? "" : "one of ") + listed_names(names.data(), names.size());
    }
    template <class E>
    static consteval bool storable() {
        return Enumerators<E>::count != 0;
    }

private:
    template <class E>
    static bool find(const JsonString& name, E& value) {
        constexpr const auto& table = Enumerators<E>::table;
        for (std::size_t i = 0; i < table.names.size(); ++i) {
            if (name.equals(table.names[i])) {
                value = table.values[i];
                return true;
            }
        }
        return false;
    }
};

template <class E>
bool EnumerationForm::write(JsonWriter& out, const E& value) {
    if constexpr (check_enumerators<E>()) {
        const auto name = enum_name(value);
        if (!name.empty())
            return out.string(name);
        // widened: a char would be printed as a letter, and a byte as nothing
        using Number = std::underlying_type_t<E>;
        const auto number = std::is_signed_v<Number>
                                ? std::to_string(static_cast<long long>(value))
                                : std::to_string(static_cast<unsigned long long>(value));
        // beyond 2^63 - 1, which no enum_range reaches, an unsigned value is negative as an int64
        const bool reachable = std::is_signed_v<Number> || static_cast<std::int64_t>(value) >= 0;
        return out.fail("expected an enumerator of " + std::string(type_name<E>()) + " from " +
                        std::to_string(enum_first<E>) + " to " + std::to_string(enum_last<E>) +
                        ", got " + number +
                        (enum_in_range(value) || !reachable ? "" : "; declare a wider enum_range"));
    } else {
        return false;
    }
}

template <class E>
bool EnumerationForm::read(JsonReader& in, E& value) {
    if constexpr (check_enumerators<E>()) {
        if (in.next() != '"')
            return in.unexpected(expected<E>());
        JsonString name;
        return in.string(name, "a string") && (find(name, value) || in.unfit(expected<E>(), name));
    } else {
        return false;
    }
}

} // namespace eventsourcing::detail

#endif
