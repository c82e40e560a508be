// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FORMS_MAP_HPP
#define EVENTSOURCING_CODEC_FORMS_MAP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/forms/form.hpp>
#include <eventsourcing/codec/forms/sequence.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/explain.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

template <class T>
concept MapLike = Iterable<T> && requires {
    typename T::key_type;
    typename T::mapped_type;
};

/// What may be the name of a member.
template <class Key>
concept WritesKey =
    requires(JsonWriter& out, const Key& key) { JsonFormOf<Key>::write_key(out, key); };
template <class Key>
concept ReadsKey = requires(JsonReader& in, const JsonString& name, Key& key) {
    JsonFormOf<Key>::read_key(in, name, key);
};
/// A map, and not a multimap.
template <class T>
concept HoldsKeysOnce =
    requires(T& map, typename T::key_type key) { map.try_emplace(std::move(key)); };

/// Stops with the cure if values of type `Key` can't be the names of members.
template <class Key>
consteval bool check_key() {
    EVENTSOURCING_EXPLAIN(WritesKey<Key>,
                          "the keys of a map must be strings, integers or enumerators, or types "
                          "that are stored as these, to be the names of JSON members; use a vector "
                          "of structs instead",
                          Key);
    return WritesKey<Key>;
}

template <class Key>
bool write_key(JsonWriter& out, const Key& key) {
    if constexpr (check_key<Key>())
        return JsonFormOf<Key>::write_key(out, key);
    else
        return false;
}

/// Reads the key of a map from the name of a member.
template <class Key>
bool read_key(JsonReader& in, const JsonString& name, Key& key) {
    if constexpr (check_key<Key>())
        return JsonFormOf<Key>::read_key(in, name, key);
    else
        return false;
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

/// Maps: an object, with the keys as names.
struct MapForm : Form {
    template <class T>
    static bool write(JsonWriter& out, const T& map);
    template <class T>
    static bool read(JsonReader& in, T& map);

    template <class T>
    static std::string expected() {
        return "an object";
    }
    template <class T>
    static consteval auto parts() {
        return TypeList<typename T::key_type, typename T::mapped_type>{};
    }
    template <class T>
    static consteval bool storable() {
        using Key = typename T::key_type;
        return HoldsKeysOnce<T> && WritesKey<Key> && ReadsKey<Key> && CanBeBlank<Key> &&
               CanBeBlank<typename T::mapped_type>;
    }
};

template <class T>
bool MapForm::write(JsonWriter& out, const T& map) {
    EVENTSOURCING_EXPLAIN(HoldsKeysOnce<T>,
                          "a multimap has no JSON form, as the names of a JSON object are "
                          "distinct; use a map of vectors",
                          T);
    if (!out.enter())
        return false;
    char separator = '{';
    constexpr bool to_compare = !differs_in_text<typename T::key_type>;
    [[maybe_unused]] TextsSeen<to_compare> seen;
    for (const auto& [key, value] : map) {
        out.raw(std::exchange(separator, ','));
        if (!write_key(out, key))
            return false;
        if constexpr (to_compare)
            if (!seen.add(key_text(key))) {
                out.fail("two keys of the map have this text; expected a text of its own for each");
                return out.in_member(key_text(key));
            }
        out.raw(':');
        if (!JsonFormOf<std::remove_cvref_t<decltype(value)>>::write(out, value))
            return out.in_member(key_text(key));
    }
    if (separator == '{')
        out.raw('{');
    out.raw('}');
    out.leave();
    return true;
}

template <class T>
bool MapForm::read(JsonReader& in, T& map) {
    if constexpr (!HoldsKeysOnce<T>) {
        EVENTSOURCING_EXPLAIN(false,
                              "a multimap can't be decoded, as the names of a JSON object are "
                              "distinct; use a map of vectors",
                              T);
        return false;
    } else {
        using Mapped = typename T::mapped_type;
        if (!in.begin('{', "an object"))
            return false;
        map.clear();
        for (bool first = true; in.more(first, '}'); first = false) {
            JsonString name;
            auto key = blank<typename T::key_type>();
            if (!in.member_name(name) || !read_key(in, name, key))
                return false;
            const auto [place, inserted] = [&] {
                if constexpr (std::default_initializable<Mapped>)
                    return map.try_emplace(std::move(key));
                else
                    return map.try_emplace(std::move(key), blank<Mapped>());
            }();
            if (!inserted)
                return in.twice(name);
            if (!JsonFormOf<Mapped>::read(in, place->second))
                return in.in_member(name);
        }
        return !in.failed();
    }
}

} // namespace eventsourcing::detail

#endif
