// SPDX-License-Identifier: MIT
// A view into text that is gone once the event is decoded.
// expect: es: a string_view has no place for the text that is decoded; use std::string
#include <eventsourcing/codec/json.hpp>

namespace shop {
struct Bought {
#ifdef MUST_FAIL
    std::string_view item;
#else
    std::string item;
#endif
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
