// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TERMINAL_HPP
#define EVENTSOURCING_TOOL_TERMINAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace eventsourcing::detail::tool {

/// Where a verb reads and writes.
struct Terminal {
    std::FILE* in = stdin;
    std::FILE* out = stdout;
    std::FILE* err = stderr;
    /// How many columns a line of `out` may have; 0 for any number: a file or a pipe.
    std::size_t width = 0;
    /// Whether `out` shows colours.
    bool colours = false;
    /// Whether somebody can answer a question at `in`, and sees it at `err`.
    bool answers = false;
    /// Whether `out` is one, and not a file or a pipe.
    bool is_terminal = false;
    /// Why `out` could not be written: the errno of the first failure.
    mutable int write_error = 0;

    void print(std::string_view text) const {
        if (std::fwrite(text.data(), 1, text.size(), out) != text.size())
            note_failure();
    }
    /// Returns whether everything that was printed is written.
    bool flush() const {
        if (std::fflush(out) != 0)
            note_failure();
        return write_error == 0;
    }
    void tell(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), err); }

private:
    void note_failure() const {
        if (write_error == 0)
            write_error = errno == 0 ? EIO : errno;
    }
};

/// How many columns the terminal of the output has; 80 if it does not say.
inline std::size_t columns_of_output() {
    ::winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/// That of the process.
inline Terminal terminal_of_process() {
    Terminal terminal;
    terminal.answers = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    terminal.is_terminal = ::isatty(STDOUT_FILENO) == 1;
    if (!terminal.is_terminal)
        return terminal;
    terminal.width = columns_of_output();
    const char* const plain = std::getenv("NO_COLOR"); // no-color.org
    const char* const kind = std::getenv("TERM");
    terminal.colours =
        (!plain || *plain == '\0') && kind && *kind != '\0' && std::string_view(kind) != "dumb";
    return terminal;
}

} // namespace eventsourcing::detail::tool

#endif
