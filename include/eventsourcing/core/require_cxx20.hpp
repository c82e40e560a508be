// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_REQUIRE_CXX20_HPP
#define EVENTSOURCING_CORE_REQUIRE_CXX20_HPP

// Every header includes this one before any other, so that a compiler which was not asked for C++20
// says so in its first error line. MSVC leaves __cplusplus at 199711L unless told otherwise.
#if defined(_MSVC_LANG) ? _MSVC_LANG < 202002L : __cplusplus < 202002L
#    error "eventsourcing needs C++20: compile with -std=c++20 (MSVC: /std:c++20)"
// No such file: that ends the compilation, where a thousand errors would bury the line above.
#    include <eventsourcing needs C++20>
#endif

#endif
