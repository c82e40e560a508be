// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_TRIED_AGAIN_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_TRIED_AGAIN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>

namespace eventsourcing::detail {

/// Whether the cause of a failure may be gone later, so that it is tried again.
inline bool is_tried_again(const Error& error) {
    return error == errc::unavailable || error == errc::timed_out ||
           error == errc::unknown_version || error == errc::not_sent ||
           error == errc::unknown_outcome;
}

/// Whether a commit was refused for what one of its events made, such as a row that has no JSON
/// form, or for the size of all together.
inline bool is_of_an_event(const Error& error) {
    return error == errc::invalid || error == errc::too_large;
}

/// Whether it tells of a store that can't be used, or of another program's event: what holds up all
/// that comes after it even where each event that fails is parked.
inline bool error_of_store(const Error& error) {
    return error == errc::unknown_version || error == errc::cancelled || error == errc::closed ||
           error == errc::failed;
}

/// Whether the failure of an event holds up all that come after it.
template <class Handler>
bool must_wait(const Error& error) {
    if constexpr (requires { Handler::must_wait(error); })
        return Handler::must_wait(error);
    else if constexpr (requires { Handler::parks_all; })
        return error_of_store(error);
    else
        return is_tried_again(error);
}

} // namespace eventsourcing::detail

#endif
