// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_STUMBLING_STORE_HPP
#define EVENTSOURCING_TESTING_STUMBLING_STORE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/progress.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace eventsourcing::detail {

/// What becomes of the next commit.
enum class Stumble : std::uint8_t {
    never,
    before, ///< it is not made
    after,  ///< it is made, and its answer is lost
};

/// Keeps progress, and fails when it is told to. A handle, as the store.
class StumblingStore : public MemoryStore {
public:
    explicit StumblingStore(const Environment& environment) : MemoryStore(environment) {}

    void next(Stumble stumble) const { *next_ = stumble; }

    Result<void> commit_progress(const ProgressCommit& commit, const CallOptions& call = {}) const {
        const Stumble stumble = std::exchange(*next_, Stumble::never);
        if (stumble == Stumble::before)
            return Error(errc::unavailable, "this commit fails, so that the page is handled again");
        auto done = MemoryStore::commit_progress(commit, call);
        if (done && stumble == Stumble::after)
            return Error(errc::unknown_outcome, "the answer to this commit is lost");
        return done;
    }

private:
    std::shared_ptr<Stumble> next_ = std::make_shared<Stumble>(Stumble::never);
};

} // namespace eventsourcing::detail

#endif
