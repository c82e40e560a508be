// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/object.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace object_form_tests {

namespace es = eventsourcing;

/// The compiler can't run this line, as it is not constexpr.
struct Twice {
    int minor = 0;
    std::optional<int> currency;
    static void members(auto& self, auto&& member) {
        member("minor", self.minor);
        member("minor", self.currency);
    }
};
/// Nor this one, as its names depend on a value.
struct Sometimes {
    bool same = false;
    int a = 1;
    int b = 2;
    static constexpr void members(auto& self, auto&& member) {
        member("same", self.same);
        member("a", self.a);
        member(self.same ? "a" : "b", self.b);
    }
};
struct Once {
    int a = 1;
    int b = 2;
    static constexpr void members(auto& self, auto&& member) {
        member("a", self.a);
        member("b", self.b);
    }
};

/// More names than fit into the room on the stack.
struct Many {
    std::array<std::string, 130> names{};
    std::array<int, 130> values{};
    Many() {
        for (std::size_t i = 0; i < names.size(); ++i)
            names[i] = "n" + std::to_string(i);
    }
    static void members(auto& self, auto&& member) {
        for (std::size_t i = 0; i < 130; ++i)
            member(self.names[i], self.values[i]);
    }
};

#if defined(__clang__)
#    pragma clang diagnostic push
#    pragma clang diagnostic ignored "-Wdollar-in-identifier-extension"
#endif
struct Dollars {
    int a$b = 1;
    int c$b = 2;
};
#if defined(__clang__)
#    pragma clang diagnostic pop
#endif

static_assert(es::detail::ConstantMembers<Once>);
static_assert(!es::detail::ConstantMembers<Twice>);
static_assert(!es::detail::ConstantMembers<Sometimes>);

} // namespace object_form_tests

using namespace object_form_tests;

TEST_CASE("A name that is twice in a members line is refused also if the compiler can't see it") {
    CHECK(text_of(Twice{}) ==
          "$.minor: named twice by the `members` line; expected each name once");
    CHECK(reread<Twice>(R"({"minor":1})") ==
          "$.minor: named twice by the `members` line; expected each name once");
    CHECK(text_of(Sometimes{}) == R"({"same":false,"a":1,"b":2})");
    CHECK(text_of(Sometimes{.same = true}) ==
          "$.a: named twice by the `members` line; expected each name once");
}

TEST_CASE("A name that is twice is found among many") {
    Many many;
    many.values[129] = 7;
    Many read;
    REQUIRE(es::decode_json_to(read, text_of(many)));
    CHECK(read.values == many.values);
    many.names[129] = many.names[128];
    CHECK(text_of(many) == "$.n128: named twice by the `members` line; expected each name once");
}

TEST_CASE("A constexpr members line is written and read in any order") {
    CHECK(text_of(Once{}) == R"({"a":1,"b":2})");
    CHECK(reread<Once>(R"({"b":4,"a":3})") == R"({"a":3,"b":4})");
    CHECK(reread<Once>(R"({"b":4})") == "$.a: missing; expected a signed 32-bit integer");
}

TEST_CASE("A name with a dollar sign is whole") {
    CHECK(text_of(Dollars{}) == R"({"a$b":1,"c$b":2})");
    CHECK(reread<Dollars>(R"({"c$b":4,"a$b":3})") == R"({"a$b":3,"c$b":4})");
}
