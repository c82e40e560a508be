// SPDX-License-Identifier: MIT
// A char may be a number or a letter.
// expect: es: a character type has no JSON form; use std::string for text, or
// expect: std::int8_t or std::uint8_t for a small number
#include <eventsourcing/codec/json.hpp>

namespace shop {
struct Graded {
#ifdef MUST_FAIL
    char grade;
#else
    std::int8_t grade;
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Graded{'a'});
