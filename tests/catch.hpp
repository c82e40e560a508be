// SPDX-License-Identifier: MIT
// Catch2, version 2 (Debian 12) or 3. A test includes the header under test first, then this.
#ifndef EVENTSOURCING_TESTS_CATCH_HPP
#define EVENTSOURCING_TESTS_CATCH_HPP

#if __has_include(<catch2/catch_test_macros.hpp>)
#    include <catch2/catch_all.hpp>
#else
#    include <catch2/catch.hpp>
#endif

#include "throw_or_skip.hpp"

#endif
