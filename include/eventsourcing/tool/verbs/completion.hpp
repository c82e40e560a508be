// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_COMPLETION_HPP
#define EVENTSOURCING_TOOL_VERBS_COMPLETION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/completion.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>

namespace eventsourcing::detail::tool {

class CompletionVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "completion"; }
    [[nodiscard]] std::string group() const override { return helping; }
    [[nodiscard]] std::string summary() const override {
        return "Print a script that makes a shell complete words";
    }
    [[nodiscard]] std::string more() const override {
        return "For bash, in ~/.bashrc:  source <(es completion bash)\n"
               "For zsh, in ~/.zshrc:    source <(es completion zsh)   after compinit";
    }
    [[nodiscard]] Access access() const override { return Access::none; }
    void declare(CLI::App& app) override {
        program_ = app.get_parent();
        app.add_option("shell", shell_, "bash or zsh")->type_name("SHELL")->required();
    }

    ExitStatus run(const Session& session) override {
        const Completion completion(*program_, session.program);
        if (shell_ == "bash")
            session.terminal.print(completion.for_bash());
        else if (shell_ == "zsh")
            session.terminal.print(completion.for_zsh());
        else
            return session.fail(
                ExitStatus::wrong_use,
                joined({"completion: expected bash or zsh, got ", in_quotes(shell_)}));
        return ExitStatus::done;
    }

private:
    CLI::App* program_ = nullptr;
    std::string shell_{};
};

} // namespace eventsourcing::detail::tool

#endif
