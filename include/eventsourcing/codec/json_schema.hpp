// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_SCHEMA_HPP
#define EVENTSOURCING_CODEC_JSON_SCHEMA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/codec/json_writer.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/percent.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

/// The text of a schema, and where in it the next part goes, as a URI fragment.
class JsonSchemaOut {
public:
    void raw(std::string_view text) { text_ += text; }
    void quoted(std::string_view text) {
        JsonWriter out(text_);
        static_cast<void>(out.string(text));
        out.finish();
    }
    /// `"name":`, with a comma before it if it is not the first.
    void member(std::string_view name, bool first = false) {
        raw(first ? "" : ",");
        quoted(name);
        raw(":");
    }
    template <class Number>
    void number(Number value) {
        text_ += std::to_string(value);
    }

    /// Calls `part()` with the place moved on by `steps`.
    template <class Part>
    void at(std::initializer_list<std::string_view> steps, Part&& part) {
        const std::size_t before = place_.size();
        for (const std::string_view step : steps) {
            place_ += '/';
            for (const char c : step) // RFC 6901: first ~ and /, then as a URI
                append_percent_encoded(place_, c == '~'   ? std::string_view("~0")
                                               : c == '/' ? std::string_view("~1")
                                                          : std::string_view(&c, 1));
        }
        part();
        place_.resize(before);
    }

    /// The places of the structs around this one, the innermost last.
    std::vector<std::string> open{};
    [[nodiscard]] const std::string& place() const { return place_; }
    [[nodiscard]] std::string take() && { return std::move(text_); }

private:
    std::string text_{};
    std::string place_ = "#";
};

template <class T, class... Open>
void put_json_schema(JsonSchemaOut& out);

/// Writes the members of an object one by one.
template <class... Open>
class JsonSchemaMembers {
public:
    explicit JsonSchemaMembers(JsonSchemaOut& out) : out_(out) {
        out_.raw(R"("type":"object","properties":{)");
    }
    template <class M>
    void operator()(std::string_view name, const M& /*member*/) {
        add<std::remove_cv_t<M>>(name);
    }
    template <class M>
    void add(std::string_view name) {
        out_.member(name, first_);
        first_ = false;
        out_.at({"properties", name}, [this] { put_json_schema<M, Open...>(out_); });
        if (!JsonFormOf<M>::template may_be_missing<M>())
            required_.emplace_back(name);
    }
    void end() {
        out_.raw("}");
        if (required_.empty())
            return;
        out_.raw(",\"required\":[");
        for (std::size_t i = 0; i < required_.size(); ++i) {
            out_.raw(i == 0 ? "" : ",");
            out_.quoted(required_[i]);
        }
        out_.raw("]");
    }

private:
    JsonSchemaOut& out_;
    bool first_ = true;
    std::vector<std::string> required_{};
};

/// A struct, without the braces around it.
template <class T, class... Open>
void put_schema_of_struct(JsonSchemaOut& out) {
    JsonSchemaMembers<T, Open...> members(out);
    out.open.push_back(out.place());
    if constexpr (std::same_as<JsonFormOf<T>, MembersForm>) {
        const T object = blank<T>(); // what it names may depend on values, which are not known
        T::members(object, members);
    } else {
        [&]<class... Fields>(TypeList<Fields...> /*fields*/) {
            [[maybe_unused]] std::size_t i = 0;
            (members.template add<Fields>(field_names<T>[i++]), ...);
        }(FieldTypes<T>{});
    }
    out.open.pop_back();
    members.end();
}

template <class V, class... Open>
void put_schema_of_variant(JsonSchemaOut& out) {
    out.raw(R"("oneOf":[)");
    std::size_t i = 0;
    const auto add = [&]<class A>(TypeList<A> /*alternative*/) {
        const std::string_view tag = VariantTags<V>::names[i];
        out.raw(i == 0 ? "" : ",");
        out.raw(R"({"type":"object","properties":{)");
        out.member(tag, true);
        out.at({"oneOf", std::to_string(i), "properties", tag},
               [&out] { put_json_schema<A, Open...>(out); });
        out.raw(R"(},"required":[)");
        out.quoted(tag);
        out.raw(R"(],"additionalProperties":false})");
        ++i;
    };
    [&add]<class... A>(TypeList<A...> /*alternatives*/) {
        (add(TypeList<std::remove_const_t<A>>{}), ...);
    }(Alternatives<V>{});
    out.raw("]");
}

