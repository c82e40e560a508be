// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_NAMES_HPP
#define EVENTSOURCING_CODEC_JSON_NAMES_HPP

#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/quoted.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace eventsourcing::detail {

/// `"a", "b" or "c"`, for messages.
inline std::string listed_names(const std::string_view* names, std::size_t count) {
    constexpr std::size_t limit = 20;
    std::string out;
    for (std::size_t i = 0; i < count && i < limit; ++i) {
        if (i != 0)
            out += i + 1 == count ? " or " : ", ";
        out += quoted(names[i]);
    }
    return count > limit ? out + ", ..." : out;
}

/// The enumerators of an enumeration without the gaps between them.
template <NamedEnum E>
struct Enumerators {
    static constexpr std::size_t count = [] {
        std::size_t named = 0;
        for (const auto& name : EnumNames<E>::names)
            named += name.empty() ? 0 : 1;
        return named;
    }();
    struct Table {
        std::array<std::string_view, count> names{};
        std::array<E, count> values{};
    };
    static constexpr Table table = [] {
        Table out;
        std::size_t at = 0;
        for (std::size_t i = 0; i < EnumNames<E>::count; ++i) {
            if (EnumNames<E>::names[i].empty())
                continue;
            out.names[at] = EnumNames<E>::names[i];
            out.values[at++] = static_cast<E>(static_cast<int>(i) + enum_first<E>);
        }
        return out;
    }();
};

template <class T>
concept NamesItsTag = requires {
    { T::json_name } -> std::convertible_to<std::string_view>;
};

/// The name of an alternative in the JSON of a variant; empty where it has none.
template <class T>
constexpr std::string_view json_tag() {
    if constexpr (NamesItsTag<T>) {
        return T::json_name;
    } else if constexpr (JsonInteger<T>) {
        constexpr bool is_signed = std::is_signed_v<T>;
        switch (sizeof(T)) {
        case 1:
            return is_signed ? "int8" : "uint8";
        case 2:
            return is_signed ? "int16" : "uint16";
        case 4:
            return is_signed ? "int32" : "uint32";
        default:
            return is_signed ? "int64" : "uint64";
        }
    } else if constexpr (StringLike<T>) {
        return "string";
    } else if constexpr (std::same_as<T, std::monostate>) {
        return "none";
    } else if constexpr (json_form_of<T> == JsonForm::json) {
        return "json";
    } else if constexpr (is_plain_identifier(type_name<T>())) {
        return SnakeName<T>::value;
    } else {
        return {};
    }
}

template <class V>
struct VariantTags;

template <class... A>
struct VariantTags<std::variant<A...>> {
    static constexpr std::array<std::string_view, sizeof...(A)> names{json_tag<A>()...};

    static constexpr bool distinct = [] {
        for (std::size_t i = 0; i < names.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (names[i] == names[j])
                    return false;
        return true;
    }();
    static constexpr bool named = (!json_tag<A>().empty() && ...);
};

/// Stops with the cure where the alternatives of a variant can't be told apart by their names.
template <class V>
consteval bool check_variant_tags() {
    constexpr bool named = VariantTags<V>::named;
    EVENTSOURCING_EXPLAIN(
        named,
        "an alternative of this variant has no name to stand in its JSON; give it "
        "`static constexpr std::string_view json_name = \"...\"`, or put it in a "
        "struct that has a name",
        V);
    constexpr bool distinct = !named || VariantTags<V>::distinct;
    EVENTSOURCING_EXPLAIN(distinct,
                          "two alternatives of this variant have one name in its JSON; give one of "
                          "them `static constexpr std::string_view json_name = \"...\"`, or put it "
                          "in a struct that has another name",
                          V);
    return named && distinct;
}

/// Stops with the cure where an enumeration shows no names.
template <class E>
consteval bool check_enumerators() {
    constexpr bool has_names = Enumerators<E>::count != 0;
    EVENTSOURCING_EXPLAIN(has_names,
                          "this enumeration has no enumerators from -16 to 239 (127 in a signed "
                          "byte), so its values have no names; store a number in a struct instead",
                          E);
    return has_names;
}

} // namespace eventsourcing::detail

#endif
