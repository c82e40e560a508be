// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_DESCRIBE_HPP
#define EVENTSOURCING_TESTING_DESCRIBE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/enum_name.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/testing/same_value.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace eventsourcing::detail {

template <class T>
std::string describe_value(const T& value);

template <class T>
concept SaysItself = requires(const T& value) {
    { value.to_string() } -> std::convertible_to<std::string>;
};
/// A JSON document of nlohmann's.
template <class T>
concept DumpsItself = requires(const T& value) {
    { value.dump() } -> std::convertible_to<std::string>;
};
template <class T>
concept WrapsNumber = requires(const T& value) {
    { value.value() } -> std::integral;
};
template <class T>
concept Structured = WithMembers<const T> || PlainStruct<T>;

template <class T>
std::string describe_fields(const T& value) {
    std::string out;
    for_each_member(value, [&out](std::string_view name, const auto& field) {
        out += (out.empty() ? "" : ", ") + std::string(name) + ": " + describe_value(field);
    });
    return "{" + out + "}";
}

/// The values of a list, in brackets.
class DescribedList {
public:
    template <class T>
    void add(const T& value) {
        text_ += (text_.empty() ? "" : ", ") + describe_value(value);
    }
    [[nodiscard]] std::string text() const { return "[" + text_ + "]"; }

private:
    std::string text_;
};

/// A value for the message of a failed test: texts in quotes, enumerators by name, structs by their
/// fields.
template <class T>
std::string describe_value(const T& value) {
    if constexpr (std::is_array_v<T>) { // before texts: one of char need not end with a 0
        DescribedList list;
        for (const auto& element : value)
            list.add(element);
        return list.text();
    } else if constexpr (ViewableText<T>) {
        return in_quotes(value, std::string_view::npos);
    } else if constexpr (std::is_arithmetic_v<T> || NamedEnum<T>) {
        return text_of(value);
    } else if constexpr (SaysItself<T>) {
        return value.to_string();
    } else if constexpr (DumpsItself<T>) {
        return value.dump();
    } else if constexpr (IterableValue<T>) {
        DescribedList list;
        for (const auto& element : value)
            list.add(element);
        return list.text();
    } else if constexpr (is_tuple<T>) {
        DescribedList list;
        std::apply([&list](const auto&... element) { (list.add(element), ...); }, value);
        return list.text();
    } else if constexpr (OptionalValue<T>) {
        return value.has_value() ? describe_value(*value) : "nothing";
    } else if constexpr (PairValue<T>) {
        return describe_value(value.first) + " -> " + describe_value(value.second);
    } else if constexpr (is_variant<T>) {
        return std::visit(
            []<class E>(const E& e) { return std::string(type_name<E>()) + describe_value(e); },
            value);
    } else if constexpr (WrapsNumber<T>) {
        return std::to_string(value.value());
    } else if constexpr (Structured<T>) {
        return describe_fields(value);
    } else {
        return "(a value of type " + std::string(type_name<T>()) + ")";
    }
}

/// One line for each field that differs: `damage: expected 150, got 100`. At least one line, also
/// if the difference is in no field.
template <class T>
std::string describe_difference(const T& expected, const T& got, const std::string& indent) {
    const auto whole = [&] {
        return indent + "expected " + describe_value(expected) + ", got " + describe_value(got);
    };
    if constexpr (Structured<T>) {
        std::string out;
        for_each_member(expected, [&](std::string_view name, const auto& field) {
            for_each_member(got, [&](std::string_view other_name, const auto& other) {
                if constexpr (std::same_as<decltype(field), decltype(other)>)
                    if (name == other_name && !same_value(field, other))
                        out += indent + std::string(name) + ": expected " + describe_value(field) +
                               ", got " + describe_value(other) + "\n";
            });
        });
        return out.empty() ? whole() + ", which differ by their own ==\n" : out;
    } else {
        return whole() + "\n";
    }
}

} // namespace eventsourcing::detail

#endif
