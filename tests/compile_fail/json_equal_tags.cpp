// SPDX-License-Identifier: MIT
// Two alternatives of a variant that its JSON could not tell apart.
// expect: es: two alternatives of this variant have one name in its JSON; give one of them
// expect: std::variant<shop::Rope, lamps::Rope>
#include <eventsourcing/codec/json.hpp>

namespace lamps {
struct Rope {
#ifndef MUST_FAIL
    static constexpr std::string_view json_name = "rope_of_lamps";
#endif
    int lamps;
};
} // namespace lamps

namespace shop {
struct Rope {
    int metres;
};
struct Bought {
    std::variant<shop::Rope, lamps::Rope> item;
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Bought{});
