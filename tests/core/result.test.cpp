// SPDX-License-Identifier: MIT
#include <eventsourcing/core/result.hpp>

#include "catch.hpp"
#include "ending_of.hpp"

#include <any>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

static_assert(es::ExpectedLike<es::Result<int>>);
static_assert(es::ExpectedLike<es::Result<void>>);
static_assert(!es::ExpectedLike<std::optional<int>>);
static_assert(!es::ExpectedLike<std::vector<int>>);
static_assert(!es::ExpectedLike<std::variant<int, std::string>>);

namespace {
constexpr es::Result<int> half(int x) {
    if (x % 2 != 0)
        return es::errc::invalid;
    return x / 2;
}
} // namespace

static_assert(*half(4) == 2);
static_assert(half(3).error() == es::errc::invalid);
static_assert(half(8).and_then(half).value() == 2);
static_assert(half(6).and_then(half).error() == es::errc::invalid);
static_assert(half(8).transform([](int x) { return x + 1; }).value() == 5);
static_assert(half(3).or_else([](const es::Error&) { return half(2); }).value() == 1);
static_assert(half(3).value_or(9) == 9);
static_assert(es::Result<void>().transform([] { return 3; }).value() == 3);

TEST_CASE("a result holds a value or an error, and converts to bool") {
    const es::Result<std::string> good = "ogre";
    const es::Result<std::string> bad = es::Error(es::errc::not_found, "no ogre");
    CHECK(good.has_value());
    CHECK(*good == "ogre");
    CHECK(good->size() == 4);
    CHECK_FALSE(bad);
    CHECK(bad.error().message() == "no ogre");
}

TEST_CASE("asking an error for its value throws BadResult, which carries the error") {
    const es::Result<int> bad = es::Error(es::errc::not_found, "no ogre");
    CHECK_THROWS_AS(bad.value(), es::BadResult);
#if defined(__cpp_exceptions)
    try {
        (void)bad.value();
        FAIL("value() returned");
    } catch (const es::BadResult& e) {
        CHECK(std::string(e.what()) == "no ogre");
        CHECK(e.error() == es::errc::not_found);
    }
#endif
    const es::Result<void> nothing_done = es::errc::closed;
    CHECK_THROWS_AS(nothing_done.value(), es::BadResult);
}

TEST_CASE("results are copied, moved and assigned between value and error") {
    es::Result<std::string> a = "a text that is too long for the small string buffer";
    es::Result<std::string> b = es::Error(es::errc::closed, "closed");
    a = b;
    REQUIRE_FALSE(a);
    CHECK(a.error().message() == "closed");
    b = "value again";
    a = std::move(b);
    REQUIRE(a);
    CHECK(*a == "value again");
    auto& alias = a;
    a = alias;
    CHECK(*a == "value again");
}

TEST_CASE("a result may hold what can only be moved") {
    es::Result<std::unique_ptr<int>> made = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = *std::move(made);
    CHECK(*taken == 3);
    auto length = es::Result<std::unique_ptr<int>>(std::make_unique<int>(4))
                      .transform([](std::unique_ptr<int> p) { return *p; });
    CHECK(*length == 4);
}

TEST_CASE("an error passes through the monadic functions with all that it carries") {
    const es::Result<int> bad = es::Error(es::errc::conflict).with_attached(std::string("ticket"));
    const auto through = bad.and_then(half).transform([](int x) { return x; });
    REQUIRE_FALSE(through);
    REQUIRE(through.error().attached<std::string>() != nullptr);
    CHECK(*through.error().attached<std::string>() == "ticket");
}

namespace {
/// Counts its objects, and can't be moved.
struct Anchored {
    static inline int alive = 0;
    int depth;
    explicit Anchored(int its_depth) : depth(its_depth) { ++alive; }
    Anchored(const Anchored&) = delete;
    Anchored& operator=(const Anchored&) = delete;
    ~Anchored() { --alive; }
};
} // namespace

TEST_CASE("an error is assigned to a result whose value can't be moved") {
    es::Result<Anchored> result(std::in_place, 3);
    result = es::Error(es::errc::closed, "first");
    REQUIRE_FALSE(result);
    CHECK(Anchored::alive == 0);
    result = es::Error(es::errc::closed, result.error().message() + ", second");
    CHECK(result.error().message() == "first, second");
    result = std::move(result).error();
    CHECK(result.error().message() == "first, second");
}

