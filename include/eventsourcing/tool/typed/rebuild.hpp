// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_REBUILD_HPP
#define EVENTSOURCING_TOOL_TYPED_REBUILD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/tool/interruption.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace eventsourcing::detail::tool {

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
               "come as far. Until then, and after Ctrl-C, the old one stays. Example:\n"
               "  es rebuild Leaderboard --yes";
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
    }
    [[nodiscard]] Result<std::string> change(const std::string& url) override {
        auto known = for_named(Projections{}, "projection", projection_, [](auto) {});
        if (!known)
            return std::move(known).error();
        return joined({"rebuilds the read model ", projection_, " in ", url});
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
            Subscription<P, AnyStore> subscription(session.store(), {.name = name_});
            std::uint64_t events = 0;
            const auto count = [&events](const RebuildProgress& progress) {
                events = progress.events;
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
};

} // namespace eventsourcing::detail::tool

#endif
