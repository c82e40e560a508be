// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_DIAGRAM_HPP
#define EVENTSOURCING_TOOL_TYPED_DIAGRAM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/diagram.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace eventsourcing::detail::tool {

template <class Aggregates>
class DiagramVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "diagram"; }
    [[nodiscard]] std::string group() const override { return declaring; }
    [[nodiscard]] std::string summary() const override {
        return "Print which commands and events there are, as Mermaid";
    }
    [[nodiscard]] std::string more() const override {
        return "Examples:\n"
               "  es diagram > commands.mmd\n"
               "  es diagram Combat";
    }
    [[nodiscard]] Access access() const override { return Access::none; }
    [[nodiscard]] std::vector<std::string> words() const override { return names_of(Aggregates{}); }
    void declare(CLI::App& app) override {
        app.add_option("aggregate", aggregate_, "Only that of this aggregate")
            ->type_name("AGGREGATE");
    }

    ExitStatus run(const Session& session) override {
        const auto named =
            for_named(Aggregates{}, "aggregate", aggregate_, [&]<class A>(std::type_identity<A>) {
                const std::string text = eventsourcing::diagram<A>();
                if (session.format == Format::table)
                    session.terminal.print(text);
                else
                    session.terminal.print(
                        json_object({{"aggregate"}, {"mermaid"}}, {bare_name<A>(), text}) + "\n");
            });
        return named ? ExitStatus::done : session.fail(named.error());
    }

private:
    std::string aggregate_{};
};

} // namespace eventsourcing::detail::tool

#endif