namespace {
/// Counts its objects; moving copies, and copying throws while `fragile`.
struct Fragile {
    static inline int alive = 0;
    static inline bool fragile = false;
    Fragile() { ++alive; }
    Fragile(const Fragile& /*other*/) {
        if (fragile)
            throw_or_skip(std::runtime_error("broken"));
        ++alive;
    }
    Fragile& operator=(const Fragile&) = delete;
    ~Fragile() { --alive; }
};
} // namespace

TEST_CASE(
    "a result whose new value breaks as it is moved in holds an error, and is destroyed once") {
    {
        es::Result<Fragile> result(std::in_place);
        es::Result<Fragile> other(std::in_place);
        Fragile::fragile = true;
        CHECK_THROWS_AS(result = std::move(other), std::runtime_error);
        Fragile::fragile = false;
        REQUIRE_FALSE(result);
        CHECK(result.error() == es::errc::threw);
        CHECK(Fragile::alive == 1);
        result = other;
        CHECK(result);
    }
    CHECK(Fragile::alive == 0);
}

namespace {
template <class T>
es::Result<T> erroneous() {
    return es::Error(es::errc::unavailable, "the disk is full");
}
volatile int sink;
} // namespace

constexpr const char* names_the_error = "check it first: if (!result). The error: the disk is full";
constexpr const char* names_the_mistake = "error() of a Result was called, but it holds a value";

namespace {
struct Paid {
    int amount;
};
struct Shipped {
    std::string to;
};
using Events = std::vector<std::variant<Paid, Shipped>>;

es::Result<Events> order(int amount) {
    if (amount == 0)
        return es::errc::rejected;
    if (amount == 1)
        return {Paid{amount}};
    return {Paid{amount}, Shipped{"Ada"}};
}
struct HoldsAnything {
    std::any value;
};
} // namespace

TEST_CASE("a result of a vector of variants is returned as its elements in braces") {
    CHECK_FALSE(order(0));
    CHECK(order(1)->size() == 1);
    const auto two = order(2);
    REQUIRE(two);
    REQUIRE(two->size() == 2);
    CHECK(std::get<Paid>((*two)[0]).amount == 2);
    CHECK(std::get<Shipped>((*two)[1]).to == "Ada");
}

TEST_CASE("a result whose value could hold anything is copied, and not held by itself") {
    es::Result<HoldsAnything> first = HoldsAnything{7};
    es::Result<HoldsAnything> second(first);
    CHECK(std::any_cast<int>(second->value) == 7);
}

TEST_CASE("using the value of an error ends the program and names the error") {
    using Text = std::string;
    CHECK(ending_of([] {
              auto r = erroneous<int>();
              sink = *r;
          }).aborted_saying(names_the_error));
    CHECK(ending_of([] {
              const auto r = erroneous<int>();
              sink = *r;
          }).aborted_saying(names_the_error));
    CHECK(ending_of([] { sink = *erroneous<int>(); }).aborted_saying(names_the_error));
    CHECK(ending_of([] {
              auto r = erroneous<Text>();
              sink = static_cast<int>(r->size());
          }).aborted_saying(names_the_error));
    CHECK(ending_of([] {
              const auto r = erroneous<Text>();
              sink = static_cast<int>(r->size());
          }).aborted_saying(names_the_error));
    CHECK(ending_of([] { *erroneous<void>(); }).aborted_saying(names_the_error));
#if !defined(__cpp_exceptions)
    CHECK(ending_of([] { (void)erroneous<int>().value(); }).aborted_saying("the disk is full"));
    CHECK(ending_of([] { erroneous<void>().value(); }).aborted_saying("the disk is full"));
#endif
}

TEST_CASE("asking a value for its error ends the program and says so") {
    CHECK(ending_of([] {
              es::Result<int> r = 3;
              sink = static_cast<int>(r.error().kind());
          }).aborted_saying(names_the_mistake));
    CHECK(ending_of([] {
              const es::Result<int> r = 3;
              sink = static_cast<int>(r.error().kind());
          }).aborted_saying(names_the_mistake));
    CHECK(ending_of([] {
              sink = static_cast<int>(es::Result<int>(3).error().kind());
          }).aborted_saying(names_the_mistake));
    CHECK(ending_of([] {
              es::Result<void> r;
              sink = static_cast<int>(r.error().kind());
          }).aborted_saying(names_the_mistake));
    CHECK(ending_of([] {
              const es::Result<void> r;
              sink = static_cast<int>(r.error().kind());
          }).aborted_saying(names_the_mistake));
    CHECK(ending_of([] {
              sink = static_cast<int>(es::Result<void>().error().kind());
          }).aborted_saying(names_the_mistake));
    CHECK(ending_of([] { sink = *es::Result<int>(3); }).exited());
}
