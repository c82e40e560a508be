// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EXPLAIN_OPENED_HPP
#define EVENTSOURCING_STORE_EXPLAIN_OPENED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>

#include <type_traits>

namespace eventsourcing::detail {

template <class R>
concept ResultOfOpening = is_result<std::remove_cvref_t<R>>;

/// Says in the compiler's first error line that the `Result` of opening a store is no store.
template <class Store>
consteval bool explain_opened() {
    EVENTSOURCING_EXPLAIN((!ResultOfOpening<Store>),
                          "this store is a Result: check it first, if (!store), and pass *store",
                          Store);
    return true;
}

/// Stops the compiler at a store that is a `Result`.
template <class R>
auto& opened(R& result) {
    static_assert(explain_opened<R>());
    return *result;
}

} // namespace eventsourcing::detail

#endif
