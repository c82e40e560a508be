// SPDX-License-Identifier: MIT
// The `members` line of a base class, by which the members of the derived class would be lost.
// expect: es: a `members` of a base class does not name the members of this class; give it its own `members` line
// expect 1: shop::Opened
// expect 2: shop::Opened
// expect 3: shop::Opened
// expect 4: shop::Opened
#include <eventsourcing/codec/json.hpp>

namespace shop {
struct Base {
    int a = 0;
    static void members(auto& self, auto&& member) { member("a", self.a); }
};
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Opened : Base {
    int b = 0;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
// not counted: it has a constructor
class Opened : public Base {
public:
    Opened() {}
    int b = 0;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
struct Empty {};
struct Opened : Empty, Base {};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
namespace v1 {
class Opened {
public:
    static constexpr void members(auto& self, auto&& member) { member("a", self.a_); }

private:
    int a_ = 0;
};
} // namespace v1
class Opened final : public v1::Opened {
    int b_ = 0;
};
#else
struct Opened : Base {
    int b = 0;
    static void members(auto& self, auto&& member) {
        Base::members(self, member);
        member("b", self.b);
    }
};
#endif
} // namespace shop

auto text = eventsourcing::encode_json(shop::Opened{});
