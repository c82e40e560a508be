// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_POSITION_HPP
#define EVENTSOURCING_TOOL_POSITION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/revision.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing::detail::tool {

/// A position as the tool shows it: `17`, or `17/16` of an EventStoreDB.
inline std::optional<Position> parse_position(std::string_view text) {
    std::uint64_t numbers[2]{};
    std::uint64_t* number = numbers;
    for (bool more = true; more; ++number) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
        if (error != std::errc() || end == text.data())
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        more = text.starts_with('/') && number == numbers;
        text.remove_prefix(more ? 1 : 0);
    }
    return text.empty() ? std::optional(Position(numbers[0], numbers[1])) : std::nullopt;
}

/// Adds an option with a position.
inline CLI::Option* add_position(CLI::App& app, const std::string& name, std::string& to,
                                 const std::string& what) {
    return app.add_option(name, to, what)
        ->type_name("POSITION")
        ->check(CLI::Validator(
            [](const std::string& text) {
                return parse_position(text)
                           ? std::string()
                           : joined({"expected a position such as 17 or 17/16, got ",
                                     in_quotes(text)});
            },
            "", "position"));
}

} // namespace eventsourcing::detail::tool

#endif
