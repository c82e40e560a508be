// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_FINGERPRINT_HPP
#define EVENTSOURCING_CODEC_FINGERPRINT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/aggregate_options.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/sha256.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <array>
#include <string_view>

namespace eventsourcing {

namespace detail {

/// Adds a text so that it can't be taken for the end of one and the beginning of another.
constexpr void add_text(Sha256& sum, std::string_view text) {
    sum.add(text).add(std::string_view("\0", 1));
}

/// One version of an event: its names and its layout. By itself, as compilers limit how much one
/// constant may compute.
template <class E>
struct EventFingerprint {
    static constexpr std::array<char, 64> digits = [] {
        Sha256 sum;
        add_text(sum, EventTraits<E>::event_type);
        add_text(sum, EventTraits<E>::event_type_version);
        for (const std::string_view alias : EventTraits<E>::event_type_aliases)
            add_text(sum, alias);
        add_text(sum, "");
        add_text(sum, layout_text<E>());
        return sum.hex_digits();
    }();
};

template <class... Versions>
constexpr void add_history(Sha256& sum, TypeList<Versions...> /*newest_first*/) {
    (add_text(sum, {EventFingerprint<Versions>::digits.data(), 64}), ...);
    add_text(sum, ""); // the end of the chain
}
template <class... Es>
constexpr void add_events(Sha256& sum, TypeList<Es...> /*alternatives*/) {
    (add_history(sum, typename History<Es>::List{}), ...);
}

template <class T>
struct LayoutFingerprint {
    static constexpr std::array<char, 64> digits = [] {
        Sha256 sum;
        add_text(sum, layout_text<T>());
        return sum.hex_digits();
    }();
};

template <class A>
struct StateFingerprint {
    static_assert(explain_upcasts(Alternatives<typename A::Event>{}));
    static constexpr std::array<char, 64> digits = [] {
        Sha256 sum;
        add_text(sum, "1"); // the way in which this is put together
        add_text(sum, {LayoutFingerprint<typename A::State>::digits.data(), 64});
        add_text(sum, evolve_revision_of<SubjectOf<typename A::State>>());
        add_text(sum, evolve_revision_of<A>());
        add_text(sum, unknown_events_of<A>() == UnknownEvents::ignore ? "ignore" : "");
        add_events(sum, Alternatives<typename A::Event>{});
        return sum.hex_digits();
    }();
};

} // namespace detail

/// A digest of all that could change the meaning of a folded state, computed at compile time: 64
/// hexadecimal digits, the SHA-256 of the state's layout, of the name, version, aliases and layout
/// of each event that can be read (also of older versions, by `upcast`), in their order, of
/// `unknown_events`, and of what the aggregate and its state declare as
/// `static constexpr std::string_view evolve_revision`.
///
/// It does not change with the compiler, its options or the namespace. It can't see the bodies of
/// functions: whoever changes how events are folded also changes `evolve_revision`
/// (`es::check_folds` of testing/check_folds.hpp finds out who forgets it).
template <class A>
constexpr std::string_view state_fingerprint() {
    return {detail::StateFingerprint<A>::digits.data(), 64};
}

} // namespace eventsourcing

#endif
