// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_SKIP_HPP
#define EVENTSOURCING_TOOL_VERBS_SKIP_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::tool {

class SkipVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "skip"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "Drop the first parked event of a key, unhandled";
    }
    [[nodiscard]] std::string more() const override {
        return "For an event that can never be handled. Those after it stay parked until they\n"
               "are replayed. Where the store has several versions of what has this name, it\n"
               "drops the first one of each. Examples:\n"
               "  es skip leaderboard ogre\n"
               "  es skip leaderboard ogre --all --yes";
    }
    void declare(CLI::App& app) override {
        app.add_option("name", name_, "Of the subscription, relay or process")
            ->type_name("NAME")
            ->required();
        app.add_option("key", key_, "The key, as the verb parked shows it")
            ->type_name("KEY")
            ->required();
        app.add_flag("--all", all_, "Drop all parked events of the key");
    }
    [[nodiscard]] Result<std::string> change(const std::string& /*url*/) override {
        return joined({"drops ", all_ ? "all parked events" : "the first parked event", " of key ",
                       in_quotes(key_, 256), " of each version of ", name_,
                       all_ ? ": it never handles them" : ": it never handles it"});
    }

    ExitStatus run(const Session& session) override {
        auto all = session.store().list_progress();
        if (!all)
            return session.fail(all.error());
        std::uint64_t dropped = 0;
        for (const auto& [key, progress] : *all) {
            if (key.name != name_)
                continue;
            auto done = drop(session.store(), key);
            if (!done)
                return session.fail(done.error());
            dropped += *done;
        }
        if (dropped == 0)
            return session.fail(ExitStatus::refused,
                                joined({name_, " has no parked events of key ",
                                        in_quotes(key_, 256), "; the verb parked lists them"}));
        session.say(std::to_string(dropped) + (dropped == 1 ? " event is" : " events are") +
                    " dropped");
        if (session.format == Format::json)
            session.terminal.print(joined({"{\"dropped\":", std::to_string(dropped), "}\n"}));
        return ExitStatus::done;
    }

private:
    /// Whoever runs it finds the higher fence and reads what is stored. It may store something
    /// meanwhile: then once more, but never another first event than the one that was there. A
    /// store can take what the runner has stored for this commit, so whether it is done is read.
    [[nodiscard]] Result<std::uint64_t> drop(const AnyStore& store, const ProgressKey& key) const {
        std::optional<ParkedEvent> first;
        std::uint64_t dropped = 0;
        for (int attempt = 1;; ++attempt) {
            auto progress = store.load_progress(key);
            if (!progress)
                return std::move(progress).error();
            auto line = line_of(store, key);
            if (!line)
                return std::move(line).error();
            const bool is_there =
                !line->empty() && (!first || (line->front().sequence == first->sequence &&
                                              line->front().event_id == first->event_id));
            if (!is_there && (dropped > 0 || !all_ || line->empty()))
                return dropped;
            first = line->front();
            ProgressCommit commit{.key = key, .loaded = *progress};
            commit.next = progress->value_or(Progress{});
            ++commit.next.fence;
            for (const ParkedEvent& event : *line) {
                commit.unpark.push_back({event.key, event.sequence});
                if (!all_)
                    break;
            }
            auto done = store.commit_progress(commit);
            if (!done && (done.error() != errc::conflict || attempt == 10))
                return std::move(done).error();
            dropped = done ? commit.unpark.size() : 0;
        }
    }
    [[nodiscard]] Result<std::vector<ParkedEvent>> line_of(const AnyStore& store,
                                                           const ProgressKey& key) const {
        for (std::optional<std::string> after;;) {
            auto page = store.load_parked(
                key, after ? std::optional<std::string_view>(*after) : std::nullopt, max_page_size);
            if (!page)
                return page;
            const bool last = page->size() < max_page_size;
            if (!last)
                after = page->back().key;
            std::erase_if(*page, [&](const ParkedEvent& event) { return event.key != key_; });
            if (last || !page->empty())
                return page;
        }
    }

    std::string name_{};
    std::string key_{};
    bool all_ = false;
};

} // namespace eventsourcing::detail::tool

#endif
