// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_PRUNE_HPP
#define EVENTSOURCING_TOOL_TYPED_PRUNE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/projection_fingerprint.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

namespace eventsourcing::detail::tool {

template <class Projections>
class PruneVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "prune"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "Drop the read models of other versions of a projection";
    }
    [[nodiscard]] std::string more() const override {
        return "The verb status shows which there are, by their fingerprints. Only that of this\n"
               "program stays. A version that still runs would begin anew.";
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
        return joined({"drops all read models of ", projection_, " in ", url,
                       " but that of this program's version"});
    }

    ExitStatus run(const Session& session) override {
        ExitStatus status = ExitStatus::done;
        const auto named =
            for_named(Projections{}, "projection", projection_,
                      [&]<class P>(std::type_identity<P>) { status = prune<P>(session); });
        return named ? status : session.fail(named.error());
    }

private:
    template <class P>
    ExitStatus prune(const Session& session) const {
        const std::string kind = joined({"projection ", bare_name<P>(), " "});
        const std::string today = kind + std::string(projection_fingerprint<P>());
        const std::string called = name_.empty() ? std::string(SnakeName<P>::value) : name_;
        auto all = session.store().list_progress();
        if (!all)
            return session.fail(all.error());
        std::uint64_t dropped = 0;
        for (const auto& [key, progress] : *all) {
            if (key.name != called || !key.fingerprint.starts_with(kind) ||
                key.fingerprint == today)
                continue;
            auto done = session.store().drop_progress(key);
            if (!done)
                return session.fail(done.error());
            session.say(joined({key.name, ", ", key.fingerprint, " is dropped"}));
            ++dropped;
        }
        if (session.format == Format::json)
            session.terminal.print("{\"dropped\":" + std::to_string(dropped) + "}\n");
        else if (dropped == 0)
            session.say("There is no other version.");
        return ExitStatus::done;
    }

    std::string projection_{};
    std::string name_{};
};

} // namespace eventsourcing::detail::tool

#endif
