// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_FAILS_WITH_HPP
#define EVENTSOURCING_TESTS_FAILS_WITH_HPP

#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>

#include <string>

/// Whether a result is an error of this kind, or for this reason of an application's own. To ask
/// one that is none for its `error()` is undefined, and may well look like the kind that is
/// expected.
template <class Kind, class T>
bool fails_with(Kind kind, const eventsourcing::Result<T>& result) {
    return !result && result.error() == kind;
}

/// What a result says that is an error; of one that is none, that it is none.
template <class T>
std::string message_of(const eventsourcing::Result<T>& result) {
    return result ? "no error" : result.error().message();
}

#endif
