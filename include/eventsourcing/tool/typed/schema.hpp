// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_SCHEMA_HPP
#define EVENTSOURCING_TOOL_TYPED_SCHEMA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/schema_text.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/testing/schema_lock.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace eventsourcing::detail::tool {

template <class Aggregates>
class SchemaVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "schema"; }
    [[nodiscard]] std::string group() const override { return declaring; }
    [[nodiscard]] std::string summary() const override {
        return "Print, check or accept the schema of the events";
    }
    [[nodiscard]] std::string more() const override {
        return "  es schema           prints what the program stores\n"
               "  es schema check     compares it with the lock files; status 1 if it differs\n"
               "  es schema accept    writes the lock files, schema/combat.lock for Combat";
    }
    [[nodiscard]] Access access() const override { return Access::none; }
    [[nodiscard]] std::vector<std::string> words() const override {
        return {"print", "check", "accept"};
    }
    void declare(CLI::App& app) override {
        app.add_option("what", what_, "print, check or accept; print unless given")
            ->type_name("WHAT");
        app.add_option("--in", folder_, "The folder of the lock files; schema unless given")
            ->type_name("FOLDER");
    }

    ExitStatus run(const Session& session) override {
        if (what_ != "print" && what_ != "check" && what_ != "accept")
            return session.fail(
                ExitStatus::wrong_use,
                joined({"schema: expected print, check or accept, got ", in_quotes(what_)}));
        if (what_ == "accept")
            if (const auto refused =
                    session.refused(joined({"writes the lock files in the folder ", folder_})))
                return *refused;
        ExitStatus status = ExitStatus::done;
        static_cast<void>(
            for_named(Aggregates{}, "aggregate", "", [&]<class A>(std::type_identity<A>) {
                if (const ExitStatus one = run_for<A>(session); one != ExitStatus::done)
                    status = one;
            }));
        return status;
    }

private:
    template <class A>
    ExitStatus run_for(const Session& session) const {
        const std::string path = joined({folder_, "/", SnakeName<A>::value, ".lock"});
        if (what_ == "accept") {
            if (auto done = accept_schema<A>(path); !done)
                return session.fail(done.error());
            print(session, bare_name<A>(), path, joined({path, " is written"}));
            return ExitStatus::done;
        }
        if (what_ == "print") {
            print(session, bare_name<A>(), "", schema_text<A>());
            return ExitStatus::done;
        }
        const LockVerdict verdict = schema_matches<A>(path);
        print(session, bare_name<A>(), path, joined({path, ": ", verdict.describe()}));
        return verdict ? ExitStatus::done : ExitStatus::refused;
    }
    static void print(const Session& session, std::string_view aggregate, const std::string& path,
                      const std::string& text) {
        if (session.format == Format::table)
            return print_lines(session, text);
        session.terminal.print(json_object({{"aggregate"}, {"file"}, {"text"}},
                                           {aggregate, path.empty() ? Cell() : Cell(path), text}) +
                               "\n");
    }

    /// Lines of a lock file may be in them.
    static void print_lines(const Session& session, std::string_view text) {
        while (!text.empty()) {
            const auto end = text.find('\n');
            session.say(text.substr(0, end));
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
        }
    }

    std::string what_ = "print";
    std::string folder_ = "schema";
};

} // namespace eventsourcing::detail::tool

#endif
