// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_APPLICATION_ERROR_HPP
#define EVENTSOURCING_CORE_APPLICATION_ERROR_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>

#include <concepts>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail {

/// Makes an `Error` of the error in an application's expected-like result. An `Error` stays as it
/// is, an enumerator keeps its number, and any other is attached: `error.attached<TheirError>()`.
template <class E>
constexpr Error error_from(errc kind, E&& error) {
    using Plain = std::remove_cvref_t<E>;
    if constexpr (std::same_as<Plain, Error>)
        return std::forward<E>(error);
    else if constexpr (NamedEnum<Plain>)
        return {kind, error};
    else if constexpr (std::convertible_to<const Plain&, std::string_view>)
        return {kind, std::string(std::string_view(error))};
    else {
        std::string message;
        if constexpr (requires { std::string(error.message()); })
            message = error.message();
        else if constexpr (requires { std::string(error.what()); })
            message = error.what();
        else
            message = "an error of type " + std::string(full_type_name<Plain>());
        return Error(kind, std::move(message)).with_attached(Plain(std::forward<E>(error)));
    }
}

/// The end of a message about an exception of which nothing is known.
inline constexpr const char* threw_no_exception = " threw something that is no std::exception";

#if defined(__cpp_exceptions)
/// An error for the exception that is being handled.
inline Error caught(const char* what) {
    try {
        throw;
    } catch (const std::exception& e) {
        return {errc::threw, std::string(what) + " threw: " + e.what()};
    } catch (...) {
        return {errc::threw, std::string(what) + threw_no_exception};
    }
}
#endif

/// Calls `f`, which returns a `Result`; an exception becomes `errc::threw`, with a message that
/// begins with the current value of `what`. Inlined: a try block costs nothing as long as nothing
/// is thrown, but a call does.
template <class F>
[[gnu::always_inline]] constexpr auto guarded([[maybe_unused]] const char* const& what, F&& f)
    -> decltype(f()) {
#if defined(__cpp_exceptions)
    try {
        return f();
    } catch (...) {
        return caught(what);
    }
#else
    return f();
#endif
}

/// The same, but passes `std::bad_alloc` on: a store turns it into `unavailable`.
template <class F>
[[gnu::always_inline]] constexpr auto guarded_but_memory([[maybe_unused]] const char* what, F&& f)
    -> decltype(f()) {
#if defined(__cpp_exceptions)
    try {
        return f();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        return caught(what);
    }
#else
    return f();
#endif
}

/// The same for a call that changes a sink or store, such as `append`: if it throws, its outcome is
/// unknown.
template <class F>
[[gnu::always_inline]] constexpr auto guarded_append([[maybe_unused]] const char* what, F&& append)
    -> decltype(append()) {
#if defined(__cpp_exceptions)
    try {
        return append();
    } catch (...) {
        return caught(what).with_outcome(Outcome::unknown);
    }
#else
    return append();
#endif
}

} // namespace eventsourcing::detail

#endif
