// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_DECODE_HPP
#define EVENTSOURCING_CODEC_JSON_DECODE_HPP

#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_expected.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/codec/json_names.hpp>
#include <eventsourcing/codec/json_nlohmann.hpp>
#include <eventsourcing/codec/json_number.hpp>
#include <eventsourcing/codec/json_object.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/revision.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing::detail {

template <class T>
bool read_json(JsonReader& in, T& value);

template <class M>
bool read_member(JsonReader& in, void* member) {
    return read_json(in, *static_cast<M*>(member));
}

/// What a member becomes that is not there: nothing, if it is an optional.
template <class M>
void reset_member(void* member) {
    static_cast<M*>(member)->reset();
}

template <class M>
constexpr JsonMemberType make_member_type() {
    if constexpr (json_form_of<M> == JsonForm::optional)
        return {&read_member<M>, &reset_member<M>, &expected_json<M>};
    else
        return {&read_member<M>, nullptr, &expected_json<M>};
}
template <class M>
inline constexpr JsonMemberType member_type = make_member_type<M>();

/// Reads members by comparing the name that is next with those of the object: in their order, which
/// is how this library writes them, and again from the start as long as that finds one. What is out
/// of the ordinary (unknown and missing members, duplicates, escapes in names) is left to
/// `JsonReader::read_rest`.
///
/// The members are visited while `again()`: in the last visit they are listed, where anything is
/// left. The call operator is instantiated for each type of members, not for each struct: that is
/// what keeps structs cheap to compile.
class MemberReader {
public:
    /// Names of fields are plain and stay the same, names from a `members` line may hold anything
    /// and depend on what was read.
    MemberReader(JsonReader& in, bool fields)
        : in_(in),
          next_(in.begin('{', "an object") ? in.peek_name(true) : nullptr),
          fields_(fields) {}

    template <class M>
    void operator()(std::string_view name, M& member) {
        const std::uint64_t bit = members_ < 64 ? std::uint64_t{1} << members_ : 0;
        ++members_;
        if (next_ == nullptr) {
            if constexpr (!std::is_const_v<M>) // or refused by read_json
                if (listing_)
                    in_.list_member(name, __builtin_addressof(member), member_type<M>,
                                    (bit & taken_) != 0);
            return;
        }
        if ((bit & ~taken_) == 0 || !(fields_ || is_plain(name)) || !in_.take_name(next_, name))
            return;
        if (!read_json(in_, member)) {
            in_.in_member(name);
            next_ = nullptr;
        } else {
            taken_ |= bit;
            next_ = in_.peek_name(false);
        }
    }
    /// Whether to visit the members again.
    bool again() {
        if (listing_ || in_.failed() || (all_taken() && (ended_ = in_.end('}'))))
            return false;
        if (next_ == nullptr || !fields_ || taken_ == taken_before_ || all_taken()) {
            next_ = nullptr;
            listing_ = true;
            listed_from_ = in_.listed_members();
        }
        taken_before_ = taken_;
        members_ = 0;
        return true;
    }
    /// Whether the object was read to its end.
    bool end() { return ended_ || (listing_ && in_.read_rest(listed_from_, taken_ == 0)); }

private:
    [[nodiscard]] bool all_taken() const {
        return members_ < 64 ? taken_ + 1 == std::uint64_t{1} << members_
                             : members_ == 64 && ~taken_ == 0;
    }
    static bool is_plain(std::string_view name) {
        const char* const end = name.data() + name.size();
        return skip_plain(name.data(), end) == end;
    }

    JsonReader& in_;
    const char* next_;        // the name of the next member; null when there is none, or a failure
    std::uint64_t taken_ = 0; // bit i: member i was, of the first 64
    std::uint64_t taken_before_ = 0;
    std::size_t listed_from_ = 0;
    unsigned members_ = 0;
    bool fields_;
    bool listing_ = false;
    bool ended_ = false;
};

template <class T>
bool parse_text(JsonReader& in, const JsonString& string, T& value) {
    return in.guard("parse", [&] {
        std::string buffer;
        auto parsed = T::parse(string.text(buffer));
        if (!parsed)
            return in.fail(parsed.error().message());
        value = *std::move(parsed);
        return true;
    });
}

template <class E>
bool find_enumerator(const JsonString& name, E& value) {
    constexpr const auto& table = Enumerators<E>::table;
    for (std::size_t i = 0; i < table.names.size(); ++i) {
        if (name.equals(table.names[i])) {
            value = table.values[i];
            return true;
        }
    }
    return false;
}

template <class E>
bool read_enumerator(JsonReader& in, E& value) {
    if (in.next() != '"')
        return in.unexpected(expected_enumerator<E>());
    JsonString name;
    return in.string(name, "a string") &&
           (find_enumerator(name, value) || in.unfit(expected_enumerator<E>(), name));
}

template <class Integer>
bool read_integer(JsonScanner& in, Integer& value) {
    std::uint64_t bits = 0;
    if (!in.integer(static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()),
                    std::is_signed_v<Integer>, bits, expected_integer<Integer>()))
        return false;
    value = static_cast<Integer>(bits);
    return true;
}

