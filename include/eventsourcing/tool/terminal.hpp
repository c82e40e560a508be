// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TERMINAL_HPP
#define EVENTSOURCING_TOOL_TERMINAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

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

    void print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), out); }
    void tell(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), err); }
};

/// That of the process.
inline Terminal terminal_of_process() {
    Terminal terminal;
    terminal.answers = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    if (::isatty(STDOUT_FILENO) != 1)
        return terminal;
    ::winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        terminal.width = size.ws_col;
    const char* const plain = std::getenv("NO_COLOR"); // no-color.org
    const char* const kind = std::getenv("TERM");
    terminal.colours =
        (!plain || *plain == '\0') && kind && *kind != '\0' && std::string_view(kind) != "dumb";
    return terminal;
}

} // namespace eventsourcing::detail::tool

#endif
