// SPDX-License-Identifier: MIT
#include <eventsourcing/core/reflect.hpp>

#include "catch.hpp"

#include <any>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace reflect_test {

struct Empty {};
struct One {
    int only;
};
struct Greedy {
    template <class T>
    Greedy(T&& /*from*/) {} // takes anything
};
struct OnlyAny {
    std::any only;
};
struct OnlyGreedy {
    Greedy only;
};
struct Wrapper {
    One inner;
};
struct Point {
    double x = 1.5;
    double y = 2.5;
};
struct NoDefault {
    explicit NoDefault(int v) : value(v) {}
    int value;
};
struct Tree {
    std::string name;
    std::vector<Tree> children;
};
struct Nothing {};
struct Mixed {
    std::string entity_id;
    std::uint32_t damage = 7;
    std::optional<Point> at;
    std::variant<int, std::string> choice;
    std::vector<Point> path;
    std::map<std::string, int> loot;
    std::array<int, 3> rolls{};
    std::unique_ptr<int> owned;
    std::shared_ptr<int> shared;
    std::atomic<int> counter{0};
    std::any anything;
    std::function<void()> callback;
    std::chrono::seconds duration{};
    const int constant = 3;
    Tree tree;
    NoDefault needs{1};
    Greedy greedy{1};
    bool* pointer = nullptr;
    [[no_unique_address]] Nothing nothing;
    static constexpr int not_a_field = 1;
    int größe_ = 0;
};

template <auto>
struct Tagged {
    int first_field;
    int second;
};

class Account {
public:
    Account() = default;
    explicit Account(int balance) : balance_(balance) {}
    static void members(auto& self, auto&& member) {
        member("balance", self.balance_);
        member("history", self.history_);
    }

private:
    int balance_ = 0;
    std::vector<int> history_;
};

struct Renamed {
    int old_name = 1;
    int hidden = 2;
    static constexpr void members(auto& self, auto&& member) { member("new_name", self.old_name); }
};

struct S64 {
    // clang-format off
    char a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2,
        c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, e0, e1, e2, e3, e4, e5,
        e6, e7, e8, e9, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, g0, g1, g2, g3;
    // clang-format on
};

template <class T>
std::string names_of() {
    std::string out;
    for (auto name : es::field_names<T>)
        out.append(name).append(" ");
    return out;
}

} // namespace reflect_test

namespace {
struct Hidden {
    std::string inside;
    struct Deeper {
        int level;
    } deeper;
};
} // namespace

using namespace reflect_test;

namespace {
enum class Secret { one, two };
struct SecretPart {
    Secret secret;
};
/// All of it is known to this file alone.
struct SecretWhole {
    std::optional<Secret> one;
    std::optional<SecretPart> two;
    std::variant<Secret, SecretPart> three;
    std::shared_ptr<SecretPart> four;
    std::function<Secret(SecretPart)> five;
    SecretPart six;
};
static_assert(es::field_count<SecretWhole> == 6);
static_assert(es::field_names<SecretWhole>[1] == "two");
} // namespace

TEST_CASE("The fields of a plain struct are counted whatever their types") {
    STATIC_REQUIRE(es::field_count<Empty> == 0);
    STATIC_REQUIRE(es::field_count<One> == 1);
    STATIC_REQUIRE(es::field_count<OnlyAny> == 1);
    STATIC_REQUIRE(es::field_count<OnlyGreedy> == 1);
    STATIC_REQUIRE(es::field_count<Wrapper> == 1);
    STATIC_REQUIRE(es::field_count<Point> == 2);
    STATIC_REQUIRE(es::field_count<Tree> == 2);
    STATIC_REQUIRE(es::field_count<Mixed> == 20);
    STATIC_REQUIRE(es::field_count<S64> == 64);
}

TEST_CASE("Field names are those of the source, in the order of declaration") {
    CHECK(names_of<Empty>().empty());
    CHECK(names_of<One>() == "only ");
    CHECK(names_of<Mixed>() ==
          "entity_id damage at choice path loot rolls owned shared counter anything callback "
          "duration constant tree needs greedy pointer nothing größe_ ");
    CHECK(es::field_names<S64>[0] == "a0");
    CHECK(es::field_names<S64>[63] == "g3");
}

TEST_CASE("Field names do not depend on where the struct is declared or on its arguments") {
    struct Local {
        std::string here;
        int there;
    };
    CHECK(names_of<Local>() == "here there ");
    CHECK(names_of<Hidden>() == "inside deeper ");
    CHECK(names_of<Hidden::Deeper>() == "level ");
    CHECK(names_of<Tagged<'<'>>() == "first_field second ");
    CHECK(names_of<Tagged<&Point::x>>() == "first_field second ");
}

TEST_CASE("Each field is visited by reference, with its name, in order") {
    Point point;
    std::string seen;
    es::for_each_field(point, [&](std::string_view name, double& value) {
        seen.append(name).append("=").append(std::to_string(value)).append(" ");
        value *= 2;
    });
    CHECK(seen == "x=1.500000 y=2.500000 ");
    CHECK(point.x == 3.0);
    CHECK(point.y == 5.0);

    int calls = 0;
    Mixed mixed;
    es::for_each_field(mixed, [&](std::string_view, auto&) { ++calls; });
    CHECK(calls == 20);
    Empty empty;
    es::for_each_field(empty, [&](std::string_view, auto&) { ++calls; });
    CHECK(calls == 20);
}

TEST_CASE("Fields can be visited in constant expressions") {
    constexpr auto sum = [] {
        const Point point{.x = 1, .y = 2};
        double total = 0;
        es::for_each_field(point, [&](std::string_view, const double& value) { total += value; });
        return total;
    }();
    STATIC_REQUIRE(sum == 3.0);
    STATIC_REQUIRE(es::field_names<Point>[1] == "y");
}

TEST_CASE("A members line decides what is visited, also of private members") {
    Account account(9);
    std::string seen;
    es::for_each_member(account, [&](std::string_view name, auto& value) {
        seen.append(name).append(" ");
        if constexpr (std::is_same_v<decltype(value), int&>)
            value = 10;
    });
    const Account& constant = account;
    es::for_each_member(constant, [&](std::string_view, const auto& value) {
        if constexpr (std::is_same_v<decltype(value), const int&>)
            seen += std::to_string(value);
    });
    CHECK(seen == "balance history 10");
}

TEST_CASE("A members line wins over reflection") {
    constexpr auto seen = [] {
        Renamed object;
        std::string_view only;
        es::for_each_member(object, [&](std::string_view name, int&) { only = name; });
        return only;
    }();
    STATIC_REQUIRE(seen == "new_name");
}

TEST_CASE("Members are those of the line or else the fields") {
    Point point;
    int calls = 0;
    es::for_each_member(point, [&](std::string_view, double&) { ++calls; });
    CHECK(calls == 2);
}
