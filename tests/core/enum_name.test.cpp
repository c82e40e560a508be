// SPDX-License-Identifier: MIT
#include <eventsourcing/core/enum_name.hpp>

#include "catch.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace es = eventsourcing;

namespace {
enum class Kind { fire, ice = 5, below = -3 };
enum class Small : std::uint8_t { a = 1, last = 239, out_of_reach = 250 };
enum class Byte : signed char { lowest = -16, highest = 127 };
enum Written : int { w_one, w_two };
enum Unwritten { u_one };
enum class Flag : bool { no, yes };
enum class Letter : char { a = 'a', tilde = '~' };
enum class Alias { first = 1, uno = 1, second = 2 };
#if defined(__clang__)
#    pragma clang diagnostic ignored "-Wdollar-in-identifier-extension"
#endif
enum class Dollar { a$b, $c, größer };
enum class Full : std::uint8_t { zero = 0, all = 255 };
consteval es::EnumRange enum_range(const Full& /*type*/) {
    return {.first = 0, .last = 1000};
}

template <class E>
std::string names_of() {
    std::string out;
    for (const auto name : es::detail::EnumTable<E>::table.names)
        out.append(name).append(" ");
    return out;
}
} // namespace

namespace wide {
enum class Register { coils = 0, inputs = 10'000, holding = 40'000, beyond = 65'536 };
consteval es::EnumRange enum_range(const Register&) {
    return {.first = 0, .last = 40'000};
}
enum class Below : std::int16_t { lowest = -32'768, minus = -17, highest = 32'767 };
consteval es::EnumRange enum_range(const Below&) {
    return {.first = -40'000, .last = 20'000};
}
enum class Far : std::uint64_t { one = 9'223'372'036'854'775'806, last };
consteval es::EnumRange enum_range(const Far&) {
    return {.first = 9'223'372'036'854'775'800, .last = 9'223'372'036'854'775'807};
}
// Outside of what the type holds.
enum class Above : std::uint8_t { a = 1 };
consteval es::EnumRange enum_range(const Above&) {
    return {.first = 1000, .last = 2000};
}
enum class Under : std::uint8_t { a = 1 };
consteval es::EnumRange enum_range(const Under&) {
    return {.first = -20, .last = -10};
}
enum class AboveSigned : std::int8_t { a = 1 };
consteval es::EnumRange enum_range(const AboveSigned&) {
    return {.first = 1000, .last = 2000};
}
enum class UnderSigned : std::int8_t { a = 1 };
consteval es::EnumRange enum_range(const UnderSigned&) {
    return {.first = -2000, .last = -1000};
}
template <class E>
inline constexpr bool empty =
    es::detail::enum_first<E> > es::detail::enum_last<E> && !es::detail::enum_in_range(E::a);
static_assert(empty<Above> && empty<Under> && empty<AboveSigned> && empty<UnderSigned>);
} // namespace wide

namespace spelled {
// What a compiler writes before the name of an enumerator: commas, brackets, quotes, casts.
template <class A, class B>
struct Door {
    enum class State { open, shut, locked };
    enum Written : int { w_open, w_shut };
};
template <char C>
struct OfChar {
    enum class State { open, shut };
};
template <auto V>
struct OfValue {
    enum class State { open, shut };
};
enum class Point : char { x, y };
struct Text {
    char chars[16];
};
inline constexpr Text hostile{"a, b}>; (x)2\""};
template <int (*F)(int, int)>
struct OfFunction {
    enum class State { open, shut };
};
int add(int a, int b) {
    return a + b;
}
struct Operators {
    template <class F>
    bool operator<(F f) const {
        enum class Local { less, more };
        return f(Local::less);
    }
    template <class F>
    bool operator,(F f) const { // its name holds a comma
        enum class Local { less, more };
        enum Written : int { w_less, w_more };
        return f(Local::less) && f(w_more);
    }
    template <class F>
    bool operator()(F f, int /*i*/) const {
        enum class Local { less, more };
        return f(Local::more);
    }
};
std::string in_function(int /*a*/, char /*b*/) {
    enum class Local { red, green };
    struct Nested {
        enum class Inner { in, out };
    };
    return names_of<Local>() + names_of<Nested::Inner>() + names_of<Door<Local, Nested>::State>();
}
template <class T, class U>
std::string in_template(T /*a*/, U /*b*/) {
    enum class Local { red, green };
    enum Written : int { w_red, w_green };
    return names_of<Local>() + names_of<Written>();
}
namespace {
template <class T>
struct Hidden {
    enum class State { open, shut };
};
} // namespace
} // namespace spelled

static_assert(es::NamedEnum<Kind>);
static_assert(es::NamedEnum<Written>);
static_assert(!es::NamedEnum<Unwritten>);
static_assert(!es::NamedEnum<int>);

TEST_CASE("an enumerator is named, also in an anonymous namespace and with a negative value") {
    CHECK(es::enum_name(Kind::fire) == "fire");
    CHECK(es::enum_name(Kind::ice) == "ice");
    CHECK(es::enum_name(Kind::below) == "below");
    CHECK(es::enum_name(w_two) == "w_two");
    CHECK(es::enum_name(Byte::lowest) == "lowest");
    CHECK(es::enum_name(Byte::highest) == "highest");
}

TEST_CASE("a value without an enumerator, or out of reach, has no name") {
    CHECK(es::enum_name(Kind{2}).empty());
    CHECK(es::enum_name(Kind{100'000}).empty());
    CHECK(es::enum_name(Kind{-100'000}).empty());
    CHECK(es::enum_name(Small::last) == "last");
    CHECK(es::enum_name(Small::out_of_reach).empty());
}

TEST_CASE("a name leads back to its enumerator, and an unknown one to nothing") {
    CHECK(es::enum_value<Kind>("below") == Kind::below);
    CHECK(es::enum_value<Small>("a") == Small::a);
    CHECK_FALSE(es::enum_value<Kind>("lava"));
    CHECK_FALSE(es::enum_value<Kind>(""));
}

TEST_CASE("enumerators inside of templates are named, whatever the arguments of the template") {
    using namespace spelled;
    CHECK(names_of<Door<int, char>::State>() == "open shut locked ");
    CHECK(names_of<Door<int, char>::Written>() == "w_open w_shut ");
    CHECK(names_of<Door<std::map<int, std::string>, Door<int, int>::State>::State>() ==
          "open shut locked ");
    CHECK(names_of<OfChar<','>::State>() == "open shut ");
    CHECK(names_of<OfChar<'\''>::State>() == "open shut ");
    CHECK(names_of<OfChar<')'>::State>() == "open shut ");
    CHECK(names_of<OfValue<Point::y>::State>() == "open shut ");
    CHECK(names_of<OfValue<Point{5}>::State>() == "open shut ");
    CHECK(names_of<OfValue<hostile>::State>() == "open shut ");
    CHECK(names_of<OfValue<&in_function>::State>() == "open shut ");
    CHECK(names_of<OfFunction<add>::State>() == "open shut ");
    CHECK(names_of<Hidden<int(int, char)>::State>() == "open shut ");
    CHECK(es::enum_name(Door<int, char>::State::open) == "open");
    CHECK(es::enum_name(Door<int, char>::State::locked) == "locked");
}

TEST_CASE("enumerators inside of functions, lambdas and operators are named") {
    using namespace spelled;
    CHECK(in_function(1, 'a') == "red green in out open shut locked ");
    CHECK(in_template(1, 2) == "red green w_red w_green ");
    CHECK(in_template(std::string(), std::map<int, int>()) == "red green w_red w_green ");
    const auto lambda = [](int, char) {
        enum class Local { red, green };
        enum Written : int { w_red, w_green };
        return names_of<Local>() + names_of<Written>();
    };
    CHECK(lambda(1, 'a') == "red green w_red w_green ");
    CHECK(names_of<Hidden<decltype(lambda)>::State>() == "open shut ");

    std::string seen;
    const auto names = [&seen](auto e) {
        seen += names_of<decltype(e)>();
        return true;
    };
    CHECK((Operators{} < names));
    CHECK((Operators{}, names));
    CHECK(Operators{}(names, 1));
    CHECK(seen == "less more less more w_less w_more less more ");
}

TEST_CASE("each enumerator is named once, also if several have one value") {
    CHECK(names_of<Flag>() == "no yes ");
    CHECK(names_of<Letter>() == "a tilde ");
    CHECK(names_of<Alias>() == "first second ");
    CHECK(es::enum_name(Alias::uno) == "first");
    CHECK(names_of<Dollar>() == "a$b $c größer ");
}

TEST_CASE("an enum_range next to the enumeration gives the range of its enumerators") {
    CHECK(names_of<wide::Register>() == "coils inputs holding ");
    CHECK(es::enum_name(wide::Register::holding) == "holding");
    CHECK(es::enum_name(wide::Register::beyond).empty());
    CHECK(es::enum_name(wide::Register{10'001}).empty());
    CHECK(es::enum_value<wide::Register>("inputs") == wide::Register::inputs);
    CHECK(names_of<wide::Below>() == "lowest minus ");
    CHECK(names_of<wide::Far>() == "one last ");
    CHECK(names_of<Full>() == "zero all ");
    CHECK(names_of<wide::Above>().empty());
    CHECK(names_of<wide::Under>().empty());
    CHECK(es::enum_name(wide::AboveSigned::a).empty());
    CHECK_FALSE(es::enum_value<wide::UnderSigned>("a"));
}
