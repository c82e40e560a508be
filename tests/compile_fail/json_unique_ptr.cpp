// SPDX-License-Identifier: MIT
// What owns what it points to is a pointer, too.
// expect: es: a pointer has no JSON form; use a value, or std::optional for one that may be missing
// expect: or wrap it in a class that has parse and to_string, or to_json and from_json
#include <eventsourcing/codec/json.hpp>

#include <memory>
#include <optional>

namespace shop {
struct Bought {
#ifdef MUST_FAIL
    std::unique_ptr<int> discount;
#else
    std::optional<int> discount;
#endif
};
} // namespace shop

auto event = eventsourcing::decode_json<shop::Bought>("{}");
