// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_URL_WITHOUT_CREDENTIALS_HPP
#define EVENTSOURCING_URL_WITHOUT_CREDENTIALS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <string>
#include <string_view>

namespace eventsourcing {

/// A URL that can be shown: the text between `//` and the last `@`, usually user and password,
/// becomes `***`. A URL without an `@` stays as it is.
[[nodiscard]] inline std::string without_credentials(std::string_view url) {
    const auto slashes = url.find("//");
    const auto at = url.rfind('@');
    if (slashes == url.npos || at == url.npos || at < slashes)
        return std::string(url);
    return std::string(url.substr(0, slashes + 2)).append("***").append(url.substr(at));
}

} // namespace eventsourcing

#endif
