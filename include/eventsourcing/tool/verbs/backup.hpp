// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_BACKUP_HPP
#define EVENTSOURCING_TOOL_VERBS_BACKUP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

class BackupVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "backup"; }
    [[nodiscard]] std::string group() const override { return keeping; }
    [[nodiscard]] std::string summary() const override {
        return "Copy the store into a new file, while others use it";
    }
    [[nodiscard]] std::string more() const override {
        return "The copy is a store as it was at one instant. Example:\n"
               "  es backup combat-of-monday.db";
    }
    void declare(CLI::App& app) override {
        app.add_option("file", file_, "The file to make; there must be none yet")
            ->type_name("FILE")
            ->required();
    }

    ExitStatus run(const Session& session) override {
        if (auto done = session.opened->backup(file_); !done)
            return session.fail(done.error() == errc::invalid ? ExitStatus::refused
                                                              : exit_status_of(done.error()),
                                done.error().message());
        session.say(joined({session.url(), " is copied into ", file_}));
        if (session.format == Format::json)
            session.terminal.print("{\"file\":" + json_string(file_) + "}\n");
        return ExitStatus::done;
    }

private:
    std::string file_{};
};

} // namespace eventsourcing::detail::tool

#endif
