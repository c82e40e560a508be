// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_STATUS_HPP
#define EVENTSOURCING_TOOL_VERBS_STATUS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/store/verbs.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing::detail::tool {

/// How many keys of this progress have parked events.
inline Result<std::uint64_t> parked_keys(const AnyStore& store, const ProgressKey& key) {
    std::uint64_t keys = 0;
    std::string last;
    for (bool first = true;;) {
        auto page = store.load_parked(
            key, first ? std::nullopt : std::optional<std::string_view>(last), max_page_size);
        if (!page)
            return std::move(page).error();
        for (const ParkedEvent& event : *page) {
            if (first || event.key != last)
                ++keys;
            first = false;
            last = event.key;
        }
        if (page->size() < max_page_size)
            return keys;
    }
}

class StatusVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "status"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "Show how far each of them has come";
    }
    [[nodiscard]] std::string more() const override {
        return "A name stands once for each fingerprint of the code that handles the events. The\n"
               "number behind is that of the events which each still has before it. Example:\n"
               "  es status --json | jq 'select(.failure)'";
    }

    ExitStatus run(const Session& session) override {
        auto all = session.store().list_progress();
        if (!all)
            return session.fail(all.error());
        std::optional<Position> head;
        if (verbs_of(session.store()).head)
            if (auto known = session.store().head())
                head = *known;
        using Kind = Column::Kind;
        Table table = session.table({{"name", Kind::text, 10},
                                     {"fingerprint", Kind::if_room, 8},
                                     {"rebuild", Kind::json_only},
                                     {"status", Kind::text, 10},
                                     {"position", Kind::number},
                                     {"behind", Kind::number},
                                     {"parked_keys", Kind::number},
                                     {"failure", Kind::text, 10},
                                     {"failing_since", Kind::if_room, 20},
                                     {"attempts", Kind::json_only},
                                     {"failing_stream", Kind::json_only},
                                     {"failing_revision", Kind::json_only},
                                     {"event_id", Kind::json_only},
                                     {"store_id", Kind::json_only},
                                     {"owner", Kind::json_only},
                                     {"fence", Kind::json_only}});
        for (const auto& [key, progress] : *all) {
            auto parked = parked_keys(session.store(), key);
            if (!parked)
                return session.fail(parked.error());
            table.add(row(key, progress, head, *parked));
        }
        table.finish("No subscription, relay or process keeps its progress in this store.");
        return ExitStatus::done;
    }

private:
    static Row row(const ProgressKey& key, const Progress& progress, std::optional<Position> head,
                   std::uint64_t parked) {
        const Checkpoint& at = progress.checkpoint;
        Cell status(progress.status);
        if (key.rebuild)
            status.shown += " (rebuild)";
        const auto& failure = progress.failure;
        return {key.name,
                key.fingerprint,
                Cell(key.rebuild ? "yes" : "", key.rebuild ? "true" : "false"),
                std::move(status),
                position_cell(at.position),
                behind(at.position, head),
                parked,
                failure ? Cell(failure->message) : Cell(),
                failure ? Cell(failure->since) : Cell(),
                failure ? Cell(failure->attempts) : Cell(),
                failure && failure->stream ? Cell(failure->stream->str()) : Cell(),
                failure && failure->revision ? Cell(failure->revision->value()) : Cell(),
                at.event_id ? Cell(at.event_id->to_string()) : Cell(),
                at.store_id ? Cell(at.store_id->to_string()) : Cell(),
                progress.owner,
                progress.fence};
    }
    /// How many positions, where positions are numbers without gaps.
    static Cell behind(std::optional<Position> at, std::optional<Position> head) {
        if (!head || head->prepare() != 0 || (at && *at > *head))
            return {};
        return head->value() - (at ? at->value() : 0);
    }
};

} // namespace eventsourcing::detail::tool

#endif
