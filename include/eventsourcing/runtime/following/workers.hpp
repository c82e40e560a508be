// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_WORKERS_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_WORKERS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/result.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Threads that share the work of the thread that has some. They begin with the first work, sleep
/// between two, and end with this object. Used by one thread at a time.
class Workers {
public:
    /// So many work at once, the calling thread among them.
    explicit Workers(unsigned at_once) : at_once_(at_once) {}
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers() {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        begins_.notify_all();
    }

    /// Makes a function in each thread by `make()`, and has one of them called with each number
    /// below `count`. Returns after the last call.
    template <class Make>
    Result<void> share(std::size_t count, const Make& make) {
        Work work(count);
        const auto take_part = [&work, &make] { work.take_part(make); };
        if (count <= 1) {
            take_part();
            return std::move(work.outcome);
        }
        if (auto done = start(); !done)
            return done;
        using Part = decltype(take_part);
        begin([](const void* of) { (*static_cast<Part*>(of))(); }, &take_part);
        take_part();
        wait_for_others();
        return std::move(work.outcome);
    }

private:
    struct Work {
        explicit Work(std::size_t of) : count(of) {}

        template <class Make>
        void take_part(const Make& make) {
            static const char* const working = "a partition";
            auto done = guarded(working, [&]() -> Result<void> {
                auto each = make();
                for (std::size_t n; (n = next.fetch_add(1, std::memory_order_relaxed)) < count;)
                    each(n);
                return {};
            });
            if (done)
                return;
            const std::lock_guard lock(mutex); // it is not of an event: it may pass
            outcome = std::move(done).error().as(errc::unavailable);
        }

        const std::size_t count;
        std::atomic<std::size_t> next{0};
        std::mutex mutex{};
        Result<void> outcome{};
    };

    Result<void> start() {
        static const char* const starting = "starting the threads of the partitions";
        auto done = guarded(starting, [&]() -> Result<void> {
            threads_.reserve(at_once_ - 1);
            while (threads_.size() + 1 < at_once_)
                threads_.emplace_back([this, seen = round_] { work(seen); });
            return {};
        });
        if (!done)
            return std::move(done).error().as(errc::unavailable);
        return done;
    }

    void begin(void (*take_part)(const void*), const void* of) {
        const std::lock_guard lock(mutex_);
        take_part_ = take_part;
        of_ = of;
        busy_ = threads_.size();
        ++round_;
        begins_.notify_all();
    }
    void wait_for_others() {
        std::unique_lock lock(mutex_);
        ends_.wait(lock, [&] { return busy_ == 0; });
    }

    void work(std::uint64_t seen) {
        std::unique_lock lock(mutex_);
        for (;;) {
            begins_.wait(lock, [&] { return ending_ || round_ != seen; });
            if (ending_)
                return;
            seen = round_;
            lock.unlock();
            take_part_(of_);
            lock.lock();
            if (--busy_ == 0)
                ends_.notify_one();
        }
    }

    const unsigned at_once_;
    std::mutex mutex_{};
    std::condition_variable begins_{};
    std::condition_variable ends_{};
    void (*take_part_)(const void*) = nullptr;
    const void* of_ = nullptr;
    std::size_t busy_ = 0;
    std::uint64_t round_ = 0; // of work
    bool ending_ = false;
    std::vector<std::jthread> threads_{}; // ends first
};

} // namespace eventsourcing::detail

#endif
