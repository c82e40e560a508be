// SPDX-License-Identifier: MIT
// A span has no elements of its own to read into.
// expect: es: no elements can be added to this range; use std::vector
#include <eventsourcing/codec/json.hpp>

#include <span>
#include <vector>

namespace shop {
struct Basket {
#ifdef MUST_FAIL
    std::span<int> items;
#else
    std::vector<int> items;
#endif
};
} // namespace shop

auto basket = eventsourcing::decode_json<shop::Basket>("{}");
