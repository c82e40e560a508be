// SPDX-License-Identifier: MIT
// Lets a program end in good order at Ctrl-C, at `kill`, or when its terminal is closed.
#ifndef COMBAT_STOP_AT_SIGNAL_HPP
#define COMBAT_STOP_AT_SIGNAL_HPP

#include <csignal>
#include <pthread.h>
#include <stop_token>
#include <thread>

namespace combat {

/// Make it before any other thread: those that begin later leave the signals to it.
class StopAtSignal {
public:
    StopAtSignal() {
        sigemptyset(&signals_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP})
            sigaddset(&signals_, signal);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        waiting_ = std::thread([this] {
            int signal = 0;
            sigwait(&signals_, &signal);
            source_.request_stop();
        });
    }
    StopAtSignal(const StopAtSignal&) = delete;
    StopAtSignal& operator=(const StopAtSignal&) = delete;
    ~StopAtSignal() {
        pthread_kill(waiting_.native_handle(), SIGTERM);
        waiting_.join();
    }

    [[nodiscard]] std::stop_source source() const { return source_; }

private:
    sigset_t signals_{};
    std::stop_source source_;
    std::thread waiting_;
};

} // namespace combat

#endif
