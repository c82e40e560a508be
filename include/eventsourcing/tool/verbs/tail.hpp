// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_TAIL_HPP
#define EVENTSOURCING_TOOL_VERBS_TAIL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/tool/interruption.hpp>
#include <eventsourcing/tool/last_events.hpp>
#include <eventsourcing/tool/position.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

class TailVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "tail"; }
    [[nodiscard]] std::string group() const override { return looking; }
    [[nodiscard]] std::string summary() const override {
        return "Show new events as they are appended";
    }
    [[nodiscard]] std::string more() const override {
        return "It shows the last 10 events, then each one that is appended, until Ctrl-C.\n"
               "Examples:\n"
               "  es tail --last 0\n"
               "  es tail --type combat.entity_died --type combat.entity_left\n"
               "  es tail --all --no-follow --json | jq .data";
    }
    void declare(CLI::App& app) override {
        app.add_option("--type", types_, "Only events of this type; may be given several times")
            ->type_name("TYPE")
            ->take_all()
            ->allow_extra_args(false);
        app.add_option("--tag", tags_, "Only events with this tag; with several, all of them")
            ->type_name("TAG")
            ->take_all()
            ->allow_extra_args(false);
        add_number(app, "-n,--last", last_, "Begin with the last N events; 10 unless given")
            ->type_name("N");
        app.add_flag("--all", all_, "Begin with the first event of the store");
        add_position(app, "--after", after_, "Begin after the event at this position");
        app.add_flag("--no-follow", no_follow_, "End when everything that is there is shown");
    }

    ExitStatus run(const Session& session) override {
        if ((last_ ? 1 : 0) + (all_ ? 1 : 0) + (after_.empty() ? 0 : 1) > 1)
            return session.fail(ExitStatus::wrong_use,
                                "tail begins at one place: give one of --last, --all and --after");
        std::optional<Interruption> interruption;
        if (!no_follow_)
            interruption.emplace(session.terminal);
        const std::stop_token stop = interruption ? interruption->token() : std::stop_token();
        AllRead next{.query = query()};
        Table table = session.table(record_columns(false));
        auto begun = begin(session.store(), next, table, stop);
        while (begun && !stop.stop_requested()) {
            auto page = session.store().read_all(next);
            if (!page) {
                begun = std::move(page).error();
                break;
            }
            for (const EventRecord& record : *page)
                table.add(record_row(record));
            if (page->last_position)
                next.after = page->last_position;
            if (page->at_end) {
                table.flush();
                if (no_follow_)
                    break;
                begun = wait(session.store(), next, stop);
            }
            if (session.terminal.write_error != 0)
                return ExitStatus::done; // the program says why
        }
        if (begun && no_follow_)
            table.finish("There is no such event.");
        else
            table.flush();
        return begun ? ExitStatus::done : fail(session, begun.error());
    }

private:
    [[nodiscard]] Query query() const {
        Query query;
        if (!types_.empty() || !tags_.empty())
            query.items.push_back({types_, tags_});
        return query;
    }
    /// Waits for the next event, or for a stop.
    static Result<void> wait(const AnyStore& store, const AllRead& next,
                             const std::stop_token& stop) {
        auto woken = store.wait_for_append(next.after, {.stop = stop});
        if (!woken && !stop.stop_requested())
            return std::move(woken).error();
        return {};
    }
    /// Shows what is to be shown of the events that are there already, and sets where to go on.
    Result<void> begin(const AnyStore& store, AllRead& next, Table& table,
                       const std::stop_token& stop) const {
        if (!after_.empty())
            next.after = parse_position(after_);
        if (all_ || !after_.empty())
            return {};
        LastEvents last(store, last_.value_or(10));
        if (auto done = last.read(next, stop); !done)
            return done;
        for (Row& row : last.rows())
            table.add(std::move(row));
        return {};
    }
    ExitStatus fail(const Session& session, const Error& error) const {
        if (after_.empty() || error != errc::beyond_head)
            return session.fail(error);
        return session.fail(ExitStatus::wrong_use,
                            joined({"--after ", after_, ": ", session.url(),
                                    " has no such position; --json shows those that it has"}));
    }

    std::vector<std::string> types_{};
    std::vector<std::string> tags_{};
    std::optional<std::uint64_t> last_{};
    bool all_ = false;
    std::string after_{};
    bool no_follow_ = false;
};

} // namespace eventsourcing::detail::tool

#endif
