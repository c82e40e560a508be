// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_SNAPSHOTS_HPP
#define EVENTSOURCING_TOOL_TYPED_SNAPSHOTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/fingerprint.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/snapshot_data.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail::tool {

template <class Aggregates>
class SnapshotsVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "snapshots"; }
    [[nodiscard]] std::string group() const override { return keeping; }
    [[nodiscard]] std::string summary() const override {
        return "Drop the snapshots of other versions of aggregates";
    }
    [[nodiscard]] std::string more() const override {
        return "No event is lost, and this program uses none of them. A program of another\n"
               "version that still runs reads whole streams until it has written its own again.\n"
               "Examples:\n"
               "  es snapshots prune\n"
               "  es snapshots prune Combat --yes";
    }
    [[nodiscard]] std::vector<std::string> words() const override {
        auto words = names_of(Aggregates{});
        words.insert(words.begin(), "prune");
        return words;
    }
    void declare(CLI::App& app) override {
        app.add_option("what", what_, "prune")->type_name("prune")->required();
        app.add_option("aggregate", aggregate_, "Only those of this aggregate, such as Combat")
            ->type_name("AGGREGATE");
    }
    [[nodiscard]] Result<std::string> change(const std::string& url) override {
        if (what_ != "prune")
            return Error(errc::invalid,
                         joined({"snapshots: expected prune, got ", in_quotes(what_)}));
        auto known = for_named(Aggregates{}, "aggregate", aggregate_, [](auto) {});
        if (!known)
            return std::move(known).error();
        return joined({"drops all snapshots of ",
                       aggregate_.empty() ? std::string("the aggregates") : aggregate_, " in ", url,
                       " but those of this program's version"});
    }

    ExitStatus run(const Session& session) override {
        using Kind = Column::Kind;
        Table table = session.table({{"aggregate", Kind::text, 10}, {"dropped", Kind::number}});
        Result<void> done;
        static_cast<void>(
            for_named(Aggregates{}, "aggregate", aggregate_, [&]<class A>(std::type_identity<A>) {
                if constexpr (StorableState<typename A::State>)
                    if (done)
                        done = prune<A>(session, table);
            }));
        table.finish("None of the aggregates has a state that can be a snapshot.");
        return done ? ExitStatus::done : session.fail(done.error());
    }

private:
    template <class A>
    static Result<void> prune(const Session& session, Table& table) {
        auto dropped = session.store().prune_snapshots(category_of<A>(), state_fingerprint<A>());
        if (!dropped)
            return std::move(dropped).error();
        table.add({bare_name<A>(), *dropped});
        return {};
    }

    std::string what_{};
    std::string aggregate_{};
};

} // namespace eventsourcing::detail::tool

#endif
