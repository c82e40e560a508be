// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_ENUM_NAME_HPP
#define EVENTSOURCING_CORE_ENUM_NAME_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/enum_range.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

// How to find the names of an enumeration in C++20: the compiler prints an enumerator by its name,
// "Door<int, char>::open", and any other value as a cast, "(Door<int, char>::State)7".
//
// Printing 256 values in one signature costs one instantiation. The text before a name or a number
// may contain commas, brackets, quotes and operators, so it is not searched: a value printed alone
// shows the text before a name or a number, which is the same for all values of a type.

namespace eventsourcing {

namespace detail {

template <auto... Values>
constexpr std::string_view printed_signature() {
    return {__PRETTY_FUNCTION__, sizeof(__PRETTY_FUNCTION__) - 1}; // strlen is slow at compile time
}

enum class PrintedSample { only };
inline constexpr std::string_view printed_sample = "eventsourcing::detail::PrintedSample::only";
inline constexpr std::size_t before_values =
    printed_signature<PrintedSample::only>().find(printed_sample);
static_assert(before_values != std::string_view::npos,
              "es: this compiler spells the names of enumerators in a way that the library does "
              "not know; please report it");
inline constexpr std::size_t after_values =
    printed_signature<PrintedSample::only>().size() - before_values - printed_sample.size();

template <auto... Values>
constexpr std::string_view printed_values() {
    constexpr std::string_view text = printed_signature<Values...>();
    return {text.data() + before_values, text.size() - before_values - after_values};
}

/// The number of characters before the name or the number of a printed value.
struct PrintedForms {
    static constexpr std::size_t unknown = static_cast<std::size_t>(-1);
    std::size_t before_name = unknown;
    std::size_t before_number = unknown; ///< of a cast

    /// Learns them from a value that is printed alone.
    constexpr void learn(std::string_view value) {
        std::size_t begin = value.size();
        while (begin != 0 && is_name_part(value[begin - 1]))
            --begin;
        if (!is_digit(value[begin]))
            before_name = begin;
        else
            before_number = value[begin - 1] == '-' ? begin - 1 : begin;
    }
};

constexpr std::size_t printed_length(std::int64_t value) {
    std::size_t length = value < 0 ? 2 : 1;
    for (; value > 9 || value < -9; value /= 10)
        ++length;
    return length;
}

/// The next value that may be printed with another number of characters.
constexpr std::int64_t next_length(std::int64_t value) {
    constexpr std::int64_t large = 1'000'000'000'000'000;
    if (value >= large || value <= -large)
        return value + (value != std::numeric_limits<std::int64_t>::max());
    std::int64_t power = 10;
    if (value >= 0) {
        while (power <= value)
            power *= 10;
        return power;
    }
    if (value >= -9)
        return 0;
    while (power * 10 <= -value)
        power *= 10;
    return 1 - power;
}

struct Scanned {
    std::size_t values = 0; ///< that are printed in a known form, up to the first that is not
    std::size_t named = 0;
};

/// Reads `count` printed values from `first` on, and calls `f(value, name)` for those that have a
/// name. (It makes no other call, since this loop runs for every value of every enumeration.)
template <class F>
constexpr Scanned scan_values(std::string_view printed, PrintedForms forms, std::int64_t first,
                              std::size_t count, F f) {
    const char* const text = printed.data();
    const std::size_t size = printed.size();
    Scanned out;
    std::int64_t turn = first;
    std::size_t digits = 0;
    for (std::size_t at = 0, end = 0; out.values < count; ++out.values, at = end + 2) {
        const std::int64_t value = first + static_cast<std::int64_t>(out.values);
        if (value == turn) {
            digits = printed_length(value);
            turn = next_length(value);
        }
        if (forms.before_number != forms.unknown) {
            end = at + forms.before_number + digits;
            if (end <= size && (end == size || text[end] == ',') && text[end - 1] >= '0' &&
                text[end - 1] <= '9' && text[end - digits - 1] == ')')
                continue;
        }
        if (forms.before_name == forms.unknown)
            return out;
        const std::size_t name = end = at + forms.before_name;
        while (end < size && is_name_part(text[end]))
            ++end;
        if (end <= name || is_digit(text[name]) || (name != 0 && text[name - 1] != ':') ||
            (end != size && text[end] != ','))
            return out;
        ++out.named;
        f(value, std::string_view(text + name, end - name));
    }
    return out;
}

/// A lookup inside of the enumeration: Clang completes a member of a class template only then.
template <class E>
concept CompleteEnum = !requires { E::es_no_such_enumerator; };

/// The enumerators among `N` values from `First` on.
template <class E, std::int64_t First, std::size_t N>
struct EnumChunk {
    template <std::size_t... I>
    static constexpr std::string_view print(std::index_sequence<I...> /*values*/) {
        return printed_values<static_cast<E>(First + static_cast<std::int64_t>(I))...>();
    }
    template <std::size_t I>
    static constexpr std::string_view print_one() {
        return printed_values<static_cast<E>(First + static_cast<std::int64_t>(I))>();
    }
    static constexpr std::string_view text = print(std::make_index_sequence<N>{});

    static constexpr void ignore(std::int64_t /*value*/, std::string_view /*name*/) {}

