// SPDX-License-Identifier: MIT
// A clock that restarts with the computer.
// expect: es: the time points of this clock mean nothing to another process
// expect: use those of std::chrono::system_clock, or es::Timestamp
#include <eventsourcing/codec/json.hpp>

#include <chrono>

namespace shop {
struct Bought {
#ifdef MUST_FAIL
    std::chrono::steady_clock::time_point at;
#else
    std::chrono::system_clock::time_point at;
#endif
};
} // namespace shop

auto text = eventsourcing::encode_json(shop::Bought{});
