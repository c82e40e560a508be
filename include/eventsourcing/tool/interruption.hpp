// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_INTERRUPTION_HPP
#define EVENTSOURCING_TOOL_INTERRUPTION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/tool/terminal.hpp>

#include <fcntl.h>
#include <sys/poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <stop_token>
#include <thread>

namespace eventsourcing::detail::tool {

/// While there is one, Ctrl-C and SIGTERM do not end the process but ask for a stop, so that what
/// is under way ends with a whole line. So does the end of the program that reads the output, which
/// a program that waits for events would not notice. There is one at a time.
class Interruption {
public:
    explicit Interruption(const Terminal& terminal) : terminal_(terminal) {
        if (::pipe(pipe_.data()) != 0)
            return; // signals do what they did
        for (const int end : pipe_)
            ::fcntl(end, F_SETFD, FD_CLOEXEC);
        signalled = pipe_[1];
        struct ::sigaction action{};
        action.sa_handler = &on_signal;
        action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND); // a second one ends it
        ::sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < signals.size(); ++i) {
            ::sigaction(signals[i], &action, &before_[i]);
            if (before_[i].sa_handler == SIG_IGN) // as in the background of a script
                ::sigaction(signals[i], &before_[i], nullptr);
        }
        watcher_ = std::jthread([this] { watch(); });
    }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption() {
        if (!watcher_.joinable())
            return;
        for (std::size_t i = 0; i < signals.size(); ++i)
            ::sigaction(signals[i], &before_[i], nullptr);
        tell(0);
        watcher_.join();
        signalled = -1;
        for (const int end : pipe_)
            ::close(end);
        if (by_ == SIGINT && ::isatty(STDERR_FILENO) == 1)
            terminal_.tell("\n"); // after the ^C that the terminal shows
    }

    [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

private:
    static constexpr std::array<int, 2> signals{SIGINT, SIGTERM};

    /// Where a signal is written to.
    static inline std::atomic<int> signalled{-1};
    static void tell(int signal) {
        const char byte = static_cast<char>(signal);
        while (::write(signalled, &byte, 1) < 0 && errno == EINTR) {
        }
    }
    static void on_signal(int signal) {
        const int before = errno;
        tell(signal);
        errno = before;
    }

    void watch() {
        std::array<::pollfd, 2> both{
            {{pipe_[0], POLLIN, 0}, {::fileno(terminal_.out), 0, 0}}}; // a negative one is left out
        while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) {
        }
        char signal = 0;
        if ((both[0].revents & POLLIN) != 0 && ::read(pipe_[0], &signal, 1) == 1)
            by_ = signal;
        stop_.request_stop();
    }

    const Terminal& terminal_;
    std::array<int, 2> pipe_{-1, -1};
    std::array<struct ::sigaction, 2> before_{};
    std::stop_source stop_{};
    /// The signal that came, written before the watcher ends.
    int by_ = 0;
    std::jthread watcher_{};
};

} // namespace eventsourcing::detail::tool

#endif
