// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_CATEGORY_HPP
#define EVENTSOURCING_CORE_CATEGORY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <string_view>

namespace eventsourcing {

namespace detail {

/// What an aggregate declares as its category, else its own name in snake_case.
template <class A>
consteval std::string_view declared_category() {
    if constexpr (NamesText_category<A>)
        return A::category;
    else
        return SnakeName<A>::value;
}

/// Whether streams may be named `category-id`, whatever the id is.
consteval bool begins_stream_names(std::string_view category) {
    return !category.empty() && category.size() <= max_stream_name_size / 2 &&
           category.front() != '$' && category.front() != ' ' &&
           first_outside_stream_name(category) == std::string_view::npos;
}

/// Says in the compiler's first error line what is wrong with the category of an aggregate.
template <class A>
consteval bool explain_category() {
    constexpr bool right = !Declares_category<A> || NamesText_category<A>;
    EVENTSOURCING_EXPLAIN(right,
                          "`category` is declared in a form that the library does not read; write, "
                          "public: `static constexpr std::string_view category = \"shop_cart\";`",
                          A);
    if constexpr (right) {
        constexpr std::string_view category = declared_category<A>();
        constexpr bool derived = !NamesText_category<A>;
        constexpr bool named = !derived || is_plain_identifier(category);
        EVENTSOURCING_EXPLAIN(named,
                              "the streams of this aggregate can't be named for its type; name "
                              "them: `static constexpr std::string_view category = \"shop_cart\";`",
                              A);
        constexpr bool whole = category.find('-') == category.npos;
        EVENTSOURCING_EXPLAIN(whole,
                              "a category holds no dash, which separates it from the id: write "
                              "`static constexpr std::string_view category = \"shop_cart\";`",
                              A);
        EVENTSOURCING_EXPLAIN((!named || !whole || begins_stream_names(category)),
                              "a category is 1 to 127 bytes of UTF-8 without / \\ ? # % or "
                              "controls, and begins with no $ and no space",
                              A);
        return named && whole && begins_stream_names(category);
    }
    return false;
}

} // namespace detail

/// The first part of the names of an aggregate's streams, `combat` in `combat-ogre`: what the
/// aggregate declares as `static constexpr std::string_view category`, else its own name in
/// snake_case, without its namespaces.
template <class A>
consteval std::string_view category_of() {
    static_assert(detail::explain_category<A>());
    return detail::declared_category<A>();
}

} // namespace eventsourcing

#endif
