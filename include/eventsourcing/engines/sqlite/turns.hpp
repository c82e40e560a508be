// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_TURNS_HPP
#define EVENTSOURCING_ENGINES_SQLITE_TURNS_HPP

#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/engine_state.hpp>
#include <eventsourcing/store/call_options.hpp>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// Whose turn it is to write: one thread at a time, and waiting for it heeds deadline, stop and the
/// end of the engine. May be used from several threads at once.
class Turns {
public:
    /// Ends with its scope.
    class Turn {
    public:
        explicit Turn(Turns& turns) : turns_(&turns) {}
        Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (turns_)
                turns_->give_back();
        }

    private:
        Turns* turns_;
    };

    [[nodiscard]] Result<Turn> take(const CallOptions& call, const EngineState& state) {
        std::unique_lock lock(mutex_);
        const auto changed = [&] { return !taken_ || state.ended(); };
        for (;;) {
            if (auto can = state.usable(); !can) {
                free_.notify_all(); // whoever is woken for nothing wakes the others
                return std::move(can).error();
            }
            if (!taken_) {
                taken_ = true;
                return Turn(*this);
            }
            if (auto go_on = check_call(call); !go_on)
                return std::move(go_on).error();
            if (call.deadline)
                free_.wait_until(lock, call.stop, *call.deadline, changed);
            else
                free_.wait(lock, call.stop, changed);
        }
    }

    /// The last turn, after the state has ended: all who wait are answered, and who has the turn
    /// may bring it to its end.
    [[nodiscard]] Turn take_last() {
        std::unique_lock lock(mutex_);
        free_.notify_all();
        free_.wait(lock, [&] { return !taken_; });
        taken_ = true;
        return Turn(*this);
    }

private:
    void give_back() {
        const std::lock_guard lock(mutex_);
        taken_ = false;
        free_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable_any free_;
    bool taken_ = false;
};

} // namespace eventsourcing::detail::sqlite

#endif
