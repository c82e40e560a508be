// SPDX-License-Identifier: MIT
// A `json_value` in a form that would be ignored: the type would be stored as an object.
// expect: es: `json_value` of this type has another form than the one that is looked for
// expect: shop::OrderId
// expect 1: static auto& json_value(auto& self) { return self.value; }
// expect 2: static auto& json_value(auto& self) { return self.value; }
// expect 3: static auto& json_value(auto& self) { return self.value; }
// expect 4: static auto& json_value(auto& self) { return self.value; }
// expect 5: static auto& json_value(auto& self) { return self.value; }
// expect 6: static auto& json_value(auto& self) { return self.value; }
#include <eventsourcing/codec/json.hpp>

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
// a copy can't be read into
struct OrderId {
    int value;
    static auto json_value(auto& self) { return self.value; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct OrderId {
    int value;
    int& json_value() { return value; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
// const can't be read into
struct OrderId {
    int value;
    static const auto& json_value(const auto& self) { return self.value; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
// can't be asked of what is written
struct OrderId {
    int value;
    static auto& json_value(OrderId& self) { return self.value; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
class OrderId {
    static auto& json_value(auto& self) { return self.value; }

public:
    int value;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct OrderId final {
    int value;
    static int json_value(const OrderId& self) { return self.value; }
};
#else
struct OrderId {
    int value;
    static auto& json_value(auto& self) { return self.value; }
};
#endif
struct Bought {
    OrderId order;
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Bought{});
