// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_SESSION_HPP
#define EVENTSOURCING_TOOL_SESSION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/tool/exit_status.hpp>
#include <eventsourcing/tool/opened_store.hpp>
#include <eventsourcing/tool/shown_text.hpp>
#include <eventsourcing/tool/table.hpp>
#include <eventsourcing/tool/terminal.hpp>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

/// What a verb runs with.
struct Session {
    const Terminal& terminal;
    /// The name of the program, which messages begin with.
    std::string program;
    Format format = Format::table;
    /// Whether changes are agreed to.
    bool yes = false;
    /// Null for a verb that opens no store.
    const OpenedStore* opened = nullptr;

    [[nodiscard]] const AnyStore& store() const { return opened->store; }
    [[nodiscard]] const std::string& url() const { return opened->url; }

    [[nodiscard]] Table table(std::vector<Column> columns) const {
        return {terminal, format, std::move(columns)};
    }
    /// Says something to people, which machines don't need.
    void say(std::string_view text) const {
        if (format == Format::table)
            terminal.print(shown_text(text) + "\n");
    }
    ExitStatus fail(ExitStatus status, std::string_view why) const {
        terminal.tell(program + ": " + shown_text(why) + "\n");
        return status;
    }
    ExitStatus fail(const Error& error) const {
        return fail(exit_status_of(error), error.message());
    }

    /// Says what will be done and asks whether to do it; nothing if it is agreed to.
    [[nodiscard]] std::optional<ExitStatus> refused(std::string_view what) const {
        if (yes)
            return std::nullopt;
        if (!terminal.answers)
            return fail(ExitStatus::wrong_use,
                        "this " + std::string(what) + "; nothing was done: say --yes to do it");
        terminal.tell("This " + shown_text(what) + ". Do it? [y/N] ");
        std::fflush(terminal.err);
        std::array<char, 16> answer{};
        if (std::fgets(answer.data(), static_cast<int>(answer.size()), terminal.in) &&
            (answer[0] == 'y' || answer[0] == 'Y'))
            return std::nullopt;
        return fail(ExitStatus::refused, "nothing was done");
    }
};

} // namespace eventsourcing::detail::tool

#endif
