// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_ENCODE_HPP
#define EVENTSOURCING_CODEC_JSON_ENCODE_HPP

#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/codec/json_names.hpp>
#include <eventsourcing/codec/json_nlohmann.hpp>
#include <eventsourcing/codec/json_writer.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/revision.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing {
class StreamNameView;
class Timestamp;
class Uuid;
} // namespace eventsourcing

namespace eventsourcing::detail {

template <class T>
bool write_json(JsonWriter& out, const T& value);

/// Writes one member of an object. Its call operator is instantiated for each type of members, not
/// for each struct: that is what keeps structs cheap to compile.
class MemberWriter {
public:
    /// Names from a `members` line may hold anything, names of fields are plain.
    MemberWriter(JsonWriter& out, bool plain_names)
        : out_(out),
          plain_names_(plain_names),
          ok_(out.enter()) {}

    template <class M>
    void operator()(std::string_view name, const M& member) {
        if (ok_)
            ok_ = write_name(name) && (write_json(out_, member) || out_.in_member(name));
    }
    bool end() {
        if (separator_ == '{')
            out_.raw('{');
        out_.raw('}');
        out_.leave();
        return ok_;
    }

private:
    bool write_name(std::string_view name) {
        const char separator = std::exchange(separator_, ',');
        if (plain_names_) {
            out_.plain_name(separator, name);
            return true;
        }
        out_.raw(separator);
        const bool ok = out_.string(name);
        out_.raw(':');
        return ok;
    }

