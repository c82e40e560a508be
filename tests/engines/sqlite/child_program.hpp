// SPDX-License-Identifier: MIT
// This test program once more, in a process of its own.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_CHILD_PROGRAM_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_CHILD_PROGRAM_HPP

#include "catch.hpp"

#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

extern char** environ; // of POSIX

namespace sqlite_tests {

/// Where a child reads what its parent says, and writes what it answers.
inline constexpr int from_parent = 3;
inline constexpr int to_parent = 4;

/// What the parent gave to the child on its way; null if there was none, because the test case was
/// run by hand.
inline const char* child_argument() {
    return std::getenv("ES_SQLITE_TEST_CHILD");
}

/// Runs the hidden test cases of a tag in a new process, which is gone when this ends.
class ChildProgram {
public:
    ChildProgram(const char* tag, const std::string& argument) {
        Pipe down;
        Pipe up;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        // by way of high numbers, for the ends may have the numbers that they are to get
        posix_spawn_file_actions_adddup2(&actions, down.ends[0], 203);
        posix_spawn_file_actions_adddup2(&actions, up.ends[1], 204);
        posix_spawn_file_actions_adddup2(&actions, 203, from_parent);
        posix_spawn_file_actions_adddup2(&actions, 204, to_parent);
        posix_spawn_file_actions_addclose(&actions, 203);
        posix_spawn_file_actions_addclose(&actions, 204);

        std::string self = "/proc/self/exe";
        std::string tag_copy = tag;
        char* arguments[] = {self.data(), tag_copy.data(), nullptr};
        std::string variable = "ES_SQLITE_TEST_CHILD=" + argument;
        std::vector<char*> variables;
        for (char** each = environ; *each; ++each)
            variables.push_back(*each);
        variables.push_back(variable.data());
        variables.push_back(nullptr);
        const int code =
            ::posix_spawn(&pid_, self.c_str(), &actions, nullptr, arguments, variables.data());
        posix_spawn_file_actions_destroy(&actions);
        REQUIRE(code == 0);
        to_ = std::exchange(down.ends[1], -1);
        from_ = std::exchange(up.ends[0], -1);
    }
    ~ChildProgram() {
        kill();
        say_no_more();
        ::close(from_);
    }
    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;

    /// Sends one byte.
    void say(char what) const { REQUIRE(::write(to_, &what, 1) == 1); }
    /// The child reads the end of what its parent says.
    void say_no_more() {
        if (to_ >= 0)
            ::close(std::exchange(to_, -1));
    }
    /// Where to read what it answers.
    [[nodiscard]] int answers() const { return from_; }
    /// The next byte of its answers, or 0 at their end or when none comes within 20 s.
    [[nodiscard]] char answer() const {
        pollfd ready{from_, POLLIN, 0};
        char byte = 0;
        if (::poll(&ready, 1, 20'000) == 1 && ::read(from_, &byte, 1) != 1)
            byte = 0;
        return byte;
    }

    /// Ends it at once, wherever it is.
    void kill() {
        if (pid_ < 0)
            return;
        ::kill(pid_, SIGKILL);
        ::waitpid(std::exchange(pid_, -1), nullptr, 0);
    }
    /// Waits for its end; its exit code, or less than 0 for a signal.
    int wait() {
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    struct Pipe {
        int ends[2] = {-1, -1};
        Pipe() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
        ~Pipe() {
            for (const int end : ends)
                if (end >= 0)
                    ::close(end);
        }
        Pipe(const Pipe&) = delete;
        Pipe& operator=(const Pipe&) = delete;
    };

    pid_t pid_ = -1;
    int to_ = -1;
    int from_ = -1;
};

} // namespace sqlite_tests

#endif
