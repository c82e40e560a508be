// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_SANITIZER_HPP
#define EVENTSOURCING_TESTS_SANITIZER_HPP

/// Whether a sanitizer slows this program down.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool has_sanitizer = true;
#elif defined(__has_feature)
inline constexpr bool has_sanitizer =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool has_sanitizer = false;
#endif

#endif
