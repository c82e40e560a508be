// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVING_PLAIN_TEXT_HPP
#define EVENTSOURCING_RUNTIME_OBSERVING_PLAIN_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// `1 event`, `2 events`.
inline std::string counted(std::uint64_t number, std::string_view what) {
    return joined({std::to_string(number), " ", what, number == 1 ? "" : "s"});
}

/// A duration for people: `850 us`, `3.2 s`, `5 min`. Nothing is rounded up.
inline std::string time_text(std::chrono::nanoseconds time) {
    struct Unit {
        std::int64_t size;
        std::string_view name;
    };
    static constexpr std::array<Unit, 6> units{{{3'600'000'000'000, " h"},
                                                {60'000'000'000, " min"},
                                                {1'000'000'000, " s"},
                                                {1'000'000, " ms"},
                                                {1'000, " us"},
                                                {1, " ns"}}};
    const std::int64_t all = time.count();
    if (all <= 0)
        return all == 0 ? "0 s" : joined({std::to_string(all), " ns"});
    for (const Unit& unit : units) {
        if (all < unit.size)
            continue;
        const std::int64_t whole = all / unit.size;
        const std::int64_t tenths = unit.size == 1 ? 0 : all % unit.size / (unit.size / 10);
        return whole < 10 && tenths != 0
                   ? joined({std::to_string(whole), ".", std::to_string(tenths), unit.name})
                   : joined({std::to_string(whole), unit.name});
    }
    return {};
}

/// Without the characters that would end the line or steer a terminal: U+0000 to U+001F, and U+007F
/// to U+009F.
inline std::string one_line(std::string text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7F)
            text[i] = ' ';
        else if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
            text.replace(i, 2, " ");
    }
    return text;
}

} // namespace eventsourcing::detail

#endif
