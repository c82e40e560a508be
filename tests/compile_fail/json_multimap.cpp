// SPDX-License-Identifier: MIT
// A multimap, whose keys would be the names of an object twice.
// expect: a multimap has no JSON form, as the names of a JSON object are distinct; use a map of vectors
// expect: std::multimap
#include <eventsourcing/codec/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace es = eventsourcing;

#ifdef MUST_FAIL
using Prices = std::multimap<std::string, int>;
#else
using Prices = std::map<std::string, std::vector<int>>;
#endif

auto text = es::encode_json(Prices{});
