// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_LOAD_HPP
#define EVENTSOURCING_RUNTIME_LOAD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/check_options.hpp>
#include <eventsourcing/runtime/explain_dispatch.hpp>
#include <eventsourcing/runtime/fold_stream.hpp>
#include <eventsourcing/runtime/load_options.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/state_before.hpp>

#include <utility>

namespace eventsourcing {

/// The state of a stream, folded from its events page by page in constant memory; `State{}` and no
/// revision if the stream does not exist.
///
/// Errors: those of reading, `malformed`, `unknown_type` and `unknown_version` for an event that
/// can't be decoded, `cannot_apply` and `threw` for one that can't be folded; these name stream,
/// revision and type, and `loaded_until<A>(error)` has the state before the event.
template <Aggregate A, class Store>
[[nodiscard]] Result<Loaded<A>> load(const Store& store, StreamNameView stream,
                                     const LoadOptions& options = {}) {
    static_assert(detail::explain_store<A, Store>());
    return detail::guarded("making the state", [&] {
        Result<Loaded<A>> loaded(std::in_place);
        if (auto good = detail::check_page_option("LoadOptions", options.page_size); !good) {
            loaded = std::move(good).error();
            return loaded;
        }
        if (auto done = detail::fold_stream<A>(*loaded, store, stream, options); !done)
            loaded = detail::with_state_before<A>(std::move(done).error(), store, stream, options,
                                                  loaded->revision);
        else if (options.at && loaded->revision != options.at && !options.as_of)
            loaded = detail::ends_before(stream, *options.at, loaded->revision);
        return loaded;
    });
}

/// Does not compile: says what is wrong with the aggregate, or which of the arguments is wrong.
template <class A = detail::NoAggregateNamed, class... Args>
    requires(!detail::begins_a_load<A, Args...>)
auto load(const Args&... /*args*/) {
    static_assert(detail::explain_load<A, Args...>());
    static_assert(detail::begins_a_load<A, Args...>);
}

} // namespace eventsourcing

#endif
