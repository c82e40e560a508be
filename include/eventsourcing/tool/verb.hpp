// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERB_HPP
#define EVENTSOURCING_TOOL_VERB_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/tool/session.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace eventsourcing::detail::tool {

/// One thing that the tool does: `es show combat-ogre`. Its options are its members.
class Verb {
public:
    Verb() = default;
    Verb(const Verb&) = delete;
    Verb& operator=(const Verb&) = delete;
    virtual ~Verb() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    /// The heading in the help under which it stands.
    [[nodiscard]] virtual std::string group() const = 0;
    [[nodiscard]] virtual std::string summary() const = 0;
    /// Examples and whatever else there is to learn, after the options. The name of the program
    /// takes the place of `es` after two blanks or a parenthesis.
    [[nodiscard]] virtual std::string more() const { return {}; }
    [[nodiscard]] virtual Access access() const { return Access::current; }
    /// What it changes in the store with this URL, after "this"; nothing if it changes nothing. It
    /// is asked before the store is opened, which may make a file.
    [[nodiscard]] virtual Result<std::string> change(const std::string& /*url*/) {
        return std::string();
    }
    /// Adds the options and arguments.
    virtual void declare(CLI::App& /*app*/) {}
    /// What may stand in place of its arguments, for shells that complete words.
    [[nodiscard]] virtual std::vector<std::string> words() const { return {}; }
    virtual ExitStatus run(const Session& session) = 0;
};

/// Adds an option with a whole number: CLI11 takes -1 for the greatest one.
template <class T>
CLI::Option* add_number(CLI::App& app, const std::string& name, T& to, const std::string& what) {
    return app.add_option(name, to, what)
        ->check(CLI::Validator(
            [](const std::string& text) {
                const bool good = !text.empty() && text.size() < 20 &&
                                  text.find_first_not_of("0123456789") == text.npos;
                return good ? std::string() : "expected a whole number, got " + in_quotes(text);
            },
            "", "whole number"));
}

inline constexpr const char* looking = "Look at events";
inline constexpr const char* following = "Subscriptions, relays and processes";
inline constexpr const char* keeping = "Whole stores";
inline constexpr const char* helping = "Help";
inline constexpr const char* declaring = "What this program declares";

} // namespace eventsourcing::detail::tool

#endif
