// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_PROGRAM_HPP
#define EVENTSOURCING_TOOL_PROGRAM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/opened_store.hpp>
#include <eventsourcing/tool/session.hpp>
#include <eventsourcing/tool/verb.hpp>
#include <eventsourcing/tool/wrong_use.hpp>
#include <eventsourcing/version.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

/// The command line of a program: reads it, opens the store, and runs the verb.
class Program {
public:
    /// `schemes` are those of the stores that can be opened, for the help.
    Program(std::string name, VerbList verbs, OpenFunction open, std::string_view schemes)
        : name_(std::move(name)),
          verbs_(std::move(verbs)),
          open_(open),
          schemes_(schemes),
          app_("Looks into an event store, and after it.", name_) {
        app_.get_formatter()->column_width(20);
        app_.get_formatter()->label("SUBCOMMAND", "VERB");
        app_.get_formatter()->label("REQUIRED", "");
        app_.set_help_flag("-h,--help", "Print the help; after a verb, that of the verb");
        app_.add_option("-s,--store", url_,
                        joined({"The store, such as sqlite:combat.db; $ES_STORE unless\n"
                                "given. Its scheme is one of ",
                                schemes}))
            ->type_name("URL")
            ->take_last();
        app_.add_flag("--json", json_, "Print a JSON object in each line, for programs");
        app_.add_flag("-y,--yes", yes_, "Do not ask before something is changed");
        app_.add_flag("--version", version_, "Print the version");
        app_.footer(own_name("Examples:\n"
                             "  es --store sqlite:combat.db streams\n"
                             "  es --store sqlite:combat.db show combat-ogre --last 5\n"
                             "  export ES_STORE=sqlite:combat.db      from here on it is known\n"
                             "  es tail --type combat.entity_died     until Ctrl-C\n"
                             "  es tail --json | jq .data             for programs\n"
                             "  es show --help                        explains a verb\n\n"
                             "Exit status: 0 done, 1 refused or not found, 2 wrong use, 3 the "
                             "store\ncan't serve."));
        app_.require_subcommand(0, 1);
        for (const auto& verb : verbs_)
            declare(*verb);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// `arguments` are those after the name of the program. Called once.
    ExitStatus run(std::vector<std::string> arguments, const Terminal& terminal) {
        Session session{.terminal = terminal, .program = name_};
        session.verbs = &verbs_;
        session.open = open_;
        if (const auto ended = parse(std::move(arguments), session))
            return *ended;
        session.format = json_ ? Format::json : Format::table;
        session.yes = yes_;
        const ExitStatus status = run_verb(*chosen(), session);
        if (terminal.flush() || terminal.write_error == EPIPE)
            return status; // who reads only the beginning has all that he wants
        return session.fail(ExitStatus::refused,
                            joined({"the output could not be written: ",
                                    std::generic_category().message(terminal.write_error)}));
    }

private:
    void declare(Verb& verb) {
        CLI::App* const sub = app_.add_subcommand(verb.name(), verb.summary());
        sub->group(verb.group());
        sub->fallthrough();
        verb.declare(*sub);
        std::string footer = own_name(verb.more());
        footer += footer.empty() ? "" : "\n";
        sub->footer(footer + name_ + " --help lists the options that all verbs have.");
    }

    /// A text of help in which examples begin with the name of this program.
    [[nodiscard]] std::string own_name(std::string text) const {
        for (const std::string_view es : {"  es ", "(es "}) {
            const std::size_t before = es.size() - 3;
            for (auto at = text.find(es); at != text.npos; at = text.find(es, at + name_.size()))
                text.replace(at + before, 2, name_);
        }
        return text;
    }

    [[nodiscard]] Verb* chosen() const {
        for (const auto& verb : verbs_)
            if (app_.got_subcommand(verb->name()))
                return verb.get();
        return nullptr;
    }

    /// Returns the exit status if there is nothing left to do.
    std::optional<ExitStatus> parse(std::vector<std::string> arguments, const Session& session) {
        if (!arguments.empty() && arguments.front() == "help") {
            arguments.erase(arguments.begin());
            arguments.emplace_back("--help");
        }
        std::reverse(arguments.begin(), arguments.end()); // as CLI11 wants them
        try {
            app_.parse(std::move(arguments));
        } catch (const CLI::CallForHelp&) {
            if (const auto words = app_.remaining(true); !chosen() && !words.empty())
                return refuse(session, CLI::ExtrasError(words)); // help about what there is not
            session.terminal.print(app_.help());
            static_cast<void>(session.terminal.flush());
            return ExitStatus::done;
        } catch (const CLI::ParseError& error) {
            return refuse(session, error);
        }
        if (version_) {
            session.terminal.print(
                joined({name_, " ", version_text(), ", for stores at ", schemes_, "\n"}));
            return ExitStatus::done;
        }
        if (chosen())
            return std::nullopt;
        session.terminal.tell(app_.help());
        return ExitStatus::wrong_use;
    }

    [[nodiscard]] ExitStatus refuse(const Session& session, const CLI::ParseError& error) const {
        const Verb* const verb = chosen();
        return session.fail(ExitStatus::wrong_use,
                            joined({wrong_use(app_, error), "; try: ", name_, verb ? " " : "",
                                    verb ? verb->name() : std::string(), " --help"}));
    }

    static std::string version_text() {
        std::string text;
        for (const int part : {EVENTSOURCING_VERSION_MAJOR, EVENTSOURCING_VERSION_MINOR,
                               EVENTSOURCING_VERSION_PATCH})
            text += joined({text.empty() ? "" : ".", std::to_string(part)});
        return text;
    }

    ExitStatus run_verb(Verb& verb, Session& session) {
        if (verb.access() == Access::none)
            return verb.run(session);
        if (const char* const url = std::getenv("ES_STORE"); url_.empty() && url)
            url_ = url;
        if (url_.empty())
            return session.fail(ExitStatus::wrong_use,
                                "which store? Say --store URL, such as --store "
                                "sqlite:combat.db, or set ES_STORE");
        auto change = verb.change(without_credentials(url_));
        if (!change)
            return session.fail(change.error());
        if (!change->empty())
            if (const auto refused = session.refused(*change))
                return *refused;
        const bool migrates = yes_ && verb.access() == Access::current;
        auto opened = open_(url_, migrates ? Access::existing : verb.access());
        if (!opened)
            return session.cannot_open(opened.error());
        session.opened = opened->get();
        return verb.run(session);
    }

    std::string name_;
    VerbList verbs_;
    OpenFunction open_;
    std::string schemes_;
    CLI::App app_;
    std::string url_{};
    bool json_ = false;
    bool yes_ = false;
    bool version_ = false;
};

} // namespace eventsourcing::detail::tool

#endif
