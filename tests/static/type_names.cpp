// SPDX-License-Identifier: MIT
// How the name of a struct becomes the last part of a stored event type, on every compiler.
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <string_view>

namespace es = eventsourcing;
using es::detail::SnakeName;

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

// And with the family before it: the three of the architecture page.
namespace combat {
struct EntityAttacked {};
struct HTTPRequestSent {};
struct V2Placed {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat"};
}
} // namespace combat
static_assert(es::EventTraits<combat::EntityAttacked>::event_type == "combat.entity_attacked");
static_assert(es::EventTraits<combat::HTTPRequestSent>::event_type == "combat.http_request_sent");
static_assert(es::EventTraits<combat::V2Placed>::event_type == "combat.v2_placed");
