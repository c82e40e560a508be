// SPDX-License-Identifier: MIT
// null would be the empty optional and the only value that can be in it.
// expect: es: null would mean two things in an optional of a type that may be null itself
// expect: use that type without the optional, or put it in a struct
#include <eventsourcing/codec/json.hpp>

#include <optional>
#include <variant>

namespace shop {
struct Bought {
#ifdef MUST_FAIL
    std::optional<std::monostate> details;
#else
    std::optional<bool> details;
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Bought{});
