// SPDX-License-Identifier: MIT
#include <eventsourcing/core/field_count.hpp>

#include <eventsourcing/core/reflect.hpp>

#include "catch.hpp"

#include <any>
#include <array>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace field_count_test {
class Money {
public:
    Money() = default;
    Money(std::int64_t c) : cents_(c) {}
    template <class T>
    Money(T) = delete;
    static void members(auto& self, auto&& member) { member("cents", self.cents_); }

    std::int64_t cents() const { return cents_; }

private:
    std::int64_t cents_ = 0;
};
struct Paid {
    Money amount;
    std::string by;
};
struct Said {
    std::string by;
    Money amount;
    int z;
};
struct JustMoney {
    Money m;
};
template <class T>
struct NonNeg {
    T v{};
    NonNeg() = default;
    template <std::same_as<T> U>
    NonNeg(U u) : v(u) {}
    template <class U>
        requires(!std::same_as<U, T> && !std::same_as<U, NonNeg>)
    NonNeg(U) = delete;
};
struct NN {
    NonNeg<int> amount;
    std::string who;
};
struct Amb {
    int v = 0;
    Amb() = default;
    template <class U>
    Amb(const U&) {}
    template <class U>
    Amb(U&) {}
    template <class U>
    Amb(U&&, int = 0) {}
};
struct AW {
    Amb a;
    int n;
};
struct Arr {
    int axes[3];
};
struct Arr2 {
    char name[8];
    int m[2][2];
    std::string s[2];
    std::vector<int> v;
};
struct NoDef {
    explicit NoDef(int given) : v(given) {}
    int v;
};
struct ArrNoDef {
    int axes[3];
    NoDef n;
};
struct ArrNoDef2 {
    NoDef n;
    int axes[3];
    int m[2][2];
    std::vector<int> v;
    struct {
        int a, b;
    } s;
    int z;
};
struct ArrNoDef3 {
    int axes[3];
    NoDef n{1};
    int x;
};
struct RefuseNoDef {
    Money m;
    NoDef n{1};
    int x;
};
struct Money1 {
    int a;
    Money m;
    int b;
};
struct E0 {};
struct NuE {
    [[no_unique_address]] E0 e;
};
struct NuM {
    [[no_unique_address]] E0 e;
    [[no_unique_address]] E0 e2;
    int x;
};
struct Var {
    std::variant<NoDef, int> v{1};
    int n;
};
struct Var2 {
    std::variant<NoDef, int> v;
    int n;
};
struct Fn {
    std::function<void()> f;
    std::any a;
    std::optional<int> o;
    std::unique_ptr<int> p;
    std::atomic<int> c{0};
};
struct Greedy {
    template <class T>
    Greedy(T&&) {}
};
struct G {
    Greedy a;
    std::any b;
    Greedy c;
    int d;
};
template <class T>
struct Constrained {
    template <class U>
        requires std::is_arithmetic_v<U>
    Constrained(U) {}
    Constrained() = default;
};
struct CC {
    Constrained<int> a;
    Constrained<char> b;
    int x;
};
struct Big {
    int a[100];
    int b;
};
struct One {
    int a[1];
    int b;
};
struct alignas(64) Pad {
    char c;
    double d;
};
struct Named {
    union U {
        int a;
        float b;
    } u;
    int c;
};

} // namespace field_count_test

using namespace field_count_test;

TEST_CASE("A field that refuses what the library tries counts as a field") {
    STATIC_REQUIRE(es::field_count<Paid> == 2);
    STATIC_REQUIRE(es::field_count<Said> == 3);
    STATIC_REQUIRE(es::field_count<JustMoney> == 1);
    STATIC_REQUIRE(es::field_count<NN> == 2);
    STATIC_REQUIRE(es::field_count<AW> == 2);
    STATIC_REQUIRE(es::field_count<RefuseNoDef> == 3);
    STATIC_REQUIRE(es::field_count<Money1> == 3);
    STATIC_REQUIRE(es::field_count<CC> == 3);
}

TEST_CASE("A C array is one field, whatever its neighbours") {
    STATIC_REQUIRE(es::field_count<Arr> == 1);
    STATIC_REQUIRE(es::field_count<Arr2> == 4);
    STATIC_REQUIRE(es::field_count<ArrNoDef> == 2);
    STATIC_REQUIRE(es::field_count<ArrNoDef2> == 6);
    STATIC_REQUIRE(es::field_count<ArrNoDef3> == 3);
    STATIC_REQUIRE(es::field_count<Big> == 2);
    STATIC_REQUIRE(es::field_count<One> == 2);
    STATIC_REQUIRE(es::field_names<Arr>[0] == "axes");
    STATIC_REQUIRE(es::field_names<Arr2>[0] == "name");
    STATIC_REQUIRE(es::field_names<Arr2>[1] == "m");
    STATIC_REQUIRE(es::field_names<Arr2>[2] == "s");
    STATIC_REQUIRE(es::field_names<Big>[0] == "a");
    Arr object{{1, 2, 3}};
    es::for_each_field(object, [](std::string_view name, int(&axes)[3]) {
        CHECK(name == "axes");
        CHECK(axes[2] == 3);
    });
}

TEST_CASE("Empty members, padding, unions with a name and fields without a default are counted") {
    STATIC_REQUIRE(es::field_count<E0> == 0);
    STATIC_REQUIRE(es::field_count<NuE> == 1);
    STATIC_REQUIRE(es::field_count<NuM> == 3);
    STATIC_REQUIRE(es::field_count<Var> == 2);
    STATIC_REQUIRE(es::field_count<Var2> == 2);
    STATIC_REQUIRE(es::field_count<Fn> == 5);
    STATIC_REQUIRE(es::field_count<G> == 4);
    STATIC_REQUIRE(es::field_count<Pad> == 2);
    STATIC_REQUIRE(es::field_count<Named> == 2);
    STATIC_REQUIRE(es::field_names<Named>[0] == "u");
    STATIC_REQUIRE(es::field_names<NuM>[0] == "e");
    STATIC_REQUIRE(es::field_names<NuM>[1] == "e2");
}