    static constexpr PrintedForms first_form = [] {
        PrintedForms out;
        out.learn(print_one<0>());
        return out;
    }();
    static constexpr std::size_t first_other =
        scan_values(text, first_form, First, N, ignore).values;
    static constexpr PrintedForms forms = [] {
        PrintedForms out = first_form;
        if constexpr (first_other < N)
            out.learn(print_one<first_other>());
        return out;
    }();
    static constexpr Scanned scanned = first_other == N && first_form.before_name == forms.unknown
                                           ? Scanned{N, 0}
                                           : scan_values(text, forms, First, N, ignore);
    static_assert(scanned.values == N,
                  "es: this compiler spells the names of enumerators in a way that the library "
                  "does not know; please report it, and use another type meanwhile");

    struct Named {
        std::int64_t value;
        std::string_view name; ///< a part of a long text, to be copied
    };
    static constexpr auto enumerators = [] {
        std::array<Named, scanned.named> out{};
        if constexpr (scanned.named != 0) {
            Named* to = out.data();
            scan_values(text, forms, First, N, [&to](std::int64_t value, std::string_view name) {
                *to++ = {value, name};
            });
        }
        return out;
    }();
};

/// The enumerators of `E` in the order of their values, and their names one after the other.
template <class E>
struct EnumTable {
    static_assert(CompleteEnum<E>);
    static constexpr std::size_t chunk_size = 256;
    static constexpr auto range = static_cast<std::size_t>(enum_last<E> - enum_first<E> + 1);

    template <std::size_t I>
    using Chunk =
        EnumChunk<E, enum_first<E> + static_cast<std::int64_t>(I* chunk_size),
                  (range - I * chunk_size < chunk_size ? range - I * chunk_size : chunk_size)>;

    template <class F, std::size_t... I>
    static constexpr void for_each([[maybe_unused]] F f, std::index_sequence<I...> /*chunks*/) {
        (
            [&] {
                for (const auto& enumerator : Chunk<I>::enumerators)
                    f(enumerator.value, enumerator.name);
            }(),
            ...);
    }
    template <class F>
    static constexpr void for_each(F f) {
        for_each(f, std::make_index_sequence<(range + chunk_size - 1) / chunk_size>{});
    }

    struct Size {
        std::size_t count = 0;
        std::size_t length = 0;
    };
    static constexpr Size size = [] {
        Size out;
        for_each([&out](std::int64_t /*value*/, std::string_view name) {
            ++out.count;
            out.length += name.size();
        });
        return out;
    }();
    static constexpr std::size_t count = size.count;

    static constexpr auto text = [] {
        std::array<char, size.length + 1> out{};
        std::size_t to = 0;
        for_each([&](std::int64_t /*value*/, std::string_view name) {
            for (const char c : name)
                out[to++] = c;
        });
        return out;
    }();

    struct Table {
        std::array<std::string_view, count> names{};
        std::array<E, count> values{};
    };
    static constexpr Table table = [] {
        Table out;
        std::size_t to = 0;
        const char* from = text.data();
        for_each([&](std::int64_t value, std::string_view name) {
            out.names[to] = {from, name.size()};
            out.values[to++] = static_cast<E>(value);
            from += name.size();
        });
        return out;
    }();

    /// The enumerators have consecutive values.
    static constexpr bool dense =
        count != 0 && static_cast<std::int64_t>(table.values[count == 0 ? 0 : count - 1]) -
                              static_cast<std::int64_t>(table.values[0]) + 1 ==
                          static_cast<std::int64_t>(count);
};

} // namespace detail

/// An enumeration whose enumerators can be named: a scoped one, or one with a written type.
///
/// Left out on purpose: `enum E { a }` without a type, whose values outside its enumerators are not
/// constant expressions.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { E{0}; };

/// The name of an enumerator, `already_dead`; empty for a value that has none. If several have one
/// value, the first of them. Only values from -16 to 239 have names, or those of `enum_range`,
/// within the underlying type.
template <NamedEnum E>
constexpr std::string_view enum_name(E value) {
    using Enumerators = detail::EnumTable<E>;
    using Number = std::underlying_type_t<E>;
    if constexpr (Enumerators::count == 0) {
        return {};
    } else if constexpr (Enumerators::dense) {
        constexpr auto first = static_cast<Number>(Enumerators::table.values.front());
        constexpr auto last = static_cast<Number>(Enumerators::table.values.back());
        const auto number = static_cast<Number>(value);
        if (number < first || number > last)
            return {};
        return Enumerators::table
            .names[static_cast<std::size_t>(number) - static_cast<std::size_t>(first)];
    } else {
        std::size_t begin = 0;
        for (std::size_t end = Enumerators::count; begin != end;) {
            const std::size_t middle = begin + (end - begin) / 2;
            if (Enumerators::table.values[middle] < value)
                begin = middle + 1;
            else
                end = middle;
        }
        return begin != Enumerators::count && Enumerators::table.values[begin] == value
                   ? Enumerators::table.names[begin]
                   : std::string_view{};
    }
}

/// The enumerator of this name, or nothing. Linear in the number of enumerators.
template <NamedEnum E>
constexpr std::optional<E> enum_value(std::string_view name) {
    const auto& table = detail::EnumTable<E>::table;
    for (std::size_t i = 0; i < table.names.size(); ++i)
        if (table.names[i] == name)
            return table.values[i];
    return std::nullopt;
}

} // namespace eventsourcing

#endif