template <class Float>
bool read_floating(JsonReader& in, Float& value) {
    std::string_view text;
    if (!in.number(text, "a number"))
        return false;
    constexpr std::string_view range =
        sizeof(Float) == 8 ? "a number in the range of double" : "a number in the range of float";
    return parse_floating(text, value) || in.out_of_range(range, text);
}

/// The key of a map from the name of a member.
template <class Key>
bool read_key(JsonReader& in, const JsonString& name, Key& key) {
    constexpr auto form = json_form_of<Key>;
    if constexpr (form == JsonForm::string) {
        name.copy_to(key);
        return true;
    } else if constexpr (form == JsonForm::enumerator) {
        return find_enumerator(name, key) ||
               in.unfit("a member named " + expected_enumerator<Key>(), name);
    } else if constexpr (form == JsonForm::text) {
        return parse_text(in, name, key) || in.in_member(name);
    } else if constexpr (form == JsonForm::integer) {
        std::string buffer;
        const auto text = name.text(buffer);
        JsonScanner number(text);
        return (!text.empty() && !JsonScanner::is_space(text.front()) &&
                read_integer(number, key) && number.used_up()) ||
               in.unfit("a member named by " + std::string(expected_integer<Key>()), name);
    } else {
        EVENTSOURCING_EXPLAIN(
            false,
            "the keys of a map must be strings, integers or enumerators to be the "
            "names of JSON members; use a vector of structs instead",
            Key);
        return false;
    }
}

template <class Map>
bool read_map(JsonReader& in, Map& map) {
    if (!in.begin('{', "an object"))
        return false;
    map.clear();
    for (bool first = true; in.more(first, '}'); first = false) {
        JsonString name;
        auto key = blank<typename Map::key_type>();
        if (!in.member_name(name) || !read_key(in, name, key))
            return false;
        const auto [place, inserted] = [&] {
            if constexpr (std::default_initializable<typename Map::mapped_type>)
                return map.try_emplace(std::move(key));
            else
                return map.try_emplace(std::move(key), blank<typename Map::mapped_type>());
        }();
        if (!inserted)
            return in.twice(name);
        if (!read_json(in, place->second))
            return in.in_member(name);
    }
    return !in.failed();
}

template <class Range>
concept Growable = requires(Range& range, typename Range::value_type element) {
    range.clear();
    requires requires { range.push_back(std::move(element)); } ||
                 requires { range.insert(std::move(element)); };
};
template <class Range>
concept AppendsInPlace =
    std::default_initializable<typename Range::value_type> && requires(Range& range) {
        { range.emplace_back() } -> std::same_as<typename Range::value_type&>;
    };

/// Adds to a vector of bool, or to a set. False if an equal element is there and none may be.
template <class Range>
bool add_element(Range& range, typename Range::value_type&& element) {
    if constexpr (requires { range.push_back(std::move(element)); }) {
        range.push_back(std::move(element));
        return true;
    } else if constexpr (requires { range.insert(std::move(element)).second; }) {
        return range.insert(std::move(element)).second;
    } else {
        range.insert(std::move(element));
        return true;
    }
}

template <class Range>
bool read_sequence(JsonReader& in, Range& range) {
    if (!in.begin('[', "an array"))
        return false;
    range.clear();
    for (std::size_t i = 0; in.more(i == 0, ']'); ++i) {
        if constexpr (AppendsInPlace<Range>) {
            if (!read_json(in, range.emplace_back()))
                return in.in_element(i);
        } else {
            auto element = blank<typename Range::value_type>();
            if (!read_json(in, element))
                return in.in_element(i);
            if (!add_element(range, std::move(element))) {
                in.fail("equal to an element before it; expected no two equal elements in a set");
                return in.in_element(i);
            }
        }
    }
    return !in.failed();
}

template <class Array>
bool read_array(JsonReader& in, Array& array) {
    constexpr std::size_t size = array_size<Array>();
    if (in.next() != '[')
        return in.unexpected(expected_array(size));
    if (!in.begin('[', "an array"))
        return false;
    std::size_t i = 0;
    for (; in.more(i == 0, ']'); ++i) {
        if (i == size)
            return in.fail("expected " + expected_array(size) + ", got more");
        if (!read_json(in, array[i]))
            return in.in_element(i);
    }
    return !in.failed() && (i == size || in.fail("expected " + expected_array(size) + ", got " +
                                                 std::to_string(i)));
}

template <class V, std::size_t I>
bool read_alternative(JsonReader& in, V& variant) {
    using A = std::variant_alternative_t<I, V>;
    if constexpr (std::default_initializable<A>)
        return read_json(in, variant.template emplace<I>());
    else
        return read_json(in, variant.template emplace<I>(blank<A>()));
}

