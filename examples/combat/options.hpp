// SPDX-License-Identifier: MIT
// The command line.
#ifndef COMBAT_OPTIONS_HPP
#define COMBAT_OPTIONS_HPP

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace combat {

/// The exit code for an invalid option and a store that can't be read.
inline constexpr int exit_bad_input = 2;

struct Options {
    std::string store = "sqlite:combat.db";
    std::optional<std::uint64_t> rounds{}; // nothing: until the ogre dies
    std::optional<std::uint64_t> seed{};
    bool json = false;
    bool follow = false;
};

/// A whole number in this range, or a CLI::ValidationError that says what was expected.
inline std::uint64_t whole_number(const std::string& option, std::string_view text,
                                  std::uint64_t least, std::uint64_t most) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < least || value > most)
        throw CLI::ValidationError(option, "expected a whole number from " + std::to_string(least) +
                                               " to " + std::to_string(most) + ", got \"" +
                                               std::string(text) + "\"");
    return value;
}

/// Reads the command line into `options`. Returns the exit code if there is nothing left to do:
/// after --help, and after an error, which it has reported.
inline std::optional<int> read_options(int argc, const char* const* argv, Options& options) {
    CLI::App app{"An ogre fights; every blow is an event in a store. Run combat again, and the\n"
                 "fight goes on.",
                 "combat"};
    app.footer("Exit codes: 0, 2 for an option or a store that can't be read, 1 for any\n"
               "other failure.");
    app.get_formatter()->column_width(18);
    app.set_help_flag("-h,--help", "Print this help");
    app.add_option("--store", options.store,
                   "Where the events are: sqlite:PATH, esdb://HOST for an\n"
                   "EventStoreDB, or memory: to forget them;\n"
                   "sqlite:combat.db unless given")
        ->type_name("URL")
        ->take_last();
    app.add_option_function<std::string>(
           "--rounds",
           [&](const std::string& text) {
               options.rounds = whole_number("--rounds", text, 1, 1'000'000);
           },
           "How many rounds to play; until the ogre dies unless given")
        ->type_name("N")
        ->take_last();
    app.add_option_function<std::string>(
           "--seed",
           [&](const std::string& text) {
               options.seed =
                   whole_number("--seed", text, 0, std::numeric_limits<std::uint64_t>::max());
           },
           "How the dice fall: the same for the same number; at random\n"
           "unless given")
        ->type_name("N")
        ->take_last();
    app.add_flag("--json", options.json, "Print JSON objects, one a line");
    app.add_flag("--follow", options.follow,
                 "Play nothing: show the leaderboard while others play,\n"
                 "until Ctrl-C")
        ->excludes("--rounds")
        ->excludes("--seed");

    const auto refuse = [](const std::string& why) {
        std::cerr << "combat: " << why << "; combat --help lists the options\n";
        return exit_bad_input;
    };
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return 0;
    } catch (const CLI::ExtrasError&) {
        return refuse("there is no option or argument \"" + app.remaining().front() + "\"");
    } catch (const CLI::ArgumentMismatch& error) {
        const std::string what = error.what(); // "--rounds: 1 required N missing"
        return refuse(what.substr(0, what.find(':')) + ": expected a value, got none");
    } catch (const CLI::ConversionError&) { // numbers are read above
        return refuse("--json and --follow: expected no value after them");
    } catch (const CLI::ParseError& error) {
        return refuse(error.what());
    }
    return std::nullopt;
}

} // namespace combat

#endif
