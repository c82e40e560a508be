// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_CHECK_PROCESSES_HPP
#define EVENTSOURCING_TOOL_TYPED_CHECK_PROCESSES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/testing/check_processes.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>
#include <eventsourcing/tool/without_seals.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

template <class Processes>
class CheckProcessesVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "check-processes"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "Check that processes react today as they did";
    }
    [[nodiscard]] std::string more() const override {
        return "For before a deployment: every step that is stored is replayed with the code of\n"
               "this program, and nothing is changed. Exit status 1 if some would differ.\n"
               "Examples:\n"
               "  es check-processes\n"
               "  es check-processes Healer --json";
    }
    [[nodiscard]] std::vector<std::string> words() const override { return names_of(Processes{}); }
    void declare(CLI::App& app) override {
        app.add_option("process", process_, "Only this kind of process, such as Healer")
            ->type_name("PROCESS");
    }

    ExitStatus run(const Session& session) override {
        ExitStatus status = ExitStatus::done;
        const auto named =
            for_named(Processes{}, "process", process_, [&]<class P>(std::type_identity<P>) {
                const ExitStatus one = check<P>(session);
                status = one == ExitStatus::done ? status : one;
            });
        return named ? status : session.fail(named.error());
    }

private:
    template <class P>
    static ExitStatus check(const Session& session) {
        auto checked = eventsourcing::check_processes<P>(session.store());
        if (!checked)
            return session.fail(checked.error());
        const std::string differing = std::to_string(checked->differences.size());
        session.say(joined({bare_name<P>(), ": ", std::to_string(checked->steps), " steps, ",
                            differing, " of them would differ today"}));
        for (const ProcessDifference& each : checked->differences) {
            session.say(joined({"  ", each.stream.str(), " revision ",
                                std::to_string(each.revision.value()), ", ", each.input}));
            session.say("    did:   " + text_without_seals(each.stored));
            session.say("    today: " + text_without_seals(each.today));
        }
        if (session.format == Format::json)
            session.terminal.print(
                json_object({{"process"}, {"steps"}, {"differences"}},
                            {bare_name<P>(), checked->steps, differences(*checked)}) +
                "\n");
        return checked->same() ? ExitStatus::done : ExitStatus::refused;
    }
    static Cell differences(const ProcessCheck& checked) {
        std::string json = "[";
        for (const ProcessDifference& each : checked.differences) {
            json += json.size() == 1 ? "" : ",";
            json += json_object({{"stream"}, {"revision"}, {"input"}, {"stored"}, {"today"}},
                                {each.stream.str(), each.revision.value(), each.input,
                                 text_without_seals(each.stored), text_without_seals(each.today)});
        }
        return {"", json + "]"};
    }

    std::string process_{};
};

} // namespace eventsourcing::detail::tool

#endif
