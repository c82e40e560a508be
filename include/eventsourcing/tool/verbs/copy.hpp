// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_COPY_HPP
#define EVENTSOURCING_TOOL_VERBS_COPY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/copy_events.hpp>
#include <eventsourcing/tool/verb.hpp>
#include <eventsourcing/url/without_credentials.hpp>

#include <string>

namespace eventsourcing::detail::tool {

class CopyVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "copy"; }
    [[nodiscard]] std::string group() const override { return keeping; }
    [[nodiscard]] std::string summary() const override {
        return "Append all events to another store, of any engine";
    }
    [[nodiscard]] std::string more() const override {
        return "The other store is checked before anything is appended. Events that it has\n"
               "already are left as they are, so a copy can be repeated. How far subscriptions\n"
               "have come is not copied; backup does that. Examples:\n"
               "  es --store sqlite:combat.db copy sqlite:other.db\n"
               "  es --store sqlite:combat.db copy esdb://localhost:2113";
    }
    void declare(CLI::App& app) override {
        app.add_option("url", to_, "The other store")->type_name("URL")->required();
    }
    [[nodiscard]] Result<std::string> change(const std::string& url) override {
        return joined({"appends the events of ", url, " to ", without_credentials(to_),
                       ", which is made if it does not exist"});
    }

    ExitStatus run(const Session& session) override {
        auto other = session.open(to_, Access::create);
        if (!other)
            return session.cannot_open(other.error());
        const auto id = session.store().store_id();
        const auto other_id = (*other)->store.store_id();
        if (id && other_id && *id == *other_id)
            return session.fail(ExitStatus::refused,
                                joined({(*other)->url, " is the same store as ", session.url(),
                                        ", or a backup of it: name another one"}));
        EventCopy copy(session.store(), (*other)->store);
        if (auto done = copy.run(); !done)
            return session.fail(done.error() == errc::invalid ? ExitStatus::refused
                                                              : exit_status_of(done.error()),
                                done.error().message());
        session.say(joined({"all ", std::to_string(copy.events()), " events of ", session.url(),
                            " are in ", (*other)->url, "; ", std::to_string(copy.appended()),
                            " of them were appended now"}));
        if (session.format == Format::json)
            session.terminal.print(json_object({{"to"}, {"events"}, {"appended"}},
                                               {(*other)->url, copy.events(), copy.appended()}) +
                                   "\n");
        return ExitStatus::done;
    }

private:
    std::string to_{};
};

} // namespace eventsourcing::detail::tool

#endif
