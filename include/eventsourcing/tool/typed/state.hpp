// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_STATE_HPP
#define EVENTSOURCING_TOOL_TYPED_STATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/load_options.hpp>
#include <eventsourcing/runtime/projection.hpp>
#include <eventsourcing/tool/fields.hpp>
#include <eventsourcing/tool/record_row.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace eventsourcing::detail::tool {

template <class Aggregates>
class StateVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "state"; }
    [[nodiscard]] std::string group() const override { return looking; }
    [[nodiscard]] std::string summary() const override {
        return "Show the state that the events of an aggregate make";
    }
    [[nodiscard]] std::string more() const override {
        return "Examples:\n"
               "  es state combat ogre\n"
               "  es state combat ogre --at 3\n"
               "  es state combat ogre --as-of 2026-11-30T20:00:00Z";
    }
    [[nodiscard]] std::vector<std::string> words() const override { return names_of(Aggregates{}); }
    void declare(CLI::App& app) override {
        app.add_option("aggregate", aggregate_, "The aggregate, such as Combat or combat")
            ->type_name("AGGREGATE")
            ->required();
        app.add_option("id", id_, "The id, ogre for the stream combat-ogre")
            ->type_name("ID")
            ->required();
        add_number(app, "--at", at_, "As it was right after this revision")->type_name("REVISION");
        app.add_option("--as-of", as_of_, "As it was at this time")->type_name("TIME");
    }

    ExitStatus run(const Session& session) override {
        LoadOptions options;
        if (at_)
            options.at = Revision(*at_);
        if (!as_of_.empty()) {
            auto time = Timestamp::parse(as_of_);
            if (!time)
                return session.fail(ExitStatus::wrong_use, time.error().message());
            options.as_of = *time;
        }
        ExitStatus status = ExitStatus::done;
        const auto named =
            for_named(Aggregates{}, "aggregate", aggregate_,
                      [&]<class A>(std::type_identity<A>) { status = show<A>(session, options); });
        return named ? status : session.fail(named.error());
    }

private:
    template <class A>
    ExitStatus show(const Session& session, const LoadOptions& options) const {
        auto stream = StreamName::of(category_of<A>(), id_);
        if (!stream)
            return session.fail(stream.error());
        auto loaded = load<A>(session.store(), *stream, options);
        if (!loaded)
            return session.fail(loaded.error());
        if (!loaded->revision)
            return session.fail(ExitStatus::refused,
                                joined({"stream ", stream->str(), " has no events",
                                        as_of_.empty() ? "" : " of that time"}));
        if constexpr (StorableState<typename A::State>) {
            auto json = encode_json(loaded->state);
            if (!json)
                return session.fail(json.error());
            print_fields(session.terminal, session.format, {{"stream"}, {"revision"}, {"state"}},
                         {stream->str(), loaded->revision->value(), json_cell(*json)});
            return ExitStatus::done;
        } else {
            return session.fail(ExitStatus::cannot_serve,
                                joined({"the state of ", bare_name<A>(), " has no JSON form"}));
        }
    }

    std::string aggregate_{};
    std::string id_{};
    std::optional<std::uint64_t> at_{};
    std::string as_of_{};
};

} // namespace eventsourcing::detail::tool

#endif
