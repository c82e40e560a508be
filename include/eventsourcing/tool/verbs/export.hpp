// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_EXPORT_HPP
#define EVENTSOURCING_TOOL_VERBS_EXPORT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/cloudevents/export_events.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/file.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

class ExportVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "export"; }
    [[nodiscard]] std::string group() const override { return keeping; }
    [[nodiscard]] std::string summary() const override {
        return "Write all events to a new file, a CloudEvent in each line";
    }
    [[nodiscard]] std::string more() const override {
        return "The file is an archive, and import brings it into a store of any engine. The\n"
               "last line has the number of events and a checksum. Sealed values stay sealed.\n"
               "Examples:\n"
               "  es export combat.jsonl\n"
               "  es export - | gzip > combat.jsonl.gz";
    }
    void declare(CLI::App& app) override {
        app.add_option("file", file_, "The file to make, there must be none yet; - for the output")
            ->type_name("FILE")
            ->required();
        app.add_option("--source", source_,
                       "The CloudEvents source of events that were stored without\n"
                       "one; the id of the store unless given")
            ->type_name("URI");
    }

    ExitStatus run(const Session& session) override {
        if (file_ == "-" && session.terminal.is_terminal)
            return session.fail(ExitStatus::wrong_use,
                                "export - is for a pipe or a file, and the output is a terminal: "
                                "name a file, or see the events with tail --all");
        if (source_.empty())
            source_ = source_of(session.store());
        if (file_ == "-") {
            auto done = export_events(session.store(), source_, session.terminal.out);
            return done ? ExitStatus::done : session.fail(done.error());
        }
        auto file = NewFile::make(file_);
        if (!file)
            return session.fail(file.error());
        auto done = export_events(session.store(), source_, file->get());
        if (!done)
            return session.fail(done.error());
        if (auto kept = file->keep(); !kept)
            return session.fail(kept.error());
        const std::string events = std::to_string(done->events);
        session.say(joined({events, " events of ", session.url(), " are in ", file_}));
        if (session.format == Format::json)
            session.terminal.print(json_object({{"file"}, {"events"}, {"sha256"}},
                                               {file_, done->events, done->sha256}) +
                                   "\n");
        return ExitStatus::done;
    }

private:
    static std::string source_of(const AnyStore& store) {
        const auto id = store.store_id();
        return id ? "urn:uuid:" + id->to_string() : std::string("urn:eventsourcing:store");
    }

    std::string file_{};
    std::string source_{};
};

} // namespace eventsourcing::detail::tool

#endif
