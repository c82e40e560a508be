// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_VERIFY_HPP
#define EVENTSOURCING_TOOL_VERBS_VERIFY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

class VerifyVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "verify"; }
    [[nodiscard]] std::string group() const override { return keeping; }
    [[nodiscard]] std::string summary() const override {
        return "Check that everything in the store is sound";
    }
    [[nodiscard]] std::string more() const override {
        return "It reads the whole store several times, while others use it. Exit status 1 if\n"
               "something is wrong. Example:\n"
               "  es verify --json | jq .problems";
    }

    ExitStatus run(const Session& session) override {
        auto report = session.opened->verify();
        if (!report)
            return session.fail(report.error());
        if (session.format == Format::json)
            session.terminal.print(json(*report));
        else
            print(session, *report);
        return report->ok() ? ExitStatus::done : ExitStatus::refused;
    }

private:
    static void print(const Session& session, const VerifyReport& report) {
        for (const std::string& check : report.checked)
            session.say("checked: " + check);
        for (const std::string& problem : report.problems)
            session.say("PROBLEM: " + problem);
        if (report.problem_count > report.problems.size())
            session.say(
                joined({"... and ", std::to_string(report.problem_count - report.problems.size()),
                        " more"}));
        session.say(std::to_string(report.events) + " events, " + std::to_string(report.streams) +
                    " streams: " +
                    (report.ok() ? "all is well"
                                 : std::to_string(report.problem_count) +
                                       (report.problem_count == 1 ? " problem" : " problems")));
    }
    static std::string json(const VerifyReport& report) {
        return json_object(
                   {{"ok"}, {"streams"}, {"events"}, {"problem_count"}, {"problems"}, {"checked"}},
                   {Cell("", report.ok() ? "true" : "false"), report.streams, report.events,
                    report.problem_count, cell_of_all(report.problems),
                    cell_of_all(report.checked)}) +
               "\n";
    }
};

} // namespace eventsourcing::detail::tool

#endif
