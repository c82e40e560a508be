// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_VARIANT_HPP
#define EVENTSOURCING_CODEC_FORMS_VARIANT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_names.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing::detail {

template <class T>
concept NamesItsTag = NamesText_json_name<T>;

/// Stops with the cure if `T` has a member of this name that is not read as its tag.
template <class T>
consteval bool check_json_name() {
    constexpr bool right = !Declares_json_name<T> || NamesItsTag<T>;
    EVENTSOURCING_EXPLAIN(right,
                          "`json_name` is declared in a form that the library does not read; "
                          "write, public: `static constexpr std::string_view json_name = "
                          "\"card\";` (or give this member another name)",
                          T);
    return right;
}

/// The name of an alternative in the JSON of a variant; empty if it has none.
template <class T>
constexpr std::string_view json_tag() {
    if constexpr (!check_json_name<T>())
        return {};
    else if constexpr (NamesItsTag<T>)
        return T::json_name;
    else
        return JsonFormOf<T>::template tag<T>();
}

template <class V>
struct VariantTags;

template <class... A>
struct VariantTags<std::variant<A...>> {
    static constexpr std::array<std::string_view, sizeof...(A)> names{
        json_tag<std::remove_const_t<A>>()...};

    static constexpr bool distinct = [] {
        for (std::size_t i = 0; i < names.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (names[i] == names[j])
                    return false;
        return true;
    }();
    static constexpr bool named = [] {
        for (const auto& name : names)
            if (name.empty())
                return false;
        return true;
    }();
};

/// Stops with the cure if the alternatives of a variant do not have different names.
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

/// std::variant: an object with one member, named for the alternative.
struct VariantForm : Form {
    template <class V>
    static bool write(JsonWriter& out, const V& value) {
        if constexpr (check_variant_tags<V>())
            return write_any(out, value, std::make_index_sequence<std::variant_size_v<V>>{});
        else
            return false;
    }
    template <class V>
    static bool read(JsonReader& in, V& value) {
        if constexpr (check_variant_tags<V>())
            return read_any(in, value, std::make_index_sequence<std::variant_size_v<V>>{});
        else
            return false;
    }

    template <class V>
    static std::string expected() {
        constexpr const auto& names = VariantTags<V>::names;
        return "an object with one member, " + listed_names(names.data(), names.size());
    }
    template <class V>
    static consteval auto parts() {
        return Alternatives<V>{};
    }
    template <class V>
    static consteval bool storable() {
        return VariantTags<V>::named && VariantTags<V>::distinct && can_be_blank(Alternatives<V>{});
    }

private:
    template <class... A>
    static consteval bool can_be_blank(TypeList<A...> /*alternatives*/) {
        return (CanBeBlank<A> && ...);
    }

    template <class V, std::size_t I>
    static bool write_alternative(JsonWriter& out, const V& variant) {
        using A = std::remove_const_t<std::variant_alternative_t<I, V>>;
        constexpr auto tag = VariantTags<V>::names[I];
        out.raw('{');
        if (!out.string(tag))
            return false;
        out.raw(':');
        if (!JsonFormOf<A>::write(out, *std::get_if<I>(&variant)))
            return out.in_member(tag);
        out.raw('}');
        return true;
    }
    template <class V, std::size_t... I>
    static bool write_any(JsonWriter& out, const V& variant, std::index_sequence<I...> /*tag*/) {
        using Write = bool (*)(JsonWriter&, const V&);
        static constexpr Write table[] = {&write_alternative<V, I>...};
        if (variant.valueless_by_exception())
            return out.fail("expected a variant with a value, got one that lost it to an "
                            "exception");
        if (!out.enter() || !table[variant.index()](out, variant))
            return false;
        out.leave();
        return true;
    }

    template <class V, std::size_t I>
    static bool read_alternative(JsonReader& in, V& variant) {
        using A = std::variant_alternative_t<I, V>;
        if constexpr (std::default_initializable<A>)
            return JsonFormOf<A>::read(in, variant.template emplace<I>());
        else
            return JsonFormOf<A>::read(in, variant.template emplace<I>(blank<A>()));
    }
    template <class V, std::size_t... I>
    static bool read_any(JsonReader& in, V& variant, std::index_sequence<I...> /*tag*/) {
        using Read = bool (*)(JsonReader&, V&);
        static constexpr Read table[] = {&read_alternative<V, I>...};
        constexpr const auto& tags = VariantTags<V>::names;
        if (in.next() != '{')
            return in.unexpected(expected<V>());
        JsonString name;
        if (!in.begin('{', "an object") || (in.next() == '}' && in.unexpected(expected<V>())) ||
            !in.member_name(name))
            return false;
        for (std::size_t i = 0; i < tags.size(); ++i)
            if (name.equals(tags[i]))
                return table[i](in, variant)
                           ? in.end('}') || in.unexpected("\"}\" after the one member")
                           : in.in_member(name);
        return in.unfit(expected<V>(), name);
    }
};

} // namespace eventsourcing::detail

#endif
