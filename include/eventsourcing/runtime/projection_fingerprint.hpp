// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROJECTION_FINGERPRINT_HPP
#define EVENTSOURCING_RUNTIME_PROJECTION_FINGERPRINT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/fingerprint.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/runtime/projection.hpp>

#include <array>
#include <string_view>

namespace eventsourcing {

namespace detail {

template <class P>
consteval std::string_view apply_revision_of() {
    if constexpr (NamesText_apply_revision<P>)
        return P::apply_revision;
    return {};
}

template <class P>
struct ProjectionFingerprint {
    static_assert(explain_upcasts(Followed<P>{}));
    static constexpr std::array<char, 64> digits = [] {
        Sha256 sum;
        add_text(sum, "1"); // the way in which this is put together
        if constexpr (MakesStatements<P>) {
            add_text(sum, "statements");
            if constexpr (NamesText_create<P>)
                add_text(sum, P::create);
        } else {
            add_text(sum, HasKey<P> ? "rows" : "state");
            add_text(sum, {LayoutFingerprint<typename P::State>::digits.data(), 64});
        }
        add_text(sum, apply_revision_of<P>());
        add_events(sum, Followed<P>{});
        return sum.hex_digits();
    }();
};

} // namespace detail

/// A digest of all that could change the meaning of a read model, computed at compile time: 64
/// hexadecimal digits, the SHA-256 of the layout of the projection's State (or of `create`), of
/// the events that it follows, as in `state_fingerprint`, and of what it declares as
/// `static constexpr std::string_view apply_revision`, which is to be changed whenever the bodies
/// of its functions change what they do.
template <class P>
constexpr std::string_view projection_fingerprint() {
    return {detail::ProjectionFingerprint<P>::digits.data(), 64};
}

} // namespace eventsourcing

#endif
