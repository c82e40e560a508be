// SPDX-License-Identifier: MIT
// How text looks on a terminal, and elsewhere.
#ifndef COMBAT_STYLE_HPP
#define COMBAT_STYLE_HPP

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace combat {

inline constexpr std::string_view bold = "1";
inline constexpr std::string_view red = "31";
inline constexpr std::string_view green = "32";
inline constexpr std::string_view yellow = "33";

/// Of standard output.
struct Style {
    bool terminal = false;
    bool colours = false;
    std::size_t columns = 80;

    [[nodiscard]] std::string in(std::string_view colour, const std::string& text) const {
        if (!colours || colour.empty())
            return text;
        return "\x1b[" + std::string(colour) + "m" + text + "\x1b[0m";
    }
    /// A bar, and the last piece of it goes with the last hit point.
    [[nodiscard]] std::string bar(std::uint64_t hitpoints, std::uint64_t full,
                                  std::size_t width) const {
        full = std::max<std::uint64_t>(full, 1);
        const std::uint64_t left =
            std::min<std::uint64_t>((hitpoints * width + full - 1) / full, width);
        const auto pieces = static_cast<std::size_t>(left);
        return in(pieces > width / 2   ? green
                  : pieces > width / 4 ? yellow
                                       : red,
                  std::string(pieces, '#')) +
               std::string(width - pieces, '.');
    }
};

/// Colours are for terminals whose user wants them (https://no-color.org).
inline Style style_of_output() {
    const auto variable = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::string_view(value ? value : "");
    };
    Style style;
    style.terminal = isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb";
    style.colours = style.terminal && variable("NO_COLOR").empty();
    winsize size{};
    if (style.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.columns = size.ws_col;
    return style;
}

inline std::string padded(std::string text, std::size_t width) {
    text.resize(text.size() <= width ? width : text.size() + 1, ' ');
    return text;
}
inline std::string right(std::uint64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), ' ') + digits;
}

} // namespace combat

#endif
