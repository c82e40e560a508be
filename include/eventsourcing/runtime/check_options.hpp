// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_CHECK_OPTIONS_HPP
#define EVENTSOURCING_RUNTIME_CHECK_OPTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/out_of_range.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/runtime/backoff.hpp>
#include <eventsourcing/store/validate.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

// A value that makes no sense is an error of the call and is never replaced.

namespace eventsourcing::detail {

/// `options` is the name of the struct.
inline Result<void> check_attempts(std::string_view options, unsigned attempts) {
    if (attempts >= 1) [[likely]]
        return {};
    return out_of_range(joined({options, "::attempts"}), "1 or more", "0");
}

inline Result<void> check_page_option(std::string_view options, std::size_t size) {
    if (size >= 1 && size <= max_page_size) [[likely]]
        return {};
    return out_of_range(joined({options, "::page_size"}),
                        joined({"1 to ", std::to_string(max_page_size)}), std::to_string(size));
}

inline std::string nanoseconds_text(std::chrono::nanoseconds time) {
    return joined({std::to_string(time.count()), " ns"});
}

inline Result<void> check_backoff(std::string_view name, const Backoff& backoff) {
    const auto& [first, most] = backoff;
    if (first < std::chrono::nanoseconds{0})
        return out_of_range(joined({name, "::backoff.first"}), "0 or more",
                            nanoseconds_text(first));
    if (most < first)
        return out_of_range(joined({name, "::backoff.most"}),
                            joined({"at least backoff.first, ", nanoseconds_text(first)}),
                            nanoseconds_text(most));
    return {};
}

/// The terms on which a call is tried again.
template <class Options>
Result<void> check_retries(std::string_view name, const Options& options) {
    if (auto good = check_attempts(name, options.attempts); !good)
        return good;
    if (auto good = check_backoff(name, options.backoff); !good)
        return good;
    if (options.patience < std::chrono::nanoseconds{0})
        return out_of_range(joined({name, "::patience"}), "0 or more",
                            nanoseconds_text(options.patience));
    return {};
}

/// Each is a thread.
inline constexpr unsigned max_partitions = 256;

/// Those of whatever follows a store.
template <class Options>
Result<void> check_following_options(std::string_view name, const Options& options) {
    if (auto good = check_page_option(name, options.page_size); !good)
        return good;
    if (auto good = check_backoff(name, options.backoff); !good)
        return good;
    if constexpr (requires { options.partitions; })
        if (options.partitions < 1 || options.partitions > max_partitions)
            return out_of_range(joined({name, "::partitions"}),
                                joined({"1 to ", std::to_string(max_partitions)}),
                                std::to_string(options.partitions));
    if constexpr (requires { options.max_parked_keys; })
        if (options.max_parked_keys == 0)
            return out_of_range(joined({name, "::max_parked_keys"}), "1 or more", "0");
    if constexpr (requires { options.commit_every; })
        if (options.commit_every.time < std::chrono::nanoseconds{0})
            return out_of_range(joined({name, "::commit_every.time"}), "0 or more",
                                nanoseconds_text(options.commit_every.time));
    return {};
}

/// Those of a `RepositoryOptions`.
template <class Options>
Result<void> check_repository_options(const Options& options) {
    constexpr std::string_view name = "RepositoryOptions";
    if (auto good = check_retries(name, options); !good)
        return good;
    if (auto good = check_page_option(name, options.page_size); !good)
        return good;
    const std::uint64_t every = options.snapshot_every.events();
    if (every <= std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        return {};
    return out_of_range("RepositoryOptions::snapshot_every", "0 for none, or a number of events",
                        std::to_string(static_cast<std::int64_t>(every)));
}

} // namespace eventsourcing::detail

#endif
