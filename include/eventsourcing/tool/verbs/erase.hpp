// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_ERASE_HPP
#define EVENTSOURCING_TOOL_VERBS_ERASE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/engines/sqlite/options.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

/// `Keys` is SqliteKeys: a parameter, since not every program includes it.
template <class Keys>
class EraseVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "erase"; }
    [[nodiscard]] std::string group() const override { return keeping; }
    [[nodiscard]] std::string summary() const override {
        return "Erase the key of a person, for good";
    }
    [[nodiscard]] std::string more() const override {
        return "Afterwards nothing that was sealed for this person can be opened any more, in\n"
               "the store and in all copies of it. Copies of the key file still have the key.\n"
               "Example:\n"
               "  es erase person:42 --keys keys.db";
    }
    [[nodiscard]] Access access() const override { return Access::none; }
    void declare(CLI::App& app) override {
        app.add_option("subject", subject_, "Whose key it is, such as person:42")
            ->type_name("SUBJECT")
            ->required();
        app.add_option("--keys", file_, "The key file, such as keys.db")
            ->type_name("FILE")
            ->required();
    }

    ExitStatus run(const Session& session) override {
        if (const auto refused = session.refused(joined(
                {"erases the key of ", subject_, " in ", file_, ", which can't be taken back"})))
            return *refused;
        auto keys = Keys::open(file_, {.open = SqliteOpen::existing});
        if (!keys)
            return session.fail(ExitStatus::cannot_serve, keys.error().message());
        auto erased = keys->erase(subject_);
        if (!erased)
            return session.fail(erased.error());
        if (!*erased)
            return session.fail(ExitStatus::refused,
                                joined({subject_, " has no key in ", file_,
                                        ": it was erased before, or has another name"}));
        session.say(joined({"the key of ", subject_, " is erased"}));
        if (session.format == Format::json)
            session.terminal.print("{\"erased\":" + json_string(subject_) + "}\n");
        return ExitStatus::done;
    }

private:
    std::string subject_{};
    std::string file_{};
};

} // namespace eventsourcing::detail::tool

#endif
