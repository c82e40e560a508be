// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_LAYOUT_HPP
#define EVENTSOURCING_CODEC_LAYOUT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/reflect.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

// What a type is stored as, as text at compile time. It depends on what is stored only: names of
// structs and namespaces are not in it, nor anything that compilers spell differently.
//
//     bool int8..int64 uint8..uint64 float double text null json position
//     T?                     an optional
//     {name:T,name:T}        a struct of fields
//     <name|name>            an enumeration
//     (tag:T|tag:T)          a variant
//     [T] set[T] [T;3]       a sequence, a set, an array
//     [T,T,]                 a tuple
//     map[K,V]               a map
//     duration(T*1/1000)     a duration in that unit of seconds
//     time(1/1000)           a time point
//     text(Name)             a type with `parse`
//     own(Name 2)            a type with a `members` line or its own `to_json`, and its `layout`
//     ^2                     the struct two levels up, which holds itself
//
// A tag that is no identifier is in quotes.

namespace eventsourcing {

namespace detail {

/// What a layout is made of. `Derived` has `add(text)`, and says whether it `sees_members`: looks
/// into types with a `members` line, which is not possible at compile time.
template <class Derived>
class LayoutWriter {
public:
    constexpr Derived& put(std::string_view text) {
        self().add(text);
        return self();
    }
    constexpr Derived& put(std::int64_t number) {
        char digits[20]{};
        std::size_t at = sizeof(digits);
        auto rest = number < 0 ? 0 - static_cast<std::uint64_t>(number)
                               : static_cast<std::uint64_t>(number);
        do
            digits[--at] = static_cast<char>('0' + rest % 10);
        while ((rest /= 10) != 0);
        if (number < 0)
            put("-");
        return put(std::string_view(digits + at, sizeof(digits) - at));
    }
    constexpr Derived& put_name(std::string_view name) {
        if (is_plain_identifier(name))
            return put(name);
        put("\"");
        for (std::size_t i = 0; i < name.size(); ++i) {
            if (name[i] == '"' || name[i] == '\\')
                put("\\");
            put(name.substr(i, 1));
        }
        return put("\"");
    }

private:
    constexpr Derived& self() { return static_cast<Derived&>(*this); }
};

/// Text that is counted, and then written.
class LayoutOut : public LayoutWriter<LayoutOut> {
public:
    static constexpr bool sees_members = false;

    constexpr LayoutOut() = default;
    constexpr explicit LayoutOut(char* to) : to_(to), writes_(true) {}
    [[nodiscard]] constexpr std::size_t size() const { return size_; }

    constexpr void add(std::string_view text) {
        if (writes_)
            for (std::size_t i = 0; i < text.size(); ++i)
                to_[size_ + i] = text[i];
        size_ += text.size();
    }

private:
    char* to_ = nullptr;
    std::size_t size_ = 0;
    bool writes_ = false; // or only counts; no comparison with null, which is no constant
                          // expression for g++ with -fsanitize=undefined
};

/// The name of a type without the arguments of a template, which compilers spell differently.
template <class T>
constexpr std::string_view bare_name() {
    constexpr std::string_view name = type_name<T>();
    return name.substr(0, name.find('<'));
}

template <class T>
concept NamesItsLayout = !HasField_layout<T> && requires {
    requires std::integral<std::remove_cvref_t<decltype(T::layout)>>;
    typename Constant<std::int64_t, static_cast<std::int64_t>(T::layout)>;
};

template <class T>
consteval bool check_layout() {
    constexpr bool right = !Declares_layout<T> || NamesItsLayout<T>;
    EVENTSOURCING_EXPLAIN(right,
                          "`layout` is declared in a form that the library does not read; write, "
                          "public: `static constexpr int layout = 2;` (or give this member another "
                          "name)",
                          T);
    return right;
}

template <class T, class... Open, class Out>
constexpr void put_layout(Out& out);

struct NoNames {};

/// The parts one after the other, with `separator` between them, and if there are `names`, `name:`
/// before each.
template <class... Open, class Out, class Names, class... Parts>
constexpr void put_parts(Out& out, const Names& names, std::string_view separator,
                         TypeList<Parts...> /*parts*/) {
    [[maybe_unused]] std::size_t i = 0;
    [[maybe_unused]] const auto before = [&] {
        if (i != 0)
            out.put(separator);
        if constexpr (!std::is_same_v<Names, NoNames>)
            out.put_name(names[i]).put(":");
        ++i;
    };
    ((before(), put_layout<Parts, Open...>(out)), ...);
}

/// How many structs up `T` is among those that are open, from the innermost one; 0 if it is not.
template <class T, class... Open>
consteval std::int64_t levels_up() {
    std::int64_t up = 0;
    std::int64_t level = 0;
    ((++level, up = up == 0 && std::same_as<T, Open> ? level : up), ...);
    return up;
}

/// A form that holds other types; `Open` are the structs around it, the innermost first.
template <class T, class... Open, class Out>
constexpr void put_layout_of_parts(Out& out) {
    using F = JsonFormOf<T>;
    constexpr auto parts = F::template parts<T>();
    if constexpr (std::same_as<F, FieldsForm>) {
        out.put("{");
        put_parts<T, Open...>(out, field_names<T>, ",", parts);
        out.put("}");
    } else if constexpr (std::same_as<F, OptionalForm>) {
        put_parts<Open...>(out, NoNames{}, "", parts);
        out.put("?");
    } else if constexpr (std::same_as<F, VariantForm>) {
        out.put("(");
        put_parts<Open...>(out, VariantTags<T>::names, "|", parts);
        out.put(")");
    } else if constexpr (std::same_as<F, DurationForm>) {
        out.put("duration(");
        put_parts<Open...>(out, NoNames{}, "", parts);
        out.put("*").put(T::period::num).put("/").put(T::period::den).put(")");
    } else if constexpr (std::same_as<F, ValueForm>) {
        put_parts<Open...>(out, NoNames{}, "", parts);
    } else if constexpr (std::same_as<F, MapForm> || std::same_as<F, SequenceForm> ||
                         std::same_as<F, ArrayForm> || std::same_as<F, TupleForm>) {
        if constexpr (std::same_as<F, MapForm>)
            out.put("map");
        else if constexpr (HoldsElementsOnce<T>)
            out.put("set");
        out.put("[");
        put_parts<Open...>(out, NoNames{}, ",", parts);
        if constexpr (std::same_as<F, ArrayForm>)
            out.put(";").put(static_cast<std::int64_t>(array_size<T>()));
        else if constexpr (std::same_as<F, TupleForm>)
            out.put(",");
        out.put("]");
    } else {
        EVENTSOURCING_EXPLAIN(false,
                              "this JSON form has no layout, by which changes of stored types are "
                              "seen; give it a branch in codec/layout.hpp",
                              F, T);
    }
}

/// Writes the members that a `members` line names one by one.
template <class Out, class... Open>
class LayoutMembers {
public:
    explicit LayoutMembers(Out& out) : out_(out) {}