template <class T>
consteval void explain_no_schema() {
    EVENTSOURCING_EXPLAIN(false,
                          "this JSON form has no schema; give it a branch in codec/json_schema.hpp",
                          JsonFormOf<T>, T);
}

/// What the names of the members of a map are.
template <class Key>
void put_schema_of_key(JsonSchemaOut& out) {
    using F = JsonFormOf<Key>;
    if constexpr (std::same_as<F, ValueForm>)
        put_schema_of_key<JsonValueOf<Key>>(out);
    else if constexpr (std::same_as<F, DurationForm>)
        put_schema_of_key<typename Key::rep>(out);
    else if constexpr (std::same_as<F, IntegerForm>)
        out.raw(R"(,"propertyNames":{"pattern":"^-?(0|[1-9][0-9]*)$"})");
    else if constexpr (std::same_as<F, EnumerationForm>) {
        out.raw(R"(,"propertyNames":)");
        put_json_schema<Key>(out);
    } else if constexpr (!std::same_as<F, StringForm> && !std::same_as<F, TextForm> &&
                         !std::same_as<F, PathForm>) { // any string
        explain_no_schema<Key>();
    }
}

template <class T, class... Open>
void put_schema_of_list(JsonSchemaOut& out) {
    using F = JsonFormOf<T>;
    out.raw(R"("type":"array")");
    if constexpr (std::same_as<F, TupleForm>) {
        constexpr std::size_t size = std::tuple_size_v<T>;
        if constexpr (size != 0) {
            out.raw(R"(,"prefixItems":[)");
            std::size_t i = 0;
            const auto add = [&]<class E>(TypeList<E> /*element*/) {
                out.raw(i == 0 ? "" : ",");
                out.at({"prefixItems", std::to_string(i)},
                       [&out] { put_json_schema<E, Open...>(out); });
                ++i;
            };
            [&add]<class... E>(TypeList<E...> /*elements*/) {
                (add(TypeList<E>{}), ...);
            }(F::template parts<T>());
            out.raw("]");
        }
        out.raw(R"(,"items":false,"minItems":)");
        out.number(size);
    } else {
        out.raw(R"(,"items":)");
        [&out]<class E>(TypeList<E> /*element*/) {
            out.at({"items"}, [&out] { put_json_schema<E, Open...>(out); });
        }(F::template parts<T>());
        if constexpr (std::same_as<F, ArrayForm>) {
            out.raw(R"(,"minItems":)");
            out.number(array_size<T>());
            out.raw(R"(,"maxItems":)");
            out.number(array_size<T>());
        } else if constexpr (HoldsElementsOnce<T>) {
            out.raw(R"(,"uniqueItems":true)");
        }
    }
}

template <class T>
void put_schema_of_integer(JsonSchemaOut& out) {
    out.raw(R"("type":"integer","minimum":)");
    out.number(std::numeric_limits<T>::min());
    out.raw(R"(,"maximum":)");
    out.number(std::numeric_limits<T>::max());
}

