// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_REBUILD_HPP
#define EVENTSOURCING_TOOL_TYPED_REBUILD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/observing/sentence_of.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/start.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/runtime/terminal_progress.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/tool/interruption.hpp>
#include <eventsourcing/tool/position.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

/// Says what keeps a rebuild from going on, in lines of their own: below the bar, if there is one.
struct TellFailures {
    const Session& session;

    void on(const Waiting& told) const { tell(sentence_of(told)); }
    void on(const Parked& told) const { tell(sentence_of(told)); }

private:
    void tell(std::string_view sentence) const {
        session.terminal.tell(joined({session.terminal.answers ? "\n" : "", session.program, ": ",
                                      shown_text(sentence), "\n"}));
    }
};

template <class Projections>
class RebuildVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "rebuild"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "Rebuild a read model from the first event on";
    }
    [[nodiscard]] std::string more() const override {
        return "It is made beside the one that is there, which is replaced once the new one has\n"
               "come as far. Until then, and after Ctrl-C, the old one stays. The store does not\n"
               "know where the subscription began nor what it does with an event that fails: say\n"
               "so if it is not the first event, or not a stop. Examples:\n"
               "  es rebuild Leaderboard --yes\n"
               "  es rebuild Leaderboard --from 2026-11-30T00:00:00Z --park";
    }
    [[nodiscard]] std::vector<std::string> words() const override {
        return names_of(Projections{});
    }
    void declare(CLI::App& app) override {
        app.add_option("projection", projection_, "The projection, such as Leaderboard")
            ->type_name("PROJECTION")
            ->required();
        app.add_option("--name", name_, "Of the subscription, if it has another name")
            ->type_name("NAME");
        app.add_option("--from", from_, "Begin with the first event of this time or later")
            ->type_name("TIME");
        add_position(app, "--after", after_, "Begin after the event at this position");
        app.add_flag("--park", park_, "Park events that fail, as the subscription does");
    }
    [[nodiscard]] Result<std::string> change(const std::string& url) override {
        auto known = for_named(Projections{}, "projection", projection_, [](auto) {});
        if (!known)
            return std::move(known).error();
        if (!from_.empty() && !after_.empty())
            return Error(errc::invalid,
                         "rebuild begins at one place: give one of --from and --after");
        std::string begin = "the first event on";
        if (!after_.empty()) {
            start_ = after(*parse_position(after_));
            begin = joined({"the events after position ", after_});
        }
        if (!from_.empty()) {
            auto time = Timestamp::parse(from_);
            if (!time)
                return Error(errc::invalid, time.error().message());
            start_ = eventsourcing::from(*time);
            begin = joined({"the events of ", from_, " or later"});
        }
        return joined({"rebuilds the read model ", projection_, " in ", url, " from ", begin});
    }

    ExitStatus run(const Session& session) override {
        ExitStatus status = ExitStatus::done;
        const auto named =
            for_named(Projections{}, "projection", projection_,
                      [&]<class P>(std::type_identity<P>) { status = rebuild<P>(session); });
        return named ? status : session.fail(named.error());
    }

private:
    template <class P>
    ExitStatus rebuild(const Session& session) const {
        if constexpr (MakesStatements<P>) {
            return session.fail(ExitStatus::cannot_serve,
                                joined({bare_name<P>(), " keeps its rows in tables of its own, "
                                                        "which only the application can empty"}));
        } else {
            Subscription<P, AnyStore> subscription(
                session.store(), {.name = name_,
                                  .start = start_,
                                  .on_failure = park_ ? OnFailure::park : OnFailure::stop,
                                  .observer = Observer(TellFailures{session})});
            std::uint64_t events = 0;
            std::optional<TerminalProgress> bar;
            if (session.format == Format::table)
                bar.emplace(TerminalProgressOptions{.out = session.terminal.err});
            const auto count = [&](const RebuildProgress& progress) {
                events = progress.events;
                if (bar)
                    (*bar)(progress);
            };
            const Interruption interruption(session.terminal);
            auto done = subscription.rebuild(count, {.stop = interruption.token()});
            if (!done && done.error() == errc::cancelled)
                return session.fail(ExitStatus::refused,
                                    joined({subscription.name(), " stays as it was: interrupted"}));
            if (!done)
                return session.fail(done.error());
            session.say(joined(
                {subscription.name(), " is rebuilt from ", std::to_string(events), " events"}));
            if (session.format == Format::json)
                session.terminal.print(
                    json_object({{"name"}, {"events"}}, {subscription.name(), events}) + "\n");
            return ExitStatus::done;
        }
    }

    std::string projection_{};
    std::string name_{};
    std::string from_{};
    std::string after_{};
    bool park_ = false;
    Start start_{};
};

} // namespace eventsourcing::detail::tool

#endif