    JsonWriter& out_;
    char separator_ = '{';
    bool plain_names_;
    bool ok_;
};

template <class E>
bool write_enumerator(JsonWriter& out, E value) {
    const auto name = enum_name(value);
    if (!name.empty())
        return out.string(name);
    // widened: a char would be printed as a letter, and a byte as nothing
    using Number = std::underlying_type_t<E>;
    const auto number = std::is_signed_v<Number>
                            ? std::to_string(static_cast<long long>(value))
                            : std::to_string(static_cast<unsigned long long>(value));
    return out.fail("expected an enumerator of " + std::string(type_name<E>()) + " from " +
                    std::to_string(enum_first<E>) + " to " + std::to_string(enum_last<E>) +
                    ", got " + number);
}

/// The text that a type makes of itself.
template <TextForm T>
bool write_text(JsonWriter& out, const T& value) {
    if constexpr (std::same_as<T, Uuid> || std::same_as<T, Timestamp>) { // without a string
        char text[T::text_size];
        return out.string({text, static_cast<std::size_t>(value.to_chars(text) - text)});
    } else if constexpr (std::same_as<T, StreamNameView>) {
        return out.string(value.view());
    } else if constexpr (requires { value.to_string(); }) {
        return out.guard("to_string", [&] { return out.string(value.to_string()); });
    } else {
        return out.guard("str", [&] { return out.string(value.str()); });
    }
}

template <class Key>
bool write_key(JsonWriter& out, const Key& key) {
    constexpr auto form = json_form_of<Key>;
    if constexpr (form == JsonForm::string) {
        return out.string(key);
    } else if constexpr (form == JsonForm::text) {
        return write_text(out, key);
    } else if constexpr (form == JsonForm::enumerator) {
        return write_enumerator(out, key);
    } else if constexpr (form == JsonForm::integer) {
        out.raw('"');
        out.integer(key);
        out.raw('"');
        return true;
    } else {
        EVENTSOURCING_EXPLAIN(
            false,
            "the keys of a map must be strings, integers or enumerators to be the "
            "names of JSON members; use a vector of structs instead",
            Key);
        return false;
    }
}

/// A key as the name of a member, for messages.
template <class Key>
std::string key_text(const Key& key) {
    std::string text;
    JsonWriter out(text);
    static_cast<void>(write_key(out, key));
    out.finish();
    return text.substr(1, text.size() - 2);
}

template <class Map>
bool write_map(JsonWriter& out, const Map& map) {
    if (!out.enter())
        return false;
    char separator = '{';
    for (const auto& [key, value] : map) {
        out.raw(std::exchange(separator, ','));
        if (!write_key(out, key))
            return false;
        out.raw(':');
        if (!write_json(out, value))
            return out.in_member(key_text(key));
    }
    if (separator == '{')
        out.raw('{');
    out.raw('}');
    out.leave();
    return true;
}

template <class Range>
bool write_array(JsonWriter& out, const Range& range) {
    if (!out.enter())
        return false;
    out.raw('[');
    std::size_t i = 0;
    for (const auto& element : range) {
        if (i != 0)
            out.raw(',');
        if (!write_json(out, element))
            return out.in_element(i);
        ++i;
    }
    out.raw(']');
    out.leave();
    return true;
}

template <class V, std::size_t I>
bool write_alternative(JsonWriter& out, const V& variant) {
    constexpr auto tag = VariantTags<V>::names[I];
    out.raw('{');
    if (!out.string(tag))
        return false;
    out.raw(':');
    if (!write_json(out, *std::get_if<I>(&variant)))
        return out.in_member(tag);
    out.raw('}');
    return true;
}

template <class V, std::size_t... I>
bool write_variant(JsonWriter& out, const V& variant, std::index_sequence<I...> /*tag*/) {
    using Write = bool (*)(JsonWriter&, const V&);
    static constexpr Write table[] = {&write_alternative<V, I>...};
    if (variant.valueless_by_exception())
        return out.fail("expected a variant with a value, got one that lost it to an exception");
    if (!out.enter() || !table[variant.index()](out, variant))
        return false;
    out.leave();
    return true;
}

/// Writes a struct member by member.
template <class T>
[[gnu::always_inline]] inline bool write_members(JsonWriter& out, const T& value,
                                                 bool plain_names) {
    MemberWriter member(out, plain_names);
    for_each_member(value, member);
    return member.end();
}

/// As `write_json`, without a function for a struct.
template <class T>
[[gnu::always_inline]] inline bool write_value(JsonWriter& out, const T& value) {
    if constexpr (json_form_of<T> == JsonForm::fields)
        return write_members(out, value, true);
    else
        return write_json(out, value);
}

template <class T>
bool write_json(JsonWriter& out, const T& value) {
    constexpr auto form = json_form_of<T>;
    if constexpr (!check_json_form<T>()) {
        return false;
    } else if constexpr (form == JsonForm::boolean) {
        out.raw(value ? std::string_view("true") : std::string_view("false"));
        return true;
    } else if constexpr (form == JsonForm::integer) {
        out.integer(value);
        return true;
    } else if constexpr (form == JsonForm::floating) {
        return out.floating(value);
    } else if constexpr (form == JsonForm::string) {
        return out.string(value);
    } else if constexpr (form == JsonForm::null) {
        out.raw("null");
        return true;
    } else if constexpr (form == JsonForm::json) {
        return write_dom(out, value);
    } else if constexpr (form == JsonForm::number) {
        out.integer(value.value());
        return true;
    } else if constexpr (form == JsonForm::position) {
        const std::uint64_t both[] = {value.value(), value.prepare()};
        return both[1] == 0 ? write_json(out, both[0]) : write_json(out, both);
    } else if constexpr (form == JsonForm::own) {
        return write_own(out, value);
    } else if constexpr (form == JsonForm::enumerator) {
        if constexpr (check_enumerators<T>())
            return write_enumerator(out, value);
        else
            return false;
    } else if constexpr (form == JsonForm::text) {
        return write_text(out, value);
    } else if constexpr (form == JsonForm::members || form == JsonForm::fields) {
        return write_members(out, value, form == JsonForm::fields);
    } else if constexpr (form == JsonForm::optional) {
        if (value.has_value())
            return write_json(out, *value);
        out.raw("null");
        return true;
    } else if constexpr (form == JsonForm::variant) {
        if constexpr (check_variant_tags<T>())
            return write_variant(out, value, std::make_index_sequence<std::variant_size_v<T>>{});
        else
            return false;
    } else if constexpr (form == JsonForm::map) {
        return write_map(out, value);
    } else {
        return write_array(out, value);
    }
}

} // namespace eventsourcing::detail

#endif
