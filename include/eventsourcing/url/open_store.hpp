// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_URL_OPEN_STORE_HPP
#define EVENTSOURCING_URL_OPEN_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/customisation.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/url/without_credentials.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

template <class S>
concept OpensByUrl = NamesText_url_scheme<S> && requires(std::string_view rest) {
    { S::open_url(rest) } -> std::same_as<Result<S>>;
};

} // namespace detail

/// An event store that a URL can name: it has `static constexpr std::string_view url_scheme`, and
/// `static Result<S> open_url(std::string_view rest)`, which takes the text after the colon; if it
/// also takes `const Environment& = {}`, the store can be opened with an environment.
template <class S>
concept UrlStore =
    EventStore<S> &&
    (detail::OpensByUrl<S> ||
     unmet<"es: a store that a URL can name has static constexpr std::string_view url_scheme and "
           "static es::Result<S> open_url(std::string_view rest)">);

namespace detail {

/// Says in the compiler's first error line what a store lacks to be opened by a URL.
template <class S>
consteval bool explain_url_store() {
    EVENTSOURCING_EXPLAIN(OpensByUrl<S>,
                          "a store that a URL can name has, public: `static constexpr "
                          "std::string_view url_scheme = \"mine\";` and `static es::Result<S> "
                          "open_url(std::string_view rest)`",
                          S);
    return UrlStore<S>;
}

template <class S>
Result<S> open_by_url(std::string_view rest, const Environment& environment) {
    if constexpr (requires {
                      { S::open_url(rest, environment) } -> std::same_as<Result<S>>;
                  })
        return S::open_url(rest, environment);
    else if (environment.is_system())
        return S::open_url(rest);
    else
        return Error(errc::unsupported,
                     std::string(type_name<S>()) +
                         " can't be opened with an environment: its open_url takes none; expected "
                         "open_url(std::string_view rest, const es::Environment& environment = "
                         "{})");
}

} // namespace detail

/// Opens the store that `url` names, `sqlite:combat.db` or `memory:`, as one of `Stores`.
///
/// An unknown scheme is `errc::invalid`, and the message lists the known ones; the rest is up to
/// the store's `open_url`. The case of a scheme makes no difference. `unsupported` for an
/// environment other than the system that the store's `open_url` does not take.
template <class... Stores>
    requires(sizeof...(Stores) > 0)
[[nodiscard]] Result<AnyStore> open_store(std::string_view url,
                                          const Environment& environment = {}) {
    static_assert((detail::explain_url_store<Stores>() && ...),
                  "es: each of these is a store that a URL can name");
    const auto refuse = [&](std::string_view why) {
        std::string list;
        ((list += (list.empty() ? "" : ", ") + std::string(Stores::url_scheme) + ":"), ...);
        return Error(errc::invalid, "store URL " + detail::in_quotes(without_credentials(url)) +
                                        ": " + std::string(why) +
                                        "; expected one that starts with one of " + list);
    };
    const auto colon = url.find(':');
    if (colon == url.npos)
        return refuse("it has no scheme");
    std::string scheme(url.substr(0, colon));
    for (char& c : scheme)
        c = detail::to_lower(c);

    std::optional<Result<AnyStore>> opened;
    const auto open_if = [&]<class S>(std::type_identity<S> /*store*/) {
        if (opened || scheme != S::url_scheme)
            return;
        auto store = detail::guarded(
            "open_url", [&] { return detail::open_by_url<S>(url.substr(colon + 1), environment); });
        if (store)
            opened.emplace(*std::move(store));
        else
            opened.emplace(std::move(store).error());
    };
    (open_if(std::type_identity<Stores>{}), ...);
    return opened ? *std::move(opened) : refuse("no store of this program has its scheme");
}

} // namespace eventsourcing

#endif
