// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_READER_POOL_HPP
#define EVENTSOURCING_ENGINES_SQLITE_READER_POOL_HPP

#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/shared/engine_state.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>
#include <eventsourcing/engines/sqlite/open_file.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail::sqlite {

/// The reading connections of an engine: as many as there are threads that read at once, of which
/// some are kept. May be used from several threads at once.
class ReaderPool {
public:
    /// A connection that goes back with its scope.
    class Borrowed {
    public:
        explicit Borrowed(ReaderPool& pool) : pool_(&pool) {}
        Borrowed(Borrowed&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)),
              connection_(std::move(other.connection_)) {}
        Borrowed& operator=(Borrowed&&) = delete;
        ~Borrowed() {
            if (pool_)
                pool_->give_back(std::move(connection_));
        }
        [[nodiscard]] Connection& operator*() const { return *connection_; }

    private:
        friend ReaderPool;
        ReaderPool* pool_;
        std::unique_ptr<Connection> connection_{};
    };

    ReaderPool(std::string absolute_path, const shared::EngineState& state)
        : path_(std::move(absolute_path)),
          state_(state) {
        idle_.reserve(most_idle);
    }

    [[nodiscard]] Result<Borrowed> borrow() {
        std::unique_lock lock(mutex_);
        if (auto can = state_.usable(); !can)
            return std::move(can).error();
        ++borrowed_;
        Borrowed reader(*this);
        if (!idle_.empty()) {
            reader.connection_ = std::move(idle_.back());
            idle_.pop_back();
            return reader;
        }
        lock.unlock();
        auto opened = open_reader(path_, state_.store());
        if (!opened)
            return std::move(opened).error();
        reader.connection_ = *std::move(opened);
        return reader;
    }

    /// Closes them, after the state has ended and all are back.
    void close() {
        std::unique_lock lock(mutex_);
        all_back_.wait(lock, [&] { return borrowed_ == 0; });
        idle_.clear();
    }

private:
    static constexpr std::size_t most_idle = 16;

    void give_back(std::unique_ptr<Connection> connection) {
        const std::lock_guard lock(mutex_);
        if (connection && !connection->in_transaction() && idle_.size() < most_idle)
            idle_.push_back(std::move(connection)); // there is room: nothing throws
        connection.reset();
        if (--borrowed_ == 0)
            all_back_.notify_all();
    }

    const std::string path_;
    const shared::EngineState& state_;
    std::mutex mutex_;
    std::condition_variable all_back_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t borrowed_ = 0;
};

} // namespace eventsourcing::detail::sqlite

#endif
