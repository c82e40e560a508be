// SPDX-License-Identifier: MIT
// What is const can't be read into.
// expect: es: a const member cannot be decoded; remove the const
#include <eventsourcing/codec/json.hpp>

namespace shop {
struct Bought {
#ifdef MUST_FAIL
    const int item = 1;
#else
    int item = 1;
#endif
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
