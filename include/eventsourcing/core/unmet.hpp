// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_UNMET_HPP
#define EVENTSOURCING_CORE_UNMET_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>

namespace eventsourcing {

namespace detail {
/// A string literal as a template argument.
template <std::size_t N>
struct Text {
    char data[N]{};
    consteval Text(const char (&literal)[N]) {
        for (std::size_t i = 0; i < N; ++i)
            data[i] = literal[i];
    }
};
} // namespace detail

/// Always false; its argument is the cure that the compiler quotes when a requirement is not met:
/// `concept Event = (std::copyable<E> || unmet<"an event is copyable">) && ...`.
///
/// A concept written so does not subsume its parts: order overloads by our concepts, not by std's.
template <detail::Text Cure>
inline constexpr bool unmet = false;

} // namespace eventsourcing

#endif
