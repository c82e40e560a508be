// SPDX-License-Identifier: MIT
// A template has no name for JSON.
// expect: es: an alternative of this variant has no name to stand in its JSON; give it
#include <eventsourcing/codec/json.hpp>

#include <vector>

namespace shop {
struct Names {
    std::vector<int> numbers;
};
struct Bought {
#ifdef MUST_FAIL
    std::variant<int, std::vector<int>> items;
#else
    std::variant<int, Names> items;
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Bought{});
