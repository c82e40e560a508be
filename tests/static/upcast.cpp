// SPDX-License-Identifier: MIT
// The older forms of the events of a variant: which they are, and what they become.
#include <eventsourcing/core/upcast.hpp>

#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/event_family.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>
#include <variant>

namespace es = eventsourcing;

namespace shop {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
namespace v1 {
using shop::event_family;
struct Sold {
    int price;
};
} // namespace v1
namespace v2 {
using shop::event_family;
struct Sold {
    static constexpr std::string_view event_type_version = "2";
    int price;
    static constexpr Sold upcast(const v1::Sold& old) noexcept { return {old.price}; }
};
struct Returned {
    static constexpr std::string_view event_type_version = "2";
};
} // namespace v2
struct Sold {
    static constexpr std::string_view event_type_version = "3";
    int price;
    int count;
    static constexpr es::Result<Sold> upcast(v2::Sold&& old) { return Sold{old.price, 1}; }
};
struct Closed {};
struct Returned {
    static constexpr std::string_view event_type_version = "3";
    static constexpr Returned upcast(v2::Returned) { return {}; }
};
using Event = std::variant<Closed, Sold, Returned>;
} // namespace shop

using namespace es::detail;

static_assert(std::is_aggregate_v<shop::Sold> && es::Event<shop::Sold>);
static_assert(
    std::same_as<History<shop::Sold>::List, TypeList<shop::Sold, shop::v2::Sold, shop::v1::Sold>>);
static_assert(std::same_as<History<shop::Closed>::List, TypeList<shop::Closed>>);
static_assert(std::same_as<ReadableForms<shop::Event>,
                           TypeList<shop::Closed, shop::Sold, shop::Returned, shop::v2::Sold,
                                    shop::v1::Sold, shop::v2::Returned>>);
static_assert(older_forms<shop::Event> == 3 && older_forms<shop::Closed> == 0);
static_assert(std::same_as<CurrentForm<shop::Event, 4>, shop::Sold>);
static_assert(std::same_as<CurrentForm<shop::Event, 5>, shop::Returned>);
static_assert(std::same_as<CurrentForm<shop::Sold, 2>, shop::Sold>);
static_assert(upcast_to<shop::Sold>(shop::v1::Sold{7}, nullptr)->price == 7);
static_assert(!upcast_takes_record<ReadableForms<shop::Event>>);

using Table = es::EventTable<shop::Event>;
static_assert(Table::rows.size() == 6);
static_assert(Table::rows[4].type == "shop.sold" && Table::rows[4].version == "1.0");
static_assert(Table::rows[4].index == 1 && Table::rows[4].reads_as == 4);
static_assert(Table::rows[1].index == 1 && Table::rows[1].reads_as == 1);
