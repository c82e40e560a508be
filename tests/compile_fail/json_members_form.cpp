// SPDX-License-Identifier: MIT
// A `members` line in a form that would be ignored.
// expect: static void members(auto& self, auto&& member)
// expect: shop::Sold
// expect 1: `members`
// expect 2: `members`
// expect 3: `members`
// expect 4: `members`
// expect 5: `members`
// expect 6: `members`
// expect 7: `members`
// expect 8: `members`
// expect 9: `members`
// expect 10: `members`
// expect 11: `members`
// expect 12: `members`
// expect 13: `members`
// expect 14: `members`
// expect 15: `members`
#include <eventsourcing/codec/json.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Sold {
    std::string item;
    static void members(auto& self, auto& member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Sold {
    std::string item;
    void members(auto& self, auto&& member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
class Sold {
    static void members(auto& self, auto&& member) { member("item-name", self.item); }

public:
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Sold {
    std::string item;
    static void members(Sold& self, auto&& member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Sold {
    std::string item;
    template <class F>
    static void members(Sold& self, F& member) {
        member("item-name", self.item);
    }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Sold {
    std::string item;
    void members(auto&& member) const { member("item-name", item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Sold {
    std::string item;
    static void members(auto&& member) { member("item-name", &Sold::item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 8
struct Sold {
    std::string item;
    static constexpr std::string_view members = "item";
};
#elif defined(MUST_FAIL) && MUST_FAIL == 9
struct Sold {
    std::string item;
    std::string members() const { return item; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 10
struct Sold {
    std::string item;
    static void members(auto self, auto&& member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 11
struct Sold {
    std::string item;
    static void members(Sold self, auto&& member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 12
struct Sold {
    std::string item;
    static void members(auto& self, auto member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 13
struct Sold {
    std::string item;
    static void members(auto& self, const auto& member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 14
struct Sold {
    std::string item;
    static void members(const auto self, auto&& member) { member("item-name", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 15
struct Sold {
    std::string item;
    static void members(auto&& self, auto member) { member("item-name", self.item); }
};
#else
struct Sold {
    std::string item;
    static void members(auto& self, auto&& member) { member("item-name", self.item); }
};
#endif
} // namespace shop

auto text = eventsourcing::encode_json(shop::Sold{});
