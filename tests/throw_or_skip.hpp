// SPDX-License-Identifier: MIT
// `throw_or_skip(x)` is `throw x`. Built with -fno-exceptions it ends the test case instead, as one
// that can go no further: ctest, which runs each test case in a process of its own, calls it
// skipped.
#ifndef EVENTSOURCING_TESTS_THROW_OR_SKIP_HPP
#define EVENTSOURCING_TESTS_THROW_OR_SKIP_HPP

#if defined(__cpp_exceptions)
template <class Type = void, class Exception>
[[noreturn]] Type throw_or_skip(Exception exception) {
    throw exception;
}
#else
#    include <cstdlib>

template <class Type = void, class Exception>
[[noreturn]] Type throw_or_skip(const Exception& /*exception*/) {
    std::_Exit(77); // tests/discover.cmake knows it
}
#    undef CHECK_THROWS
#    undef CHECK_THROWS_AS
#    define CHECK_THROWS(...) throw_or_skip(0)
#    define CHECK_THROWS_AS(...) throw_or_skip(0)
#endif

#endif
