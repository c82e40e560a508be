// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_FAILS_WITH_HPP
#define EVENTSOURCING_TESTS_FAILS_WITH_HPP

#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>

/// Whether a result is an error of this kind. To ask one that is none for its `error()` is
/// undefined, and may well look like the kind that is expected.
template <class T>
bool fails_with(eventsourcing::errc kind, const eventsourcing::Result<T>& result) {
    return !result && result.error() == kind;
}

#endif
