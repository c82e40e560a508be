// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_SHOW_HPP
#define EVENTSOURCING_TOOL_VERBS_SHOW_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace eventsourcing::detail::tool {

class ShowVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "show"; }
    [[nodiscard]] std::string group() const override { return looking; }
    [[nodiscard]] std::string summary() const override { return "Show the events of a stream"; }
    [[nodiscard]] std::string more() const override {
        return "Examples:\n"
               "  es show combat-ogre --last 10\n"
               "  es show combat-ogre --from 3 --limit 2\n"
               "  es show combat-ogre --json | jq .data";
    }
    void declare(CLI::App& app) override {
        app.add_option("stream", stream_, "The stream, such as combat-ogre")
            ->type_name("STREAM")
            ->required();
        add_number(app, "--from", from_, "The first revision to show")->type_name("REVISION");
        add_number(app, "--limit", limit_, "How many events to show")->type_name("N");
        add_number(app, "-n,--last", last_, "Only the last N events")->type_name("N");
    }

    ExitStatus run(const Session& session) override {
        if (from_ && last_)
            return session.fail(ExitStatus::wrong_use,
                                "show begins at one place: give one of --from and --last");
        auto stream = StreamName::parse(stream_);
        if (!stream)
            return session.fail(stream.error());
        auto first = first_revision(session.store(), *stream);
        if (!first)
            return session.fail(first.error());
        Table table = session.table(record_columns(true));
        std::uint64_t left = limit_.value_or(UINT64_MAX);
        for (StreamRead next{.from = *first}; left != 0;) {
            next.limit = std::min<std::uint64_t>(left, max_page_size);
            auto page = session.store().read_stream(*stream, next);
            if (!page)
                return session.fail(page.error());
            for (const EventRecord& record : *page)
                table.add(record_row(record));
            if (session.terminal.write_error != 0)
                break;
            left -= std::min<std::uint64_t>(left, page->records().size());
            if (page->at_end)
                break;
            next.from = page->next_revision;
        }
        table.finish("No event has such a revision.");
        return ExitStatus::done;
    }

private:
    /// Where to begin; `not_found` if there is no such stream.
    [[nodiscard]] Result<Revision> first_revision(const AnyStore& store,
                                                  const StreamName& stream) const {
        auto end = store.read_stream(stream, {.direction = Direction::backward, .limit = 1});
        if (!end)
            return std::move(end).error();
        if (end->empty())
            return Error(errc::not_found,
                         joined({"there is no stream ", in_quotes(stream_, 256),
                                 "; the verb streams lists those that there are"}));
        if (!last_)
            return Revision(from_.value_or(0));
        const std::uint64_t events = end->records().front().revision.value() + 1;
        return Revision(events - std::min(*last_, events));
    }

    std::string stream_{};
    std::optional<std::uint64_t> from_{};
    std::optional<std::uint64_t> limit_{};
    std::optional<std::uint64_t> last_{};
};

} // namespace eventsourcing::detail::tool

#endif
