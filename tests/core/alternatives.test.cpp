// SPDX-License-Identifier: MIT
#include <eventsourcing/core/alternatives.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace detail = eventsourcing::detail;

namespace {
/// A struct for each number, of several sizes and alignments.
template <std::size_t I>
struct Numbered {
    static constexpr std::size_t number = I;
    std::string text{};
    std::array<char, I % 7 + 1> bytes{};
    std::conditional_t<I % 3 == 0, double, short> value{};
};
struct alignas(64) Aligned {
    static constexpr std::size_t number = 1000;
    std::string text{};
};

template <class Indexes>
struct Of;
template <std::size_t... I>
struct Of<std::index_sequence<I...>> {
    using Variant = std::variant<Numbered<I>..., Aligned>;
};
template <std::size_t N>
using Numbers = typename Of<std::make_index_sequence<N>>::Variant;

constexpr auto text_of_longest = "a text that is longer than the buffer inside a std::string";

/// Each alternative of a variant of `N` structs and one more: is found where it is, copied, moved
/// and destroyed as std's members would.
template <class V, std::size_t I>
void check_alternative() {
    using E = std::variant_alternative_t<I, V>;
    static_assert(std::is_same_v<detail::AlternativeOf<I, V>, E>);
    static_assert(detail::index_among<E, detail::Alternatives<V>> == I);
    const V made(std::in_place_index<I>, E{.text = text_of_longest});
    CHECK(&detail::held<I>(made) == &std::get<I>(made));

    const auto number_and_text = [](const auto& e) {
        return std::pair(std::remove_cvref_t<decltype(e)>::number, e.text);
    };
    CHECK(detail::visit_alternative(made, number_and_text) ==
          std::pair(E::number, made.index() == I ? std::get<I>(made).text : ""));

    alignas(V) unsigned char room[2][sizeof(V)];
    void* const raw = room[0];
    detail::construct_alternative(raw, made);
    V& copy = *static_cast<V*>(raw);
    CHECK(copy.index() == I);
    CHECK(std::get<I>(copy).text == text_of_longest);
    CHECK(std::get<I>(made).text == text_of_longest);

    void* const other = room[1];
    detail::construct_alternative(other, std::move(copy));
    V& moved = *static_cast<V*>(other);
    CHECK(moved.index() == I);
    CHECK(std::get<I>(moved).text == text_of_longest);
    CHECK(std::get<I>(copy).text.empty());
    detail::destroy_alternative(copy);
    moved = V{}; // what was made is a variant like any other
    CHECK(moved.index() == 0);
    detail::destroy_alternative(moved);
}

template <class V>
void check_all() {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (check_alternative<V, I>(), ...);
    }(std::make_index_sequence<std::variant_size_v<V>>{});
}

struct Breaks {
    std::string text{};
    Breaks() = default;
    Breaks(const Breaks& other) : text(other.text) { throw_or_skip(1); }
};

constexpr int sum_of(const std::variant<int, long, short>& value) {
    return detail::visit_alternative(value, [](auto number) { return static_cast<int>(number); });
}
} // namespace

static_assert(sum_of(3) == 3);
static_assert(sum_of(std::variant<int, long, short>(std::in_place_index<2>, short{5})) == 5);
static_assert(detail::visit_alternative(std::variant<int, long, short>(4L), [](auto&& number) {
                  return sizeof number;
              }) == sizeof(long));

TEST_CASE("each alternative of a variant is found, copied, moved and destroyed by itself") {
    check_all<Numbers<0>>();
    check_all<Numbers<1>>();
    check_all<Numbers<2>>();
    check_all<Numbers<7>>(); // a switch
    check_all<Numbers<8>>(); // a table
    check_all<Numbers<30>>();
}

TEST_CASE("a variant of many alternatives shows each as it is given, const and as an rvalue") {
    using V = Numbers<12>;
    V value(std::in_place_index<11>);
    const V& constant = value;
    const auto kind = []<class E>(E&&) {
        return std::is_lvalue_reference_v<E&&> ? std::is_const_v<std::remove_reference_t<E>> ? 1 : 2
                                               : 3;
    };
    CHECK(detail::visit_alternative(constant, kind) == 1);
    CHECK(detail::visit_alternative(value, kind) == 2);
    CHECK(detail::visit_alternative(std::move(value), kind) == 3);
}

TEST_CASE("a variant without a value is copied as one, and destroyed") {
    using V = std::variant<std::string, Breaks>;
    V value("text");
    const Breaks breaking;
    CHECK_THROWS(value.emplace<1>(breaking));
    REQUIRE(value.valueless_by_exception());
    alignas(V) unsigned char room[sizeof(V)];
    void* const raw = room;
    detail::construct_alternative(raw, value);
    CHECK(static_cast<V*>(raw)->valueless_by_exception());
    detail::destroy_alternative(*static_cast<V*>(raw));
}

TEST_CASE("if an alternative throws, nothing was made") {
    using V = std::variant<std::string, Breaks>;
    const V value(std::in_place_index<1>);
    alignas(V) unsigned char room[sizeof(V)];
    [[maybe_unused]] void* const raw = room;
    CHECK_THROWS(detail::construct_alternative(raw, value));
}
