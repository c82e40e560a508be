// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_WRONG_USE_HPP
#define EVENTSOURCING_TOOL_WRONG_USE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::tool {

/// How many letters have to be added, removed or replaced to make one word of the other.
inline std::size_t letters_between(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t i = 0; i <= to.size(); ++i)
        row[i] = i;
    for (std::size_t f = 1; f <= from.size(); ++f) {
        std::size_t diagonal = row[0];
        row[0] = f;
        for (std::size_t t = 1; t <= to.size(); ++t) {
            const std::size_t replaced = diagonal + (from[f - 1] == to[t - 1] ? 0 : 1);
            diagonal = row[t];
            row[t] = std::min({replaced, row[t] + 1, row[t - 1] + 1});
        }
    }
    return row.back();
}

/// Says what is wrong with a command line, in place of CLI11, whose messages name what is missing
/// as the program knows it.
class WrongUse {
public:
    explicit WrongUse(const CLI::App& app) : app_(app) {}

    [[nodiscard]] std::string text(const CLI::ParseError& error) const {
        const auto verbs = app_.get_subcommands();
        const CLI::App* const verb = verbs.empty() ? nullptr : verbs.front();
        if (dynamic_cast<const CLI::ExtrasError*>(&error))
            return extra(verb);
        if (dynamic_cast<const CLI::RequiredError*>(&error) && verb)
            for (const CLI::Option* option : verb->get_options())
                if (option->get_required() && option->count() == 0)
                    return joined({verb->get_name(), " needs ", shown(*option), ": ",
                                   first_lower(option->get_description())});
        return of_argument(error.what());
    }

private:
    /// `--from: 1 required REVISION missing`: an option is the last word.
    static std::string of_argument(std::string what) {
        const auto required = what.find(": 1 required ");
        const auto missing = what.rfind(" missing");
        if (required == what.npos || missing == what.npos || missing < required)
            return what;
        const auto begin = required + 13;
        return joined({what.substr(0, required), " needs a value: ", what.substr(0, required), " ",
                       what.substr(begin, missing - begin)});
    }
    [[nodiscard]] std::string extra(const CLI::App* verb) const {
        const auto extras = app_.remaining(true);
        const std::string word = extras.empty() ? std::string() : extras.front();
        const bool is_option = word.starts_with('-');
        const std::string near = closest(word, verb);
        const std::string hint =
            near.empty() ? std::string() : joined({", the closest one is ", near});
        if (verb && is_option)
            return joined({verb->get_name(), " has no option ", in_quotes(word), hint});
        if (verb)
            return joined({verb->get_name(), " takes ", arguments_of(*verb), ", and got ",
                           in_quotes(word), " after that"});
        return joined(
            {is_option ? "there is no option " : "there is no verb ", in_quotes(word), hint});
    }

    /// `STREAM`, or `--keys FILE`.
    static std::string shown(const CLI::Option& option) {
        const std::string type = option.get_type_name();
        return option.get_lnames().empty() ? type : joined({option.get_name(), " ", type});
    }
    /// What may stand after the verb: `STREAM`, `no argument`.
    static std::string arguments_of(const CLI::App& verb) {
        std::string list;
        for (const CLI::Option* option : verb.get_options())
            if (option->get_lnames().empty() && option->get_snames().empty())
                list += joined({list.empty() ? "" : " ", option->get_type_name()});
        return list.empty() ? "no argument" : list;
    }
    static std::string first_lower(std::string text) {
        if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a')
            text[0] = static_cast<char>(text[0] - 'A' + 'a');
        std::replace(text.begin(), text.end(), '\n', ' ');
        return text;
    }
    /// The verb or option that differs from a word in two letters at most.
    [[nodiscard]] std::string closest(const std::string& word, const CLI::App* verb) const {
        std::vector<std::string> known;
        if (!verb && !word.starts_with('-'))
            for (const CLI::App* one : app_.get_subcommands({}))
                known.push_back(one->get_name());
        else
            for (const CLI::App* of : {&app_, verb})
                for (const CLI::Option* option :
                     of ? of->get_options() : std::vector<const CLI::Option*>())
                    if (!option->get_lnames().empty())
                        known.push_back("--" + option->get_lnames().front());
        std::string best;
        std::size_t least = 3;
        for (const std::string& one : known)
            if (const std::size_t n = letters_between(word, one);
                n < least && n * 2 <= one.size()) {
                least = n;
                best = one;
            }
        return best;
    }

    const CLI::App& app_;
};

inline std::string wrong_use(const CLI::App& app, const CLI::ParseError& error) {
    return WrongUse(app).text(error);
}

} // namespace eventsourcing::detail::tool

#endif
