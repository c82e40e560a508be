// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_ENDING_OF_HPP
#define EVENTSOURCING_TESTS_ENDING_OF_HPP

#include "catch.hpp"

#include <cstddef>
#include <exception>
#include <string>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

/// How a child process that calls `f` ends, and what it says on its error output.
struct Ending {
    int status = 0;
    std::string said;

    [[nodiscard]] bool exited() const { return WIFEXITED(status); }
    [[nodiscard]] bool aborted_saying(const std::string& text) const {
        return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
               said.find(text) != std::string::npos;
    }
};

template <class F>
Ending ending_of(F&& f) {
    int out[2];
    REQUIRE(pipe(out) == 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(out[1], 2);
        std::signal(SIGABRT, SIG_DFL); // Catch handles it
        std::set_terminate(nullptr);
        [&f]() noexcept { f(); }(); // an exception would run on in Catch
        _exit(0);
    }
    close(out[1]);
    Ending ending;
    char text[512];
    for (ssize_t size; (size = read(out[0], text, sizeof text)) > 0;)
        ending.said.append(text, static_cast<std::size_t>(size));
    close(out[0]);
    REQUIRE(waitpid(child, &ending.status, 0) == child);
    return ending;
}

#endif
