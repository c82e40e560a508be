// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_OPENED_STORE_HPP
#define EVENTSOURCING_TOOL_OPENED_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/url_options.hpp>
#include <eventsourcing/engines/shared/verify_report.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/url/open_store.hpp>
#include <eventsourcing/url/without_credentials.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing::detail::tool {

/// What a verb needs of the store.
enum class Access : std::uint8_t {
    none,     ///< it opens no store
    current,  ///< a store that is there: a mistyped path makes no new one, and none is migrated
    existing, ///< the same, and one of an earlier version is migrated
    create,   ///< it may be made
};

/// A store with what stores have beyond an `AnyStore`.
class OpenedStore {
public:
    OpenedStore(AnyStore its_store, std::string its_url)
        : store(std::move(its_store)),
          url(std::move(its_url)) {}
    OpenedStore(const OpenedStore&) = delete;
    OpenedStore& operator=(const OpenedStore&) = delete;
    virtual ~OpenedStore() = default;

    AnyStore store;
    /// For people: without user and password.
    std::string url;

    virtual Result<VerifyReport> verify() const = 0;
    virtual Result<void> backup(const std::string& path) const = 0;

protected:
    [[nodiscard]] Error cannot(std::string_view what) const {
        return {errc::unsupported, joined({url, ": ", store.name(), " can't ", what})};
    }
};

/// Opens the store that a URL names.
using OpenFunction = Result<std::unique_ptr<OpenedStore>> (*)(std::string_view url, Access access);

template <class S>
class OpenedStoreOf final : public OpenedStore {
public:
    OpenedStoreOf(S inside, std::string its_url)
        : OpenedStore(AnyStore(inside), std::move(its_url)),
          inside_(std::move(inside)) {}

    Result<VerifyReport> verify() const override {
        if constexpr (requires {
                          { inside_.verify() } -> std::same_as<Result<VerifyReport>>;
                      })
            return inside_.verify();
        else
            return cannot("check what it holds");
    }
    Result<void> backup(const std::string& path) const override {
        if constexpr (requires {
                          { inside_.backup(path) } -> std::same_as<Result<void>>;
                      })
            return inside_.backup(path);
        else
            return cannot("be copied while it is in use; export writes its events to a file");
    }

private:
    S inside_;
};

/// What follows the scheme, with the option that keeps SQLite from making or migrating a file.
inline std::string url_rest(std::string_view scheme, std::string_view rest, Access access) {
    std::string options = lower_case(rest.substr(std::min(rest.find('?'), rest.size())));
    if (!options.empty())
        options.front() = '&';
    if (scheme != "sqlite" || access == Access::create ||
        options.find("&open=") != std::string::npos)
        return std::string(rest);
    return joined({rest, options.empty() ? "?" : "&",
                   access == Access::current ? "open=current" : "open=existing"});
}

/// Opens the store that a URL names, as one of `Stores`.
template <class... Stores>
Result<std::unique_ptr<OpenedStore>> open_for(std::string_view url, Access access) {
    const std::string scheme = lower_case(url.substr(0, url.find(':')));
    const std::string shown = without_credentials(url);
    std::unique_ptr<OpenedStore> opened;
    Result<void> done = Error(errc::internal);
    const auto open_as = [&]<class S>(std::type_identity<S> /*store*/) {
        if (scheme != S::url_scheme || url.size() == scheme.size())
            return false;
        const std::string rest = url_rest(scheme, url.substr(scheme.size() + 1), access);
        auto store = guarded("open_url", [&] { return S::open_url(rest); });
        done = store ? Result<void>() : Result<void>(std::move(store).error());
        if (store)
            opened = std::make_unique<OpenedStoreOf<S>>(*std::move(store), shown);
        return true;
    };
    if (!(open_as(std::type_identity<Stores>{}) || ...))
        return open_store<Stores...>(url).error(); // it says which schemes there are
    if (!done)
        return std::move(done).error();
    return opened;
}

} // namespace eventsourcing::detail::tool

#endif
