// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_REPLAY_HPP
#define EVENTSOURCING_TOOL_TYPED_REPLAY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/tool/typed/driven.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace eventsourcing::detail::tool {

template <class Projections>
class ReplayVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "replay"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "Handle the parked events of a key once more";
    }
    [[nodiscard]] std::string more() const override {
        return "With the code of this program, in order, up to the first one that fails again.\n"
               "Exit status 1 if some are left. Example:\n"
               "  es replay Leaderboard ogre --yes";
    }
    [[nodiscard]] std::vector<std::string> words() const override {
        return names_of(Projections{});
    }
    void declare(CLI::App& app) override {
        app.add_option("projection", projection_, "The projection, such as Leaderboard")
            ->type_name("PROJECTION")
            ->required();
        app.add_option("key", key_, "The key, as the verb parked shows it")
            ->type_name("KEY")
            ->required();
        app.add_option("--name", name_, "Of the subscription, if it has another name")
            ->type_name("NAME");
    }
    [[nodiscard]] Result<std::string> change(const std::string& /*url*/) override {
        auto known = for_named(Projections{}, "projection", projection_, [](auto) {});
        if (!known)
            return std::move(known).error();
        return joined({"handles the parked events of key ", in_quotes(key_, 256), " of ",
                       projection_, " once more"});
    }

    ExitStatus run(const Session& session) override {
        ExitStatus status = ExitStatus::done;
        const auto named =
            for_named(Projections{}, "projection", projection_,
                      [&]<class P>(std::type_identity<P>) { status = replay<P>(session); });
        return named ? status : session.fail(named.error());
    }

private:
    template <class P>
    ExitStatus replay(const Session& session) const {
        Subscription<P, AnyStore> subscription(session.store(), {.name = name_});
        auto left = [&] {
            const Driven driven(subscription);
            return subscription.replay(key_);
        }();
        if (!left)
            return session.fail(left.error());
        session.say(*left == 0 ? std::string("all are handled")
                               : joined({std::to_string(*left), " are left; the first one failed"
                                                                " again, see the verb parked"}));
        if (session.format == Format::json)
            session.terminal.print(joined({"{\"left\":", std::to_string(*left), "}\n"}));
        return *left == 0 ? ExitStatus::done : ExitStatus::refused;
    }

    std::string projection_{};
    std::string key_{};
    std::string name_{};
};

} // namespace eventsourcing::detail::tool

#endif
