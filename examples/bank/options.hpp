// SPDX-License-Identifier: MIT
// The command line.
#ifndef BANK_OPTIONS_HPP
#define BANK_OPTIONS_HPP

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace bank {

/// The exit code for an invalid option and a store that can't be opened.
inline constexpr int exit_bad_input = 2;

struct Options {
    std::string store = "bank.db";
    std::uint64_t clients = 8;
    std::uint64_t seconds = 10;
    std::optional<std::uint64_t> transfers{}; // in place of the seconds
    std::optional<std::uint64_t> seed{};
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
    CLI::App app{"Clients transfer money between accounts, all in one SQLite file. The programs\n"
                 "that carry the transfers out are killed and started again all the time. Then\n"
                 "the money is counted, after each event.",
                 "bank"};
    app.footer("Exit codes: 0 only if the audit holds, 2 for an option or a file that can't be\n"
               "used, 1 for any other failure.");
    app.get_formatter()->column_width(20);
    app.set_help_flag("-h,--help", "Print this help");
    const auto number = [&](const std::string& name, const std::string& what, std::uint64_t least,
                            std::uint64_t most, auto& value) {
        app.add_option_function<std::string>(
               name,
               [=, &value](const std::string& text) {
                   value = whole_number(name, text, least, most);
               },
               what)
            ->type_name("N")
            ->take_last();
    };
    app.add_option("--store", options.store, "The SQLite file; bank.db unless given")
        ->type_name("PATH")
        ->take_last();
    number("--clients", "How many clients; 8 unless given", 1, 64, options.clients);
    number("--seconds", "How long they make transfers; 10 unless given", 1, 86'400,
           options.seconds);
    number("--transfers", "How many each of them makes, in place of --seconds", 1, 1'000'000,
           options.transfers);
    number("--seed", "What is transferred, and who is killed; at random\nunless given", 0,
           std::numeric_limits<std::uint64_t>::max(), options.seed);

    const auto refuse = [](const std::string& why) {
        std::cerr << "bank: " << why << "; bank --help lists the options\n";
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
        const std::string what = error.what(); // "--seconds: 1 required N missing"
        return refuse(what.substr(0, what.find(':')) + ": expected a value, got none");
    } catch (const CLI::ParseError& error) {
        return refuse(error.what());
    }
    return std::nullopt;
}

} // namespace bank

#endif
