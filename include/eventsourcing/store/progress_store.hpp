// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_PROGRESS_STORE_HPP
#define EVENTSOURCING_STORE_PROGRESS_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

template <class S>
concept KeepsProgress = requires(const S& store, const ProgressKey& key, std::string_view row,
                                 std::optional<std::string_view> after, std::size_t limit,
                                 const ProgressCommit& commit, const CallOptions& call) {
    { store.load_progress(key, call) } -> std::same_as<Result<std::optional<Progress>>>;
    {
        store.list_progress(call)
    } -> std::same_as<Result<std::vector<std::pair<ProgressKey, Progress>>>>;
    { store.commit_progress(commit, call) } -> std::same_as<Result<void>>;
    { store.drop_progress(key, call) } -> std::same_as<Result<bool>>;
    { store.load_row(key, row, call) } -> std::same_as<Result<std::optional<std::string>>>;
    { store.load_rows(key, after, limit, call) } -> std::same_as<Result<std::vector<RowCommit>>>;
    {
        store.load_parked(key, after, limit, call)
    } -> std::same_as<Result<std::vector<ParkedEvent>>>;
};

} // namespace detail

/// A store that keeps how far subscriptions have come, together with what they made of the events.
///
/// * `load_progress(key, call = {})`: what is stored, or nothing.
/// * `list_progress(call = {})`: all of it, in the order of name, fingerprint, rebuild.
/// * `commit_progress(commit, call = {})`: rows, statements, parked events and checkpoint in one
///   commit, if the checkpoint and the fence are those that were loaded, else `conflict`. A
///   statement that fails undoes all of it and is named by its number, from 1. A store without SQL
///   refuses statements with `unsupported`. A commit that is sent again after `unknown_outcome` is
///   answered as done if its `next` is what is stored.
/// * `drop_progress(key, call = {})`: removes progress, rows and parked events; false if there was
///   none.
/// * `load_row(key, row, call = {})`: a row, or nothing.
/// * `load_rows(key, after, limit, call = {})`: rows whose keys are greater than `after`, in the
///   order of their bytes; from the first one on if `after` is nothing. Fewer than `limit` are the
///   last ones. `limit` is 1 to `max_page_size`.
/// * `load_parked(key, after, limit, call = {})`: parked events whose keys are greater than
///   `after`, in the order of key and sequence. All events of one key come together, so there may
///   be more than `limit`.
///
/// A call reads one state of the store; between two pages others may commit. What a store takes is
/// bounded the same in all of them (store/progress_limits.hpp): names and keys are UTF-8 without a
/// NUL byte, content is any bytes; anything else is `invalid` or `too_large`.
///
/// Errors are those of the store. All functions may be called from several threads at once.
template <class S>
concept ProgressStore =
    detail::KeepsProgress<S> ||
    unmet<"es: a progress store has load_progress, list_progress, commit_progress, drop_progress, "
          "load_row, load_rows and load_parked, all of them const (store/progress_store.hpp)">;

} // namespace eventsourcing

#endif
