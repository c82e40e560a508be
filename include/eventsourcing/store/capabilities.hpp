// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_CAPABILITIES_HPP
#define EVENTSOURCING_STORE_CAPABILITIES_HPP

#include <eventsourcing/core/require_cxx20.hpp>

namespace eventsourcing {

/// What a sink or store can do and what it promises, said in its type: `static constexpr
/// Capabilities capabilities{...}`. Asking one for what it can't do does not compile; through
/// `AnyStore` it is `errc::unsupported`. What a store can do beyond `EventStore` are concepts
/// (store/verbs.hpp).
///
/// A handle whose store is known at run time only has `actual_capabilities()` as well;
/// `promises_of` asks either.
struct Capabilities {
    /// `append` checks an expected revision.
    bool expected_revision = false;
    /// `append` checks an append condition.
    bool conditions = false;
    /// Events have positions, and `read_all` returns them in commit order.
    bool global_order = false;
    /// `wait_for_append` wakes readers.
    bool wakes_readers = false;
    /// The store knows every id that was ever stored, also much later and after a restart: an
    /// unchecked append can be sent again too, and an id is refused at any other place. A checked
    /// append can be sent again to any store.
    bool remembers_ids = false;
    /// An id that is stored already is refused with other content: another type, version, content
    /// type, data, metadata, tags or source.
    bool compares_content = false;
    /// An acknowledged append survives the death of the process.
    bool durable = false;
    /// A position after the last one of the store, in `AllRead::after`, `AppendCondition::after` or
    /// `wait_for_append`, is refused with `errc::beyond_head`: the store knows its last position in
    /// the same read. If false, the store reads from there as from its end.
    bool checks_positions = false;
    /// It uses ids, time and metadata; if false, a dispatcher leaves them out.
    bool stamps = true;
    /// Data and metadata come back byte for byte. If false, they come back as equal JSON, and the
    /// store may refuse what is not JSON.
    bool keeps_bytes = true;

    constexpr bool operator==(const Capabilities&) const = default;
};

/// What this sink or store can do and promises: what its type says or, for one that holds another,
/// such as `AnyStore`, what that one says.
template <class S>
    requires requires { Capabilities(S::capabilities); }
[[nodiscard]] constexpr Capabilities promises_of([[maybe_unused]] const S& store) {
    if constexpr (requires { Capabilities(store.actual_capabilities()); })
        return store.actual_capabilities();
    else
        return S::capabilities;
}

} // namespace eventsourcing

#endif
