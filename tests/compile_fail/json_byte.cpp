// SPDX-License-Identifier: MIT
// A std::byte, whose values have no names, and which nobody can declare an enum_range for.
// expect: es: this enumeration of the standard library has no enumerators, so its values have no names
// expect: use a number: for std::byte, std::uint8_t
#include <eventsourcing/codec/json.hpp>

#include <cstddef>
#include <cstdint>

namespace shop {
struct Packed {
#ifdef MUST_FAIL
    std::byte flags;
#else
    std::uint8_t flags;
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Packed{});
