// SPDX-License-Identifier: MIT
// A pointer does not say what it points to, nor what owns it.
// expect: es: a pointer has no JSON form; use a value
// expect: std::optional for one that may be missing
#include <eventsourcing/codec/json.hpp>

#include <optional>

namespace shop {
struct Bought {
#ifdef MUST_FAIL
    const int* discount;
#else
    std::optional<int> discount;
#endif
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
