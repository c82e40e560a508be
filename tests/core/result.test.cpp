// SPDX-License-Identifier: MIT
#include <eventsourcing/core/result.hpp>

#include "catch.hpp"

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
    try {
        (void)bad.value();
        FAIL("value() returned");
    } catch (const es::BadResult& e) {
        CHECK(std::string(e.what()) == "no ogre");
        CHECK(e.error() == es::errc::not_found);
    }
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

es::Result<Anchored> anchored(int depth) {
    const auto settle = [](Anchored& made) -> es::Result<void> {
        if (made.depth < 0)
            throw std::runtime_error("above the water");
        if (made.depth > 100)
            return es::Error(es::errc::too_large, "too deep");
        ++made.depth;
        return {};
    };
    return es::Result<Anchored>(es::detail::SettledBy{settle}, depth);
}
} // namespace

TEST_CASE("a value that can't be moved is made where it stays, or replaced by the error about it") {
    {
        const auto good = anchored(3);
        REQUIRE(good);
        CHECK(good->depth == 4);
        CHECK(Anchored::alive == 1);
        const auto bad = anchored(101);
        REQUIRE_FALSE(bad);
        CHECK(bad.error().message() == "too deep");
        CHECK(Anchored::alive == 1);
        CHECK_THROWS_AS(anchored(-1), std::runtime_error);
        CHECK(Anchored::alive == 1);
    }
    CHECK(Anchored::alive == 0);
}

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
