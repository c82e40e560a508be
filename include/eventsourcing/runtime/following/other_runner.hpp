// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_OTHER_RUNNER_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_OTHER_RUNNER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/runtime/following/runners.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Why a position is not waited for: because of this, or because nobody runs it.
inline Error not_coming(std::string_view name, std::optional<Error> why) {
    if (why)
        return std::move(*why).within(joined({name, " has stopped"}));
    return {errc::unavailable,
            joined({"nobody runs ", name, ": run it with es::run or es::follow"})};
}

/// How often the progress of another process is looked at.
inline constexpr std::chrono::milliseconds look_at_progress_every{10};

/// Waits until another runner than `owner`, in this process or another one, has stored the
/// position.
template <class Keeper>
Result<void> wait_for_other_runner(const Keeper& keeper, const ProgressKey& key,
                                   std::string_view owner, Position position,
                                   const Environment& environment, const CallOptions& call) {
    for (;;) {
        auto stored = keeper.load_progress(key, call);
        if (!stored)
            return std::move(stored).error();
        if (*stored && (*stored)->checkpoint.position &&
            *(*stored)->checkpoint.position >= position)
            return {};
        if (!*stored || !Runners((*stored)->owner).has_others(owner))
            return not_coming(key.name, std::nullopt);
        if ((*stored)->status == status_word(SubscriptionState::stopped))
            return not_coming(key.name,
                              Error(errc::failed, (*stored)->failure ? (*stored)->failure->message
                                                                     : "its reason is not known"));
        environment.sleep(look_at_progress_every, call.stop);
        if (auto done = check_call(call, environment); !done)
            return std::move(done).error().within(joined({"waiting for ", key.name}));
    }
}

} // namespace eventsourcing::detail

#endif
