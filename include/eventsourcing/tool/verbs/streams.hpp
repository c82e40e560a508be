// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_STREAMS_HPP
#define EVENTSOURCING_TOOL_VERBS_STREAMS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace eventsourcing::detail::tool {

class StreamsVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "streams"; }
    [[nodiscard]] std::string group() const override { return looking; }
    [[nodiscard]] std::string summary() const override {
        return "List the streams, with how many events they have";
    }
    [[nodiscard]] std::string more() const override {
        return "It reads all events, since no store keeps a list. Examples:\n"
               "  es streams\n"
               "  es streams combat --json";
    }
    void declare(CLI::App& app) override {
        app.add_option("category", category_, "Only streams of this category")
            ->type_name("CATEGORY");
    }

    ExitStatus run(const Session& session) override {
        if (category_.find('-') != category_.npos)
            return session.fail(
                ExitStatus::wrong_use,
                joined({"streams: expected a category, which is what stands before the first dash "
                        "of a stream, got ",
                        in_quotes(category_, 256)}));
        struct Stream {
            std::uint64_t events = 0;
            Revision last{};
            std::string type{};
            Timestamp at{};
        };
        std::map<std::string, Stream, std::less<>> streams;
        for (AllRead next{.limit = 4096};;) {
            auto page = session.store().read_all(next);
            if (!page)
                return session.fail(page.error());
            for (const EventRecord& record : *page) {
                if (!category_.empty() && !record.stream.starts_with(category_ + "-"))
                    continue;
                auto at = streams.find(record.stream);
                if (at == streams.end())
                    at = streams.emplace(record.stream, Stream{}).first;
                ++at->second.events;
                at->second.last = record.revision;
                at->second.type = record.type;
                at->second.at = record.recorded_at;
            }
            if (page->at_end)
                break;
            next.after = page->last_position;
        }
        using Kind = Column::Kind;
        Table table = session.table({{"stream", Kind::text, 10},
                                     {"events", Kind::number},
                                     {"last_revision", Kind::json_only},
                                     {"last_type", Kind::text, 20},
                                     {"last_at", Kind::if_room, 20}});
        for (const auto& [stream, what] : streams)
            table.add({stream, what.events, what.last.value(), what.type, what.at});
        table.finish(category_.empty()
                         ? std::string("The store has no events.")
                         : joined({"No stream has the category ", in_quotes(category_), "."}));
        return ExitStatus::done;
    }

private:
    std::string category_{};
};

} // namespace eventsourcing::detail::tool

#endif
