// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_EVENT_HPP
#define EVENTSOURCING_TOOL_VERBS_EVENT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/tool/fields.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

class EventVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "event"; }
    [[nodiscard]] std::string group() const override { return looking; }
    [[nodiscard]] std::string summary() const override {
        return "Show everything that is stored of one event";
    }
    [[nodiscard]] std::string more() const override {
        return "Other verbs show ids with --json. Example:\n"
               "  es event 01a22e29-183b-73aa-8325-da9917700c14";
    }
    void declare(CLI::App& app) override {
        app.add_option("id", id_, "The id of the event")->type_name("UUID")->required();
    }

    ExitStatus run(const Session& session) override {
        const auto id = Uuid::parse(id_);
        if (!id)
            return session.fail(ExitStatus::wrong_use, id.error().message());
        auto page = session.store().find_event(*id);
        if (!page)
            return session.fail(page.error());
        if (page->empty())
            return session.fail(ExitStatus::refused, joined({"no event has the id ", id_}));
        const Row row = record_row(page->records().front());
        print_fields(session.terminal, session.format, record_columns(false), row);
        return ExitStatus::done;
    }

private:
    std::string id_{};
};

} // namespace eventsourcing::detail::tool

#endif
