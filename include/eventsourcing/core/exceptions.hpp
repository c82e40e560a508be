// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EXCEPTIONS_HPP
#define EVENTSOURCING_CORE_EXCEPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

// `try` and `catch (...)` that also compile with -fno-exceptions, where nothing is thrown and the
// handler is left out. The macros stay inside the library.
#if defined(__cpp_exceptions)
#    define EVENTSOURCING_TRY try
#    define EVENTSOURCING_CATCH(what) catch (what)
#else
#    define EVENTSOURCING_TRY if (true)
#    define EVENTSOURCING_CATCH(what) if (false)
#endif

namespace eventsourcing::detail {

#if defined(__cpp_exceptions)
inline constexpr bool has_exceptions = true;
#else
inline constexpr bool has_exceptions = false;
#endif

} // namespace eventsourcing::detail

#endif
