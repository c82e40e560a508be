// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_PARKED_HPP
#define EVENTSOURCING_TOOL_VERBS_PARKED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing::detail::tool {

class ParkedVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "parked"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "List events that could not be handled";
    }
    [[nodiscard]] std::string more() const override {
        return "The first one of a key has failed; those after it wait, so that the key has no\n"
               "hole. Examples:\n"
               "  es parked\n"
               "  es parked leaderboard --json";
    }
    void declare(CLI::App& app) override {
        app.add_option("name", name_, "Only those of this subscription, relay or process")
            ->type_name("NAME");
    }

    ExitStatus run(const Session& session) override {
        auto all = session.store().list_progress();
        if (!all)
            return session.fail(all.error());
        const auto has_name = [&](const auto& one) { return one.first.name == name_; };
        if (!name_.empty() && std::none_of(all->begin(), all->end(), has_name))
            return session.fail(ExitStatus::refused,
                                joined({"no subscription, relay or process is named ",
                                        in_quotes(name_), "; the verb status lists them"}));
        using Kind = Column::Kind;
        Table table = session.table({{"name", Kind::text, 8},
                                     {"fingerprint", Kind::json_only},
                                     {"rebuild", Kind::json_only},
                                     {"key", Kind::text, 8},
                                     {"sequence", Kind::number},
                                     {"stream", Kind::text, 8},
                                     {"revision", Kind::number},
                                     {"position", Kind::json_only},
                                     {"event_id", Kind::json_only},
                                     {"failure", Kind::text, 8},
                                     {"attempts", Kind::json_only},
                                     {"parked_at", Kind::if_room, 20}});
        for (const auto& [key, progress] : *all)
            if (name_.empty() || key.name == name_)
                if (auto done = list(session.store(), key, table); !done)
                    return session.fail(done.error());
        table.finish("No events are parked.");
        return ExitStatus::done;
    }

private:
    static Result<void> list(const AnyStore& store, const ProgressKey& key, Table& table) {
        for (std::optional<std::string> after;;) {
            auto page = store.load_parked(
                key, after ? std::optional<std::string_view>(*after) : std::nullopt, max_page_size);
            if (!page)
                return std::move(page).error();
            for (const ParkedEvent& event : *page)
                table.add({key.name, key.fingerprint,
                           Cell(key.rebuild ? "yes" : "", key.rebuild ? "true" : "false"),
                           event.key, event.sequence, event.stream.str(), event.revision.value(),
                           position_cell(event.position), event.event_id.to_string(),
                           event.failure ? Cell(*event.failure) : Cell("waits", "null"),
                           event.attempts, event.parked_at});
            if (page->size() < max_page_size)
                return {};
            after = page->back().key;
        }
    }

    std::string name_{};
};

} // namespace eventsourcing::detail::tool

#endif
