// SPDX-License-Identifier: MIT
// The values of an enumeration without a type can't be looked at by the compiler.
// expect: es: the values of an unscoped enumeration without a type have no names
// expect: write `enum class`, or give it a type: `enum E : int`
// expect: shop::Kind
#include <eventsourcing/codec/json.hpp>

namespace shop {
#ifdef MUST_FAIL
enum Kind { rope, lamp };
#else
enum Kind : unsigned char { rope, lamp };
#endif
} // namespace shop

auto text = eventsourcing::encode_json(shop::rope);
