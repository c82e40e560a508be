// SPDX-License-Identifier: MIT
// `json_value` of a class with more than one value: the others would be lost.
// expect: es: `json_value` names one value of this class, which has others, that would be lost; give it a `members` line instead
// expect 1: shop::Price
// expect 2: shop::Price
// expect 3: shop::Price
// expect 4: shop::Price
#include <eventsourcing/codec/json.hpp>

#include <string>

namespace shop {
struct Cents {
    long value = 0;
    static auto& json_value(auto& self) { return self.value; }
};
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Price {
    long cents = 0;
    std::string currency;
    static auto& json_value(auto& self) { return self.cents; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
// the json_value of a base class
struct Price : Cents {
    std::string currency;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
// not counted, but too large
class Price {
public:
    virtual ~Price() = default;
    static auto& json_value(auto& self) { return self.cents_; }

private:
    long cents_ = 0;
    char currency_ = 'E';
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
// as large as one value that is aligned so
struct Price {
    alignas(16) long cents = 0;
    char currency = 'E';
    static auto& json_value(auto& self) { return self.cents; }
};
#else
struct Price : Cents {
    std::string currency;
    static void members(auto& self, auto&& member) {
        member("cents", self.value);
        member("currency", self.currency);
    }
};
#endif
} // namespace shop

auto text = eventsourcing::encode_json(shop::Price{});