template <class V, std::size_t... I>
bool read_variant(JsonReader& in, V& variant, std::index_sequence<I...> /*tag*/) {
    using Read = bool (*)(JsonReader&, V&);
    static constexpr Read table[] = {&read_alternative<V, I>...};
    constexpr const auto& tags = VariantTags<V>::names;
    if (in.next() != '{')
        return in.unexpected(expected_variant<V>());
    JsonString name;
    if (!in.begin('{', "an object") || (in.next() == '}' && in.unexpected(expected_variant<V>())) ||
        !in.member_name(name))
        return false;
    for (std::size_t i = 0; i < tags.size(); ++i)
        if (name.equals(tags[i]))
            return table[i](in, variant)
                       ? in.end('}') || in.unexpected("\"}\" behind the one member")
                       : in.in_member(name);
    return in.unfit(expected_variant<V>(), name);
}

/// Reads a struct member by member.
template <class T>
[[gnu::always_inline]] inline bool read_members(JsonReader& in, T& value, bool fields) {
    MemberReader reader(in, fields);
    do
        for_each_member(value, reader);
    while (reader.again());
    return reader.end();
}

/// As `read_json`, without a function for a struct.
template <class T>
[[gnu::always_inline]] inline bool read_value(JsonReader& in, T& value) {
    if constexpr (json_form_of<T> == JsonForm::fields)
        return read_members(in, value, true);
    else
        return read_json(in, value);
}

template <class T>
bool read_json(JsonReader& in, T& value) {
    constexpr auto form = json_form_of<T>;
    if constexpr (std::is_const_v<T>) {
        EVENTSOURCING_EXPLAIN(false, "a const member cannot be decoded; leave the const away", T);
        return false;
    } else if constexpr (!check_json_form<T>()) {
        return false;
    } else if constexpr (form == JsonForm::boolean) {
        return in.boolean(value);
    } else if constexpr (form == JsonForm::integer) {
        return read_integer(in, value);
    } else if constexpr (form == JsonForm::floating) {
        return read_floating(in, value);
    } else if constexpr (form == JsonForm::string) {
        if constexpr (requires { value.resize(std::size_t{}); }) {
            JsonString string;
            if (!in.string(string, "a string"))
                return false;
            string.copy_to(value);
            return true;
        } else {
            EVENTSOURCING_EXPLAIN(
                false, "a string_view has no place for the text that is decoded; use std::string",
                T);
            return false;
        }
    } else if constexpr (form == JsonForm::null) {
        return in.take_null() || in.unexpected("null");
    } else if constexpr (form == JsonForm::json) {
        return read_dom(in, value);
    } else if constexpr (form == JsonForm::number) {
        std::uint64_t number = 0;
        if (!read_integer(in, number))
            return false;
        value = T{number};
        return true;
    } else if constexpr (form == JsonForm::position) {
        std::uint64_t both[2] = {0, 0};
        if (!(in.next() == '[' ? read_array(in, both) : read_integer(in, both[0])))
            return false;
        value = T{both[0], both[1]};
        return true;
    } else if constexpr (form == JsonForm::own) {
        return read_own(in, value);
    } else if constexpr (form == JsonForm::enumerator) {
        if constexpr (check_enumerators<T>())
            return read_enumerator(in, value);
        else
            return false;
    } else if constexpr (form == JsonForm::text) {
        if constexpr (std::same_as<T, StreamNameView>) {
            EVENTSOURCING_EXPLAIN(
                false, "a StreamNameView has no place for the text that is decoded; use StreamName",
                T);
            return false;
        } else {
            JsonString text;
            return in.string(text, "a string") && parse_text(in, text, value);
        }
    } else if constexpr (form == JsonForm::members || form == JsonForm::fields) {
        return read_members(in, value, form == JsonForm::fields);
    } else if constexpr (form == JsonForm::optional) {
        using Inner = typename T::value_type;
        EVENTSOURCING_EXPLAIN(json_form_of<Inner> != JsonForm::optional,
                              "null could mean two things in an optional of an optional; put the "
                              "inner one in a struct",
                              T);
        if (in.next() == 'n' && in.take_null()) {
            value.reset();
            return true;
        }
        if constexpr (std::default_initializable<Inner>)
            return read_json(in, value.emplace());
        else
            return read_json(in, value.emplace(blank<Inner>()));
    } else if constexpr (form == JsonForm::variant) {
        if constexpr (check_variant_tags<T>())
            return read_variant(in, value, std::make_index_sequence<std::variant_size_v<T>>{});
        else
            return false;
    } else if constexpr (form == JsonForm::map) {
        constexpr bool unique = requires { value.try_emplace(typename T::key_type{}); };
        EVENTSOURCING_EXPLAIN(unique,
                              "a multimap can't be decoded, as the names of a JSON object are "
                              "distinct; use a map of vectors",
                              T);
        if constexpr (unique)
            return read_map(in, value);
        else
            return false;
    } else if constexpr (form == JsonForm::array) {
        return read_array(in, value);
    } else {
        EVENTSOURCING_EXPLAIN(Growable<T>,
                              "no elements can be added to this range; use std::vector", T);
        if constexpr (Growable<T>)
            return read_sequence(in, value);
        else
            return false;
    }
}

} // namespace eventsourcing::detail

#endif
