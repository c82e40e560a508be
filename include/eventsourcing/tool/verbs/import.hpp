// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_IMPORT_HPP
#define EVENTSOURCING_TOOL_VERBS_IMPORT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/import_events.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/file.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

class ImportVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "import"; }
    [[nodiscard]] std::string group() const override { return keeping; }
    [[nodiscard]] std::string summary() const override {
        return "Append the events of a file that export wrote";
    }
    [[nodiscard]] std::string more() const override {
        return "The file is checked before anything is appended. Events that are there already\n"
               "are left as they are, so an import can be repeated. Example:\n"
               "  es --store sqlite:new.db import combat.jsonl";
    }
    [[nodiscard]] Access access() const override { return Access::create; }
    void declare(CLI::App& app) override {
        app.add_option("file", file_, "The file")->type_name("FILE")->required();
    }
    [[nodiscard]] Result<std::string> change(const std::string& url) override {
        const OpenFile file(std::fopen(file_.c_str(), "rb"));
        if (!file || (std::fgetc(file.get()) == EOF && std::ferror(file.get()) != 0)) // a folder
            return file_error(errc::not_found, file_, "can't be read");
        return joined(
            {"appends the events of ", file_, " to ", url, ", which is made if it does not exist"});
    }

    ExitStatus run(const Session& session) override {
        const OpenFile file(std::fopen(file_.c_str(), "rb"));
        if (!file)
            return session.fail(file_error(errc::not_found, file_, "can't be read"));
        AnyStore store = session.store();
        auto done = import_events(file.get(), store);
        if (!done)
            return session.fail(done.error() == errc::invalid ? ExitStatus::refused
                                                              : exit_status_of(done.error()),
                                done.error().message());
        const std::string events = std::to_string(done->events);
        const std::string appended = std::to_string(done->appended);
        session.say(joined({"all ", events, " events of ", file_, " are in ", session.url(), "; ",
                            appended, " of them were appended now"}));
        if (session.format == Format::json)
            session.terminal.print(json_object({{"file"}, {"events"}, {"appended"}},
                                               {file_, done->events, done->appended}) +
                                   "\n");
        return ExitStatus::done;
    }

private:
    std::string file_{};
};

} // namespace eventsourcing::detail::tool

#endif
