// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_JSON_SCHEMA_HPP
#define EVENTSOURCING_TOOL_TYPED_JSON_SCHEMA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_schema.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

template <class Aggregates>
class JsonSchemaVerb;
template <class... As>
class JsonSchemaVerb<TypeList<As...>> final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "json-schema"; }
    [[nodiscard]] std::string group() const override { return declaring; }
    [[nodiscard]] std::string summary() const override {
        return "Print the JSON Schema of each event, one a line";
    }
    [[nodiscard]] std::string more() const override {
        return "Examples:\n"
               "  es json-schema\n"
               "  es json-schema combat.entity_died | jq";
    }
    [[nodiscard]] Access access() const override { return Access::none; }
    void declare(CLI::App& app) override {
        app.add_option("type", type_, "Only that of this type of event, combat.entity_died")
            ->type_name("TYPE");
    }

    ExitStatus run(const Session& session) override {
        bool found = false;
        const auto print = [&]<class... Es>(TypeList<Es...> /*events*/) {
            (print_one<Es>(session, found), ...);
        };
        (print(Alternatives<typename As::Event>{}), ...);
        return found ? ExitStatus::done
                     : session.fail(ExitStatus::wrong_use,
                                    joined({"there is no type of event ", in_quotes(type_, 256),
                                            "; without a type all are printed"}));
    }

private:
    template <class E>
    void print_one(const Session& session, bool& found) const {
        if (!type_.empty() && type_ != EventTraits<E>::event_type)
            return;
        found = true;
        session.terminal.print(eventsourcing::json_schema<E>() + "\n");
    }

    std::string type_{};
};

} // namespace eventsourcing::detail::tool

#endif
