// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READER_POOL_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READER_POOL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/engine_state.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/open_connections.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/timed_condition.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// The reading connections of an engine, opened when needed and then kept. The options limit their
/// number, since each has descriptors. May be used from several threads at once.
class ReaderPool {
public:
    /// A connection that goes back with its scope.
    class Borrowed {
    public:
        explicit Borrowed(ReaderPool& pool) : pool_(&pool) {}
        Borrowed(Borrowed&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)),
              connection_(std::move(other.connection_)),
              is_new_(other.is_new_) {}
        Borrowed& operator=(Borrowed&&) = delete;
        ~Borrowed() {
            if (pool_)
                pool_->give_back(std::move(connection_));
        }
        [[nodiscard]] Connection& operator*() const { return *connection_; }
        /// Whether the connection was opened for this caller.
        [[nodiscard]] bool is_new() const { return is_new_; }
        /// Closes the connection instead of giving it back.
        void drop() { connection_.reset(); }

    private:
        friend ReaderPool;
        ReaderPool* pool_;
        std::unique_ptr<Connection> connection_{};
        bool is_new_ = false;
    };

    ReaderPool(std::string absolute_path, const shared::EngineState& state,
               const SqliteOptions& options)
        : path_(std::move(absolute_path)),
          state_(state),
          how_(options.open == SqliteOpen::read_only ? options.open : SqliteOpen::existing),
          most_(options.max_readers),
          given_back_(mutex_, state.environment()) {}

    /// `call` has begun. Waits while all connections are borrowed: until the deadline of `call`, or
    /// for `patience`.
    [[nodiscard]] Result<Borrowed> borrow(const CallOptions& call,
                                          std::chrono::milliseconds patience) {
        std::unique_lock lock(mutex_);
        if (auto room = wait_for_room(lock, call, patience); !room)
            return std::move(room).error();
        if (idle_.empty())
            idle_.reserve(borrowed_ + 1); // `give_back` must not throw
        ++borrowed_;
        Borrowed reader(*this);
        if (!idle_.empty()) {
            reader.connection_ = std::move(idle_.back());
            idle_.pop_back();
            return reader;
        }
        lock.unlock();
        auto opened = open_reader(path_, state_.store(), how_);
        if (!opened)
            return std::move(opened).error();
        reader.connection_ = *std::move(opened);
        reader.is_new_ = true;
        return reader;
    }

    /// Closes them, after the state has ended and all are back.
    void close() {
        std::unique_lock lock(mutex_);
        given_back_.notify_all(); // callers that wait look at the state
        given_back_.wait(lock, {}, {}, [&] { return borrowed_ == 0 && waiting_ == 0; });
        idle_.clear();
    }

private:
    Result<void> wait_for_room(std::unique_lock<std::mutex>& lock, const CallOptions& call,
                               std::chrono::milliseconds patience) {
        const auto has_room = [&] { return state_.ended() || borrowed_ < most_; };
        if (!has_room()) {
            const auto until =
                call.deadline.value_or(later(state_.environment().steady_now(), patience));
            ++waiting_;
            const bool found = given_back_.wait(lock, call.stop, until, has_room);
            if (--waiting_ == 0 && state_.ended())
                given_back_.notify_all(); // `close` waits
            if (!found) {
                if (auto go_on = check_call(call, state_.environment()); !go_on)
                    return go_on;
                return Error(errc::unavailable,
                             state_.store() + ": all " + std::to_string(most_) +
                                 " connections that read are in use (max_readers); nothing was "
                                 "done: try again, or allow more");
            }
        }
        return state_.usable();
    }

    void give_back(std::unique_ptr<Connection> connection) {
        const std::lock_guard lock(mutex_);
        if (connection && !connection->in_transaction())
            idle_.push_back(std::move(connection)); // there is room: nothing throws
        connection.reset();
        if (--borrowed_ == 0 || waiting_ > 0)
            given_back_.notify_all();
    }

    const std::string path_;
    const shared::EngineState& state_;
    const SqliteOpen how_;
    const std::size_t most_;
    std::mutex mutex_;
    TimedCondition given_back_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t borrowed_ = 0;
    std::size_t waiting_ = 0;
};

} // namespace eventsourcing::detail::sqlite

#endif
