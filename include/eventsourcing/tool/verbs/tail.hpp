// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_TAIL_HPP
#define EVENTSOURCING_TOOL_VERBS_TAIL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/verbs.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstdint>
#include <optional>
#include <string>
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
        return "It goes on until it is stopped with Ctrl-C. Examples:\n"
               "  tail --type combat.entity_died\n"
               "  tail --all --no-follow --json > events.jsonl";
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
        app.add_flag("--all", all_, "Begin with the first event of the store");
        add_number(app, "--after", after_, "Begin after the event at this position")
            ->type_name("POSITION")
            ->excludes("--all");
        app.add_flag("--no-follow", no_follow_, "End when everything that is there is shown");
    }

    ExitStatus run(const Session& session) override {
        AllRead next{.query = query()};
        if (after_)
            next.after = Position(*after_);
        else if (!all_)
            if (auto done = begin_at_end(session.store(), next); !done)
                return session.fail(done.error());
        Table table = session.table(record_columns(false));
        for (;;) {
            auto page = session.store().read_all(next);
            if (!page)
                return session.fail(page.error());
            for (const EventRecord& record : *page)
                table.add(record_row(record));
            if (page->last_position)
                next.after = page->last_position;
            if (!page->at_end)
                continue;
            table.flush();
            if (no_follow_)
                break;
            if (auto woken = session.store().wait_for_append(next.after); !woken)
                return session.fail(woken.error());
        }
        table.finish("There is no such event.");
        return ExitStatus::done;
    }

private:
    [[nodiscard]] Query query() const {
        Query query;
        if (!types_.empty() || !tags_.empty())
            query.items.push_back({types_, tags_});
        return query;
    }
    static Result<void> begin_at_end(const AnyStore& store, AllRead& next) {
        if (verbs_of(store).head) {
            auto head = store.head();
            if (!head)
                return std::move(head).error();
            next.after = *head;
            return {};
        }
        for (;;) {
            auto page = store.read_all(next);
            if (!page)
                return std::move(page).error();
            if (page->last_position)
                next.after = page->last_position;
            if (page->at_end)
                return {};
        }
    }

    std::vector<std::string> types_{};
    std::vector<std::string> tags_{};
    bool all_ = false;
    std::optional<std::uint64_t> after_{};
    bool no_follow_ = false;
};

} // namespace eventsourcing::detail::tool

#endif
