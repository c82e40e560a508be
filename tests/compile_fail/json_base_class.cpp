// SPDX-License-Identifier: MIT
// The fields of a base class can't be distinguished from those of the struct.
// expect: es: a struct with a base class cannot be reflected; give it a
// expect: shop::Bought
#include <eventsourcing/codec/json.hpp>

namespace shop {
struct Base {
    int id;
};
struct Bought : Base {
    int item;
#ifndef MUST_FAIL
    static void members(auto& self, auto&& member) {
        member("id", self.id);
        member("item", self.item);
    }
#endif
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
