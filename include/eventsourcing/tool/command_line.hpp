// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_COMMAND_LINE_HPP
#define EVENTSOURCING_TOOL_COMMAND_LINE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/fwd.hpp>
#include <eventsourcing/tool/generic_verbs.hpp>
#include <eventsourcing/tool/program.hpp>
#include <eventsourcing/tool/shown_text.hpp>
#include <eventsourcing/tool/stores_of.hpp>
#include <eventsourcing/tool/terminal.hpp>
#include <eventsourcing/tool/typed_verbs.hpp>

#include <string>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail::tool {

/// The command line of a program with this name.
template <class... Types>
ExitStatus run_command_line(std::string name, std::vector<std::string> arguments,
                            const Terminal& terminal) {
    using Stores = StoresOf<Types...>;
    static_assert(Stores::size > 0,
                  "es: es::command_line opens the stores whose headers are included, such as "
                  "<eventsourcing/engines/sqlite.hpp>, and those among its types; there is none");
    VerbList verbs = generic_verbs();
    add_erase<Types...>(verbs);
    add_typed_verbs<Types...>(verbs);
    Program program(std::move(name), std::move(verbs), open_function(Stores{}),
                    schemes_of(Stores{}));
    return program.run(std::move(arguments), terminal);
}

} // namespace detail::tool

/// The tool `es`, as the `main` of a program: shows what is in a store, and maintains it. Returns
/// what `main` returns.
///
///     int main(int argc, char** argv) { return es::command_line<combat::Combat>(argc, argv); }
///
/// `Types` are aggregates, projections, processes and stores of your own, in any order. For
/// aggregates there are the verbs state, diagram, schema, json-schema and snapshots, for
/// projections rebuild, replay and projections, for processes release and check-processes. The
/// stores that it opens are SQLite and EventStoreDB, if their headers are included, and those among
/// `Types`. Call it in one source file of a program. Needs CLI11.
template <class... Types>
[[nodiscard]] int command_line(int argc, const char* const* argv) {
    std::string name(argc > 0 ? argv[0] : "es");
    name.erase(0, name.rfind('/') + 1);
    name = detail::tool::shown_text(name);
    std::vector<std::string> arguments;
    for (int i = 1; i < argc; ++i)
        arguments.emplace_back(argv[i]);
    return static_cast<int>(detail::tool::run_command_line<Types...>(
        std::move(name), std::move(arguments), detail::tool::terminal_of_process()));
}

} // namespace eventsourcing

#endif
