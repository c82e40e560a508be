// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_NAMES_HPP
#define EVENTSOURCING_CODEC_JSON_NAMES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// `"a", "b" or "c"`, for messages.
inline std::string listed_names(const std::string_view* names, std::size_t count) {
    constexpr std::size_t limit = 20;
    std::string out;
    for (std::size_t i = 0; i < count && i < limit; ++i) {
        if (i != 0)
            out += i + 1 == count ? " or " : ", ";
        out += in_quotes(names[i]);
    }
    return count > limit ? out + ", ..." : out;
}

} // namespace eventsourcing::detail

#endif
