// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SHARED_ENGINE_STATE_HPP
#define EVENTSOURCING_ENGINES_SHARED_ENGINE_STATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/fork_epoch.hpp>
#include <eventsourcing/core/result.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace eventsourcing::detail::shared {

/// Whether an engine can be used: until it is closed, or fails permanently, and in the process that
/// opened it. May be used from several threads at once.
class EngineState {
public:
    explicit EngineState(std::string store, Environment environment = {})
        : store_(std::move(store)),
          environment_(std::move(environment)) {}

    /// The first words of messages: `sqlite store "combat.db"`.
    [[nodiscard]] const std::string& store() const { return store_; }

    /// Whose clock the engine's waits and deadlines are by.
    [[nodiscard]] const Environment& environment() const { return environment_; }

    [[nodiscard]] Result<void> usable() const {
        if (!is_mine())
            return Error(errc::closed, store_ + ": it was opened before this process was forked: "
                                                "open stores after the fork, or exec");
        if (closed_)
            return Error(errc::closed, store_ + ": it was closed");
        if (!failed_)
            return {};
        const std::lock_guard lock(mutex_);
        return *cause_;
    }
    /// Whether this process is the one that opened it. Takes no lock: a forked child may have
    /// inherited it locked.
    [[nodiscard]] bool is_mine() const { return epoch_ == fork_epoch(); }
    [[nodiscard]] bool ended() const { return closed_ || failed_; }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] const std::atomic<bool>& closed() const { return closed_; }

    void close() { closed_ = true; }
    void fail(const Error& cause) noexcept {
        const std::lock_guard lock(mutex_);
        if (failed_)
            return; // the first cause stays
        EVENTSOURCING_TRY {
            cause_ =
                Error(errc::failed, cause.message() +
                                        "; the store was stopped by this failure: open it "
                                        "again, and retry what has no answer with the same ids");
        }
        EVENTSOURCING_CATCH(...) { // no memory for the message
            cause_ = errc::failed;
        }
        failed_ = true;
    }

private:
    const std::string store_;
    const Environment environment_;
    const std::uint32_t epoch_ = fork_epoch();
    std::atomic<bool> closed_ = false;
    std::atomic<bool> failed_ = false;
    mutable std::mutex mutex_;
    std::optional<Error> cause_; // set before failed_
};

} // namespace eventsourcing::detail::shared

#endif
