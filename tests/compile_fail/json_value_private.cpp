// A private json_value.
// expect: es: `json_value` of this type has another form than the one that is looked for
// expect: static auto& json_value(auto& self) { return self.value; }
// expect: shop::OrderId
#include <eventsourcing/codec/json.hpp>

namespace shop {
struct OrderId {
    int value;
#ifdef MUST_FAIL
private:
    static auto& json_value(auto& self) { return self.value; }
#else
    static auto& json_value(auto& self) { return self.value; }
#endif
};
struct Bought {
    OrderId order;
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Bought{});
