// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_SESSION_HPP
#define EVENTSOURCING_TOOL_SESSION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/tool/exit_status.hpp>
#include <eventsourcing/tool/opened_store.hpp>
#include <eventsourcing/tool/shown_text.hpp>
#include <eventsourcing/tool/table.hpp>
#include <eventsourcing/tool/terminal.hpp>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

class Verb;
using VerbList = std::vector<std::unique_ptr<Verb>>;

/// What a verb runs with.
struct Session {
    const Terminal& terminal;
    /// The name of the program, which messages begin with.
    std::string program;
    Format format = Format::table;
    /// Whether changes are agreed to.
    bool yes = false;
    /// All that the program has.
    const VerbList* verbs = nullptr;
    /// For a verb that needs a second store.
    OpenFunction open = nullptr;
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

    /// Fails because a store can't be opened.
    ExitStatus cannot_open(const Error& error) const {
        return fail(error == errc::invalid ? ExitStatus::wrong_use : ExitStatus::cannot_serve,
                    error.message());
    }

    /// Says what will be done and asks whether to do it; nothing if it is agreed to.
    [[nodiscard]] std::optional<ExitStatus> refused(std::string_view what) const {
        if (yes) {
            if (format == Format::table)
                terminal.tell(joined({"This ", shown_text(what), ".\n"}));
            return std::nullopt;
        }
        if (!terminal.answers)
            return fail(ExitStatus::wrong_use,
                        joined({"this ", what, "; nothing was done: say --yes to do it"}));
        terminal.tell(joined({"This ", shown_text(what), ". Do it? [y/N] "}));
        std::fflush(terminal.err);
        if (agreed())
            return std::nullopt;
        return fail(ExitStatus::refused, "nothing was done");
    }

private:
    /// Reads a line that is `y` or `yes`.
    [[nodiscard]] bool agreed() const {
        std::string answer;
        int c = std::fgetc(terminal.in);
        for (; c != EOF && c != '\n'; c = std::fgetc(terminal.in))
            if (c != ' ' && c != '\t' && c != '\r' && answer.size() < 4)
                answer += to_lower(static_cast<char>(c));
        if (c == EOF)
            terminal.tell("\n"); // nothing has ended the line of the question
        return answer == "y" || answer == "yes";
    }
};

} // namespace eventsourcing::detail::tool

#endif
