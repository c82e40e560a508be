// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_PROJECTIONS_HPP
#define EVENTSOURCING_TOOL_TYPED_PROJECTIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/projection_fingerprint.hpp>
#include <eventsourcing/runtime/prune_projection.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

template <class Projections>
class ProjectionsVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "projections"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "List the versions of read models, or drop old ones";
    }
    [[nodiscard]] std::string more() const override {
        return "  es projections                      lists those that the store has\n"
               "  es projections prune                drops all except those of this program\n"
               "  es projections prune Leaderboard    only of this projection\n"
               "While a program holds one, nothing is dropped: stop the program first. If it was\n"
               "killed, and will not come back, say --even-if-held.";
    }
    [[nodiscard]] std::vector<std::string> words() const override {
        auto words = names_of(Projections{});
        words.insert(words.begin(), {"list", "prune"});
        return words;
    }
    void declare(CLI::App& app) override {
        app.add_option("what", what_, "list or prune; list unless given")->type_name("WHAT");
        app.add_option("projection", projection_, "Only of this one, such as Leaderboard")
            ->type_name("PROJECTION");
        app.add_option("--name", name_, "Only of the subscription with this name")
            ->type_name("NAME");
        app.add_flag("--even-if-held", even_if_held_, "Drop also what a program holds");
    }
    [[nodiscard]] Result<std::string> change(const std::string& url) override {
        if (what_ != "list" && what_ != "prune")
            return Error(errc::invalid,
                         joined({"projections: expected list or prune, got ", in_quotes(what_)}));
        auto known = for_named(Projections{}, "projection", projection_, [](auto) {});
        if (!known)
            return std::move(known).error();
        if (what_ == "list")
            return std::string();
        return joined({"drops all read models of ",
                       projection_.empty() ? std::string("the projections") : projection_, " in ",
                       url, " but those of this program's version"});
    }

    ExitStatus run(const Session& session) override {
        auto all = session.store().list_progress();
        if (!all)
            return session.fail(all.error());
        std::vector<Version> versions;
        for (const auto& each : *all)
            static_cast<void>(for_named(
                Projections{}, "projection", projection_, [&]<class P>(std::type_identity<P>) {
                    if (this->template is_of<P>(each.first))
                        versions.push_back(version<P>(each.first, each.second));
                }));
        return what_ == "list" ? list(session, versions) : prune(session, versions);
    }

private:
    struct Version {
        ProgressKey key;
        Progress progress;
        std::string_view projection;
        std::string fingerprint;
        /// Whether it is that of this program.
        bool is_own;
        Result<std::vector<ProgressKey>> (*prune)(const AnyStore&, const PruneOptions&,
                                                  const CallOptions&);
    };

    template <class P>
    static std::string kind_of() {
        return joined({"projection ", bare_name<P>(), " "});
    }
    template <class P>
    [[nodiscard]] bool is_of(const ProgressKey& key) const {
        return key.fingerprint.starts_with(kind_of<P>()) && (name_.empty() || key.name == name_);
    }
    template <class P>
    static Version version(const ProgressKey& key, const Progress& progress) {
        std::string fingerprint = key.fingerprint.substr(kind_of<P>().size());
        const bool is_own = fingerprint == projection_fingerprint<P>();
        return {key,
                progress,
                bare_name<P>(),
                std::move(fingerprint),
                is_own,
                &prune_projection<P, AnyStore>};
    }

    static ExitStatus list(const Session& session, const std::vector<Version>& versions) {
        using Kind = Column::Kind;
        Table table = session.table({{"name", Kind::text, 10},
                                     {"projection", Kind::text, 10},
                                     {"fingerprint", Kind::if_room, 8},
                                     {"rebuild", Kind::json_only},
                                     {"version", Kind::text, 8},
                                     {"held", Kind::text, 4},
                                     {"position", Kind::number}});
        for (const Version& each : versions) {
            const bool held = !each.progress.owner.empty();
            Cell version(each.is_own ? "own" : "other");
            if (each.key.rebuild)
                version.shown += " (rebuild)";
            table.add({each.key.name, each.projection, each.fingerprint,
                       Cell("", each.key.rebuild ? "true" : "false"), std::move(version),
                       Cell(held ? "held" : "", held ? "true" : "false"),
                       position_cell(each.progress.checkpoint.position)});
        }
        table.finish("The store has no such read model.");
        return ExitStatus::done;
    }

    [[nodiscard]] ExitStatus prune(const Session& session,
                                   const std::vector<Version>& versions) const {
        for (const Version& each : versions)
            if (!each.is_own && !each.progress.owner.empty() && !even_if_held_)
                return session.fail(
                    ExitStatus::refused,
                    joined({each.key.name, ", ", each.key.fingerprint,
                            " is held by a program that runs it (", each.progress.status,
                            "), so nothing is dropped: stop that program first; if it was killed, "
                            "say --even-if-held"}));
        using Kind = Column::Kind;
        Table table = session.table({{"name", Kind::text, 10},
                                     {"projection", Kind::text, 10},
                                     {"dropped_fingerprint", Kind::text, 8}});
        for (const Version& each : versions) {
            if (each.is_own)
                continue;
            auto dropped =
                each.prune(session.store(), {.name = each.key.name, .even_if_held = even_if_held_},
                           CallOptions{});
            if (!dropped)
                return session.fail(dropped.error());
            for (const ProgressKey& key : *dropped) // all of this name
                table.add({key.name, each.projection,
                           key.fingerprint.substr(key.fingerprint.rfind(' ') + 1)});
        }
        table.finish("There is no other version.");
        return ExitStatus::done;
    }

    std::string what_ = "list";
    std::string projection_{};
    std::string name_{};
    bool even_if_held_ = false;
};

} // namespace eventsourcing::detail::tool

#endif
