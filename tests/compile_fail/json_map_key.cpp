// SPDX-License-Identifier: MIT
// The names of JSON members are strings.
// expect: es: the keys of a map must be strings, integers or enumerators
// expect: use a vector of structs instead
#include <eventsourcing/codec/json.hpp>

#include <map>

namespace shop {
struct Prices {
#ifdef MUST_FAIL
    std::map<double, int> by_weight;
#else
    std::map<int, int> by_weight;
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Prices{});