/// The keywords for a `T`, without braces.
template <class T, class... Open>
void put_schema_keywords(JsonSchemaOut& out) {
    using F = JsonFormOf<T>;
    if constexpr (std::same_as<F, BooleanForm>)
        out.raw(R"("type":"boolean")");
    else if constexpr (std::same_as<F, IntegerForm>)
        put_schema_of_integer<T>(out);
    else if constexpr (std::same_as<F, RevisionForm>)
        put_schema_of_integer<std::uint64_t>(out);
    else if constexpr (std::same_as<F, FloatingForm>)
        out.raw(R"("type":"number")");
    else if constexpr (std::same_as<F, NullForm>)
        out.raw(R"("type":"null")");
    else if constexpr (std::same_as<F, StringForm> || std::same_as<F, PathForm>)
        out.raw(R"("type":"string")");
    else if constexpr (std::same_as<F, TimePointForm>)
        out.raw(R"("type":"string","format":"date-time")");
    else if constexpr (std::same_as<F, TextForm>) {
        constexpr std::string_view name = full_type_name<T>();
        out.raw(R"("type":"string")");
        if constexpr (name == "eventsourcing::Uuid")
            out.raw(R"(,"format":"uuid")");
        else if constexpr (name == "eventsourcing::Timestamp")
            out.raw(R"(,"format":"date-time")");
    } else if constexpr (std::same_as<F, EnumerationForm>) {
        out.raw(R"("enum":[)");
        const auto& names = Enumerators<T>::table.names;
        for (std::size_t i = 0; i < names.size(); ++i) {
            out.raw(i == 0 ? "" : ",");
            out.quoted(names[i]);
        }
        out.raw("]");
    } else if constexpr (std::same_as<F, PositionForm>) {
        out.raw(R"("oneOf":[{"type":"integer","minimum":0},{"type":"array","items":)"
                R"({"type":"integer","minimum":0},"minItems":2,"maxItems":2}])");
    } else if constexpr (std::same_as<F, OptionalForm>) {
        out.raw(R"("anyOf":[)");
        out.at({"anyOf", "0"}, [&out] {
            put_json_schema<std::remove_const_t<typename T::value_type>, Open...>(out);
        });
        out.raw(R"(,{"type":"null"}])");
    } else if constexpr (std::same_as<F, VariantForm>) {
        put_schema_of_variant<T, Open...>(out);
    } else if constexpr (std::same_as<F, MapForm>) {
        out.raw(R"("type":"object","additionalProperties":)");
        out.at({"additionalProperties"},
               [&out] { put_json_schema<typename T::mapped_type, Open...>(out); });
        put_schema_of_key<typename T::key_type>(out);
    } else if constexpr (std::same_as<F, ValueForm>) {
        put_schema_keywords<JsonValueOf<T>, Open...>(out);
    } else if constexpr (std::same_as<F, DurationForm>) {
        put_schema_keywords<typename T::rep, Open...>(out);
    } else if constexpr (std::same_as<F, FieldsForm> ||
                         (std::same_as<F, MembersForm> && MakesBlank<T>)) {
        put_schema_of_struct<T, Open...>(out);
    } else if constexpr (std::same_as<F, ArrayForm> || std::same_as<F, SequenceForm> ||
                         std::same_as<F, TupleForm>) {
        put_schema_of_list<T, Open...>(out);
    } else if constexpr (std::same_as<F, RefusedForm>) {
        explain_refusal<T>();
    } else if constexpr (std::same_as<F, OwnForm> || std::same_as<F, MembersForm> ||
                         std::same_as<F, DocumentForm>) {
        out.raw(R"("$comment":)"); // what it writes is known only when it writes
        out.quoted(std::string(bare_name<T>()) + " decides what it is");
    } else {
        explain_no_schema<T>();
    }
}

template <class T, class... Open>
void put_json_schema(JsonSchemaOut& out) {
    out.raw("{");
    if constexpr (constexpr auto up = levels_up<T, Open...>(); up != 0) {
        out.member("$ref", true);
        out.quoted(out.open[out.open.size() - static_cast<std::size_t>(up)]);
    } else {
        put_schema_keywords<T, Open...>(out);
    }
    out.raw("}");
}

/// The schema of the family as a place of schemas, in which each event has its own by type and
/// version.
template <class E>
std::string id_of_schema() {
    using Traits = EventTraits<E>;
    std::string id(Traits::event_schema); // an absolute URI, so without a fragment
    for (const std::string_view part : {Traits::event_type, Traits::event_type_version}) {
        id += id.ends_with('/') ? "" : "/";
        append_percent_encoded(id, part);
    }
    return id;
}

/// What names an event in its schema.
template <class E>
void put_schema_title(JsonSchemaOut& out) {
    out.raw(",");
    if constexpr (!EventTraits<E>::event_schema.empty()) {
        out.member("$id", true);
        out.quoted(id_of_schema<E>());
        out.raw(",");
    }
    out.member("title", true);
    out.quoted(EventTraits<E>::event_type);
    out.member("$comment");
    out.quoted("version " + std::string(EventTraits<E>::event_type_version));
}

} // namespace detail

/// The JSON Schema (draft 2020-12) of what `encode_json` writes for a `T`, in one line of text. For
/// an event (one struct, in today's form or an older one) it also has the type as `title`, the
/// version as `$comment`, and as `$id` the schema of its family with type and version after it.
///
/// It holds for all that is written. It is not as strict as reading: a set of structs with an order
/// of their own, UTF-8, the ranges of `float`, and what `parse` refuses can't be said. The members
/// of a type with a `members` line are those of an object without values; a type with its own
/// `to_json` may be anything. Members that are not named are allowed, as reading ignores them.
template <class T>
[[nodiscard]] std::string json_schema() {
    detail::JsonSchemaOut out;
    out.raw(R"({"$schema":"https://json-schema.org/draft/2020-12/schema")");
    if constexpr (Event<T>)
        detail::put_schema_title<T>(out);
    out.raw(",");
    detail::put_schema_keywords<T>(out);
    out.raw("}");
    return std::move(out).take();
}

} // namespace eventsourcing

#endif