    template <class M>
    void operator()(std::string_view name, const M& /*member*/) {
        out_.put(first_ ? "" : ",").put_name(name).put(":");
        first_ = false;
        put_layout<M, Open...>(out_);
    }

private:
    Out& out_;
    bool first_ = true;
};
/// Those that it names for an object without values.
template <class T, class... Open, class Out>
void put_layout_of_members(Out& out) {
    const T object = blank<T>();
    out.put("{");
    T::members(object, LayoutMembers<Out, T, Open...>(out));
    out.put("}");
}

template <class T, class... Open, class Out>
constexpr void put_layout(Out& out) {
    using F = JsonFormOf<T>;
    if constexpr (levels_up<T, Open...>() != 0) {
        out.put("^").put(levels_up<T, Open...>());
    } else if constexpr (std::same_as<F, BooleanForm>) {
        out.put("bool");
    } else if constexpr (std::same_as<F, IntegerForm>) {
        out.put(IntegerForm::tag<T>());
    } else if constexpr (std::same_as<F, RevisionForm>) {
        out.put("uint64");
    } else if constexpr (std::same_as<F, FloatingForm>) {
        out.put(sizeof(T) == 4 ? "float" : "double");
    } else if constexpr (std::same_as<F, StringForm>) {
        out.put("text");
    } else if constexpr (std::same_as<F, NullForm>) {
        out.put("null");
    } else if constexpr (std::same_as<F, DocumentForm>) {
        out.put("json");
    } else if constexpr (std::same_as<F, PositionForm>) {
        out.put("position");
    } else if constexpr (std::same_as<F, EnumerationForm>) {
        out.put("<");
        const auto& names = Enumerators<T>::table.names;
        for (std::size_t i = 0; i < names.size(); ++i)
            out.put(i == 0 ? "" : "|").put(names[i]);
        out.put(">");
    } else if constexpr (std::same_as<F, TimePointForm>) {
        using Unit = typename T::duration::period;
        out.put("time(").put(Unit::num).put("/").put(Unit::den).put(")");
    } else if constexpr (std::same_as<F, TextForm> || std::same_as<F, PathForm>) {
        out.put("text(").put(bare_name<T>()).put(")");
    } else if constexpr (std::same_as<F, MembersForm> && Out::sees_members && MakesBlank<T>) {
        put_layout_of_members<T, Open...>(out);
    } else if constexpr (std::same_as<F, MembersForm> || std::same_as<F, OwnForm>) {
        out.put("own(").put(bare_name<T>());
        if constexpr (check_layout<T>())
            if constexpr (NamesItsLayout<T>)
                out.put(" ").put(static_cast<std::int64_t>(T::layout));
        out.put(")");
    } else if constexpr (std::same_as<F, RefusedForm>) {
        explain_refusal<T>();
    } else {
        put_layout_of_parts<T, Open...>(out);
    }
}

/// The text of a type, made once.
template <class T>
struct LayoutText {
    static constexpr std::size_t size = [] {
        LayoutOut out;
        put_layout<T>(out);
        return out.size();
    }();
    static constexpr auto chars = [] {
        std::array<char, size + 1> text{};
        LayoutOut out(text.data());
        put_layout<T>(out);
        return text;
    }();
};

} // namespace detail

/// What is stored for a `T`, as text: `{entity_id:text,damage:uint32,note:text?}`. Equal on all
/// compilers and in every namespace; two types with one layout are stored in the same way.
///
/// A type with a `members` line or its own `to_json` decides at run time what it writes: it stands
/// there by its name, `own(Money)`, and `own(Money 2)` if it declares `static constexpr int layout
/// = 2;`. Give it another number when that changes.
template <class T>
constexpr std::string_view layout_text() {
    return {detail::LayoutText<T>::chars.data(), detail::LayoutText<T>::size};
}

} // namespace eventsourcing

#endif
