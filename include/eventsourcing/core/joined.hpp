// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_JOINED_HPP
#define EVENTSOURCING_CORE_JOINED_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// The texts one after the other. For functions that are inlined: there g++ 12 takes `"text" +
/// std::string(...)` for a write out of bounds and warns (its bug 105329).
[[gnu::cold, gnu::noinline]] inline std::string
joined(std::initializer_list<std::string_view> texts) {
    std::string all;
    for (const std::string_view text : texts)
        all += text;
    return all;
}

} // namespace eventsourcing::detail

#endif
