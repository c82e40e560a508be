// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_TYPED_RELEASE_HPP
#define EVENTSOURCING_TOOL_TYPED_RELEASE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/tool/typed/driven.hpp>
#include <eventsourcing/tool/typed/named.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace eventsourcing::detail::tool {

/// Whether a process sends commands to aggregates only.
template <class List>
inline constexpr bool all_are_aggregates = false;
template <class... As>
inline constexpr bool all_are_aggregates<TypeList<As...>> = (Aggregate<As> && ...);

template <class Processes>
class ReleaseVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "release"; }
    [[nodiscard]] std::string group() const override { return following; }
    [[nodiscard]] std::string summary() const override {
        return "Let a process that failed try again";
    }
    [[nodiscard]] std::string more() const override {
        return "It is told all that it missed, with the code of this program, and a command that\n"
               "failed is executed once more. What it sends now is executed by the program that\n"
               "runs the process manager. Exit status 1 if it fails again. Example:\n"
               "  es release Healer ogre --yes";
    }
    [[nodiscard]] std::vector<std::string> words() const override { return names_of(Processes{}); }
    void declare(CLI::App& app) override {
        app.add_option("process", process_, "The kind of process, such as Healer")
            ->type_name("PROCESS")
            ->required();
        app.add_option("id", id_, "The id of the process: the key that the verb parked shows")
            ->type_name("ID")
            ->required();
        app.add_option("--name", name_, "Of the process manager, if it has another name")
            ->type_name("NAME");
    }
    [[nodiscard]] Result<std::string> change(const std::string& /*url*/) override {
        auto known = for_named(Processes{}, "process", process_, [](auto) {});
        if (!known)
            return std::move(known).error();
        return joined({"lets the process ", in_quotes(id_, 256), " of ", process_,
                       " try again; the program that runs the process manager executes what it "
                       "sends"});
    }

    ExitStatus run(const Session& session) override {
        ExitStatus status = ExitStatus::done;
        const auto named =
            for_named(Processes{}, "process", process_,
                      [&]<class P>(std::type_identity<P>) { status = release<P>(session); });
        return named ? status : session.fail(named.error());
    }

private:
    template <class P>
    ExitStatus release(const Session& session) const {
        if constexpr (all_are_aggregates<typename TargetsOf<typename P::Reaction>::List>) {
            ProcessManager<P, AnyStore> processes(session.store(), from_now, {.name = name_});
            auto left = [&] {
                const Driven driven(processes);
                return processes.release(id_);
            }();
            if (!left)
                return session.fail(left.error());
            session.say(*left == 0 ? std::string("it goes on; what it sends is executed by the "
                                                 "program that runs the process manager")
                                   : joined({"it failed again, with ", std::to_string(*left),
                                             " inputs or steps left; see the verb parked"}));
            if (session.format == Format::json)
                session.terminal.print(joined({"{\"left\":", std::to_string(*left), "}\n"}));
            return *left == 0 ? ExitStatus::done : ExitStatus::refused;
        } else {
            return session.fail(ExitStatus::cannot_serve,
                                joined({bare_name<P>(), " sends commands to what is no aggregate, "
                                                        "which only the application carries out: "
                                                        "call release there"}));
        }
    }

    std::string process_{};
    std::string id_{};
    std::string name_{};
};

} // namespace eventsourcing::detail::tool

#endif
