#include <eventsourcing/core/type_name.hpp>

#include "catch.hpp"

#include <string_view>

using eventsourcing::detail::is_plain_identifier;
using eventsourcing::detail::SnakeName;
using eventsourcing::detail::type_name;

// The table of the architecture page; each line is also checked while compiling.
namespace outer {
struct EntityAttacked {};
struct HTTPRequestSent {};
struct V2Placed {};
struct Died {};
struct PaymentOfVAT {};
struct OAuth2TokenIssued {};
struct already_snake {};
struct Mixed_Style {};
struct X {};
struct ABTest {};
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
struct HiddenAway {};
namespace nested {
struct HTTPMoreHidden {};
} // namespace nested
} // namespace

static_assert(SnakeName<outer::EntityAttacked>::value == "entity_attacked");
static_assert(SnakeName<outer::HTTPRequestSent>::value == "http_request_sent");
static_assert(SnakeName<outer::V2Placed>::value == "v2_placed");
static_assert(SnakeName<outer::Died>::value == "died");
static_assert(SnakeName<outer::PaymentOfVAT>::value == "payment_of_vat");
static_assert(SnakeName<outer::OAuth2TokenIssued>::value == "o_auth2_token_issued");
static_assert(SnakeName<outer::already_snake>::value == "already_snake");
static_assert(SnakeName<outer::Mixed_Style>::value == "mixed_style");
static_assert(SnakeName<outer::X>::value == "x");
static_assert(SnakeName<outer::ABTest>::value == "ab_test");
static_assert(SnakeName<outer::InInlineNamespace>::value == "in_inline_namespace");
static_assert(SnakeName<outer::inner::DeepDown>::value == "deep_down");
static_assert(SnakeName<outer::Order::LineAdded>::value == "line_added");
static_assert(SnakeName<HiddenAway>::value == "hidden_away");
static_assert(SnakeName<nested::HTTPMoreHidden>::value == "http_more_hidden");

TEST_CASE("a struct's name is read without its namespaces, whichever kind they are") {
    CHECK(type_name<outer::inner::DeepDown>() == "DeepDown");
    CHECK(type_name<outer::InInlineNamespace>() == "InInlineNamespace");
    CHECK(type_name<outer::Order::LineAdded>() == "LineAdded");
    CHECK(type_name<nested::HTTPMoreHidden>() == "HTTPMoreHidden");
    struct Local {};
    CHECK(type_name<Local>() == "Local");
}

TEST_CASE("a snake_case name is zero-terminated") {
    CHECK(std::string_view(SnakeName<outer::V2Placed>::text.data()) == "v2_placed");
}

TEST_CASE("templates and non-ASCII names are no plain identifiers, so they can't name an event") {
    CHECK(is_plain_identifier(type_name<outer::EntityAttacked>()));
    CHECK_FALSE(is_plain_identifier(type_name<outer::Moved<outer::inner::DeepDown>>()));
    CHECK_FALSE(is_plain_identifier(type_name<outer::Größe>()));
    CHECK_FALSE(is_plain_identifier(""));
    CHECK_FALSE(is_plain_identifier("2fast"));
}
