// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_COMPLETION_HPP
#define EVENTSOURCING_TOOL_COMPLETION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

/// Scripts that complete the words of a program in a shell: its verbs, their options, and files
/// where a file is expected.
class Completion {
public:
    Completion(const CLI::App& app, std::string program, const VerbList& known)
        : app_(app),
          program_(std::move(program)),
          function_("_" + program_),
          known_(known) {
        std::replace_if(
            function_.begin(), function_.end(), [](char c) { return !is_of_a_name(c); }, '_');
    }

    [[nodiscard]] std::string for_bash() const {
        std::string out = joined({"# bash completion for ", program_, "\n", function_, "() {\n",
                                  "    local cur=${COMP_WORDS[COMP_CWORD]} verb= words= i\n",
                                  "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n",
                                  "    COMPREPLY=()\n", find_verb("COMP_WORDS", "COMP_CWORD", 1),
                                  // a colon ends a word in bash
                                  "    if [[ $prev == : || $cur == : ]]; then\n",
                                  "        COMPREPLY=($(compgen -f -- \"${cur#:}\"))\n",
                                  "        return\n    fi\n", "    case $prev in\n"});
        if (const auto names = options_with_values(); !names.empty())
            out += joined({"    ", names, ") return ;;\n"});
        out += "    esac\n    case $verb in\n";
        out += joined({"    '') words='", words_of(app_), "' ;;\n"});
        for (const CLI::App* verb : verbs())
            out += joined({"    ", verb->get_name(), ") words='", words_of(*verb), "' ;;\n"});
        out += joined({"    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n",
                       "complete -o default -F ", function_, " ", program_, "\n"});
        return out;
    }

    [[nodiscard]] std::string for_zsh() const {
        std::string out =
            joined({"#compdef ", program_, "\n", function_, "() {\n",
                    "    local verb= i\n    local -a choices\n", find_verb("words", "CURRENT", 2),
                    "    case ${words[CURRENT-1]} in\n",
                    "    --store|-s) compset -P '*:'; _files; return ;;\n"});
        if (const auto names = options_with_values(); !names.empty())
            out += joined({"    ", names, ") _default; return ;;\n"});
        out += "    esac\n    case $verb in\n";
        out += joined({"    '') choices=(", choices_of(app_), ") ;;\n"});
        for (const CLI::App* verb : verbs())
            out += joined({"    ", verb->get_name(), ") choices=(", choices_of(*verb), ") ;;\n"});
        out += joined({"    esac\n    _describe ", program_, " choices\n",
                       "    [[ -n $verb && $PREFIX != -* ]] && _files\n}\n",
                       // run by the completion system as a file of $fpath, or sourced
                       "if [[ ${funcstack[1]} == ", function_, " ]]; then\n    ", function_,
                       " \"$@\"\nelse\n    compdef ", function_, " ", program_, "\nfi\n"});
        return out;
    }

private:
    static bool is_of_a_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    }

    /// Shell code that sets `verb` to the first word that is no option.
    [[nodiscard]] static std::string find_verb(std::string_view words, std::string_view current,
                                               int first) {
        return joined({"    for ((i = ", std::to_string(first), "; i < ", current, "; i++)); do\n",
                       "        case ${", words, "[i]} in\n",
                       "        --store|-s)\n            ((i++))\n",
                       // in bash, sqlite:combat.db is three words
                       "            while [[ ${", words, "[i+1]} == : ]]; do ((i += 2)); done ;;\n",
                       "        -*) ;;\n", "        *) verb=${", words, "[i]}; break ;;\n",
                       "        esac\n    done\n"});
    }

    [[nodiscard]] std::vector<const CLI::App*> verbs() const {
        const auto all = app_.get_subcommands({});
        return {all.begin(), all.end()};
    }
    /// `--from|--limit`, all options after which something else is expected.
    [[nodiscard]] std::string options_with_values() const {
        std::vector<std::string> names;
        for (const CLI::App* app : verbs())
            for (const CLI::Option* option : app->get_options())
                if (!option->get_lnames().empty() && option->get_items_expected_max() > 0)
                    names.push_back("--" + option->get_lnames().front());
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        std::string out;
        for (const std::string& name : names)
            out += joined({out.empty() ? "" : "|", name});
        return out;
    }
    /// Calls `f` with the name of each word that may come next, and what it means.
    template <class F>
    void for_each_word(const CLI::App& app, F f) const {
        if (&app == &app_)
            for (const CLI::App* verb : verbs())
                f(verb->get_name(), verb->get_description());
        for (const auto& verb : known_)
            if (verb->name() == app.get_name() && &app != &app_)
                for (const std::string& word : verb->words())
                    f(word, std::string());
        const auto options = [&](const CLI::App& of) {
            for (const CLI::Option* option : of.get_options())
                if (!option->get_lnames().empty() && option->get_lnames().front() != "help")
                    f("--" + option->get_lnames().front(), option->get_description());
        };
        options(app);
        if (&app != &app_)
            options(app_);
        f("--help", "Print the help");
    }
    [[nodiscard]] std::string words_of(const CLI::App& app) const {
        std::string out;
        for_each_word(app, [&](const std::string& name, const std::string& /*meaning*/) {
            out += joined({out.empty() ? "" : " ", name});
        });
        return out;
    }
    [[nodiscard]] std::string choices_of(const CLI::App& app) const {
        std::string out;
        for_each_word(app, [&](const std::string& name, std::string meaning) {
            std::replace(meaning.begin(), meaning.end(), '\n', ' ');
            std::string quoted;
            for (const char c : meaning)
                quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
            out +=
                joined({out.empty() ? "" : " ", "'", name, quoted.empty() ? "" : ":", quoted, "'"});
        });
        return out;
    }

    const CLI::App& app_;
    std::string program_;
    std::string function_;
    const VerbList& known_;
};

} // namespace eventsourcing::detail::tool

#endif
