// SPDX-License-Identifier: MIT
#include <eventsourcing/core/type_name.hpp>

#include "catch.hpp"

#include <string_view>

using eventsourcing::detail::is_plain_identifier;
using eventsourcing::detail::SnakeName;
using eventsourcing::detail::type_name;

namespace outer {
struct V2Placed {};
struct EntityAttacked {};
inline namespace v1 {
struct InInlineNamespace {};
} // namespace v1
namespace inner {
struct DeepDown {};
} // namespace inner
struct Order {
    struct LineAdded {};
};
template <class Unit>
struct Moved {};
struct Größe {};
} // namespace outer

namespace {
namespace nested {
struct HTTPMoreHidden {};
} // namespace nested
} // namespace

TEST_CASE("a struct's name is read without its namespaces, whichever kind they are") {
    CHECK(type_name<outer::inner::DeepDown>() == "DeepDown");
    CHECK(type_name<outer::InInlineNamespace>() == "InInlineNamespace");
    CHECK(type_name<outer::Order::LineAdded>() == "LineAdded");
    CHECK(type_name<nested::HTTPMoreHidden>() == "HTTPMoreHidden");
    struct Local {};
    CHECK(type_name<Local>() == "Local");
}

TEST_CASE("a snake_case name is zero-terminated") {
    CHECK(std::string_view(SnakeName<outer::V2Placed>::text.chars) == "v2_placed");
}

TEST_CASE("templates and non-ASCII names are no plain identifiers, so they can't name an event") {
    CHECK(is_plain_identifier(type_name<outer::EntityAttacked>()));
    CHECK_FALSE(is_plain_identifier(type_name<outer::Moved<outer::inner::DeepDown>>()));
    CHECK_FALSE(is_plain_identifier(type_name<outer::Größe>()));
    CHECK_FALSE(is_plain_identifier(""));
    CHECK_FALSE(is_plain_identifier("2fast"));
}
