// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_MODEL_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_MODEL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/runtime/following/rows_model.hpp>
#include <eventsourcing/runtime/following/state_model.hpp>
#include <eventsourcing/runtime/following/statements_model.hpp>
#include <eventsourcing/runtime/projection.hpp>

#include <type_traits>

namespace eventsourcing::detail {

template <class P>
concept HasOneState = !HasKey<P> && !MakesStatements<P>;

/// What makes the read model of a projection.
template <class P, class Keeper>
using ModelOf = typename std::conditional_t<
    MakesStatements<P>, std::type_identity<StatementsModel<P>>,
    std::conditional_t<HasKey<P>, std::type_identity<RowsModel<P, Keeper>>,
                       std::type_identity<StateModel<P>>>>::type;

} // namespace eventsourcing::detail

#endif
