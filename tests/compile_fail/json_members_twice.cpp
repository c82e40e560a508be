// SPDX-License-Identifier: MIT
// A line that was copied: the object would have two members of one name.
// expect: es: two members have one name in the `members` line of this type
// expect: shop::Money
#include <eventsourcing/codec/json.hpp>

namespace shop {
class Money {
public:
    static constexpr void members(auto& self, auto&& member) {
        member("minor", self.minor_);
#ifdef MUST_FAIL
        member("minor", self.currency_);
#else
        member("currency", self.currency_);
#endif
    }

private:
    int minor_ = 0;
    int currency_ = 0;
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Money{});
