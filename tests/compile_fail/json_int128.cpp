// SPDX-License-Identifier: MIT
// An integer that the compiler adds to those of the language.
// expect: es: an integer of more than 64 bits has no JSON form; use std::int64_t or std::uint64_t, or std::string
// expect 1: __int128
// expect 2: __int128
#include <eventsourcing/codec/json.hpp>

#include <cstdint>

namespace shop {
struct Counted {
#if MUST_FAIL == 1
    __int128 count;
#elif MUST_FAIL == 2
    unsigned __int128 count;
#else
    std::int64_t count;
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Counted{});
