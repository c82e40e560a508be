// SPDX-License-Identifier: MIT
// Older forms of an event that would be read wrongly, or not at all.
// expect 1: es: the upcasts of this event go round in a circle; an upcast takes an older struct, and the oldest one has none
// expect 1: shop::Sold
// expect 2: es: the upcast in this event answers another type; it makes the struct that it stands in, or an es::Result of it
// expect 2: shop::Sold
// expect 3: es: the event has changed, but not its event_type_version; write into the newer one another: `static constexpr std::string_view event_type_version
// expect 3: shop::Sold, shop::SoldV1
// expect 4: es: an upcast goes from one version of an event to the next, and these have different types; write the event_type of the newer one into the older
// expect 4: shop::Sold, shop::SoldV1
// expect 5: es: two events of one variant were the same struct before, so that a stored one could become either; remove one upcast, or give each a struct of its own to come from
// expect 5: shop::SoldV1
// expect 6: es: an event of the variant is also what another one was before; remove it from the variant
// expect 6: shop::SoldV1
// expect 7: es: what an event was before has no event family: move it into the namespace of the event, or declare there `using shop::event_family;`
// expect 7: older::SoldV1
// expect 8: es: the event has changed, but not its event_type_version; write into the newer one another: `static constexpr std::string_view event_type_version
// expect 8: shop::Sold, shop::SoldV1
#include <eventsourcing/codec/event_codec.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace es = eventsourcing;

#if defined(MUST_FAIL) && MUST_FAIL == 7
namespace older {
#else
namespace shop {
#endif
struct SoldV1 {
#if !defined(MUST_FAIL) || (MUST_FAIL != 4 && MUST_FAIL != 7)
    static constexpr std::string_view event_type = "shop.sold";
#endif
    int price;
#if defined(MUST_FAIL) && MUST_FAIL == 1
    static SoldV1 upcast(const struct Sold&);
#endif
};
} // namespace

namespace shop {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
#if defined(MUST_FAIL) && MUST_FAIL == 7
using older::SoldV1;
#endif

struct SoldV2 {
    static constexpr std::string_view event_type = "shop.sold";
    static constexpr std::string_view event_type_version = "2";
    int price;
    static SoldV2 upcast(const SoldV1& old);
};
struct Sold {
#if !defined(MUST_FAIL) || (MUST_FAIL != 3 && MUST_FAIL != 8)
    static constexpr std::string_view event_type_version = "2";
#endif
    int price;
    std::string by;

#if defined(MUST_FAIL) && MUST_FAIL == 2
    static SoldV1 upcast(const SoldV1& old);
#elif defined(MUST_FAIL) && MUST_FAIL == 8
    static Sold upcast(const SoldV2& old); // the version of the oldest comes back
#else
    static Sold upcast(const SoldV1& old);
#endif
};

struct Resold {
    static constexpr std::string_view event_type = "shop.sold";
    static constexpr std::string_view event_type_version = "3";
    int price;
#if defined(MUST_FAIL) && MUST_FAIL == 5
    static Resold upcast(const SoldV1& old);
#endif
};
} // namespace shop

#if defined(MUST_FAIL) && MUST_FAIL == 6
using Event = std::variant<shop::Sold, shop::SoldV1>;
#else
using Event = std::variant<shop::Sold, shop::Resold>;
#endif

es::Result<Event> event = es::EventCodec<Event>::decode("shop.sold", "1.0", "{}");
