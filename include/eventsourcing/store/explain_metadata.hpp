// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EXPLAIN_METADATA_HPP
#define EVENTSOURCING_STORE_EXPLAIN_METADATA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/explain.hpp>

#include <concepts>
#include <string_view>

namespace eventsourcing::detail {

template <class... Texts>
consteval bool explain_unnamed_metadata() {
    EVENTSOURCING_EXPLAIN((sizeof...(Texts) == 0),
                          "name the members of es::Metadata: {.values = {{\"user\", \"ann\"}}}, "
                          "{.correlation_id = \"request-17\"}",
                          Texts...);
    return true;
}

/// The first member of `Metadata`. It takes texts that are given without the name of a member, and
/// does not compile: `{{"user", "ann"}}` would make a text of two pointers, which is undefined.
struct NothingUnnamed {
    constexpr NothingUnnamed() = default;
    template <class... Texts>
        requires(sizeof...(Texts) > 0 &&
                 (std::convertible_to<const Texts&, std::string_view> && ...))
    NothingUnnamed(const Texts&... /*texts*/) { // not constexpr: concepts must not make its body
        static_assert(explain_unnamed_metadata<Texts...>());
    }
    bool operator==(const NothingUnnamed&) const = default;
};

} // namespace eventsourcing::detail

#endif
