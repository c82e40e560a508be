// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_VERBS_COMPLETION_HPP
#define EVENTSOURCING_TOOL_VERBS_COMPLETION_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/tool/completion.hpp>
#include <eventsourcing/tool/verb.hpp>

#include <string>
#include <vector>

namespace eventsourcing::detail::tool {

class CompletionVerb final : public Verb {
public:
    [[nodiscard]] std::string name() const override { return "completion"; }
    [[nodiscard]] std::string group() const override { return helping; }
    [[nodiscard]] std::string summary() const override {
        return "Print a script that makes a shell complete words";
    }
    [[nodiscard]] std::string more() const override {
        return "For bash, in ~/.bashrc, and for zsh, in ~/.zshrc after compinit:\n"
               "  source <(es completion bash)\n"
               "  source <(es completion zsh)";
    }
    [[nodiscard]] Access access() const override { return Access::none; }
    void declare(CLI::App& app) override {
        program_ = app.get_parent();
        app.add_option("shell", shell_, "bash or zsh")->type_name("SHELL")->required();
    }

    [[nodiscard]] std::vector<std::string> words() const override { return {"bash", "zsh"}; }
    ExitStatus run(const Session& session) override {
        if (shell_ != "bash" && shell_ != "zsh")
            return session.fail(
                ExitStatus::wrong_use,
                joined({"completion: expected bash or zsh, got ", in_quotes(shell_)}));
        const Completion completion(*program_, session.program, *session.verbs);
        const std::string script = shell_ == "bash" ? completion.for_bash() : completion.for_zsh();
        if (session.format == Format::table)
            session.terminal.print(script);
        else
            session.terminal.print(json_object({{"shell"}, {"script"}}, {shell_, script}) + "\n");
        return ExitStatus::done;
    }

private:
    CLI::App* program_ = nullptr;
    std::string shell_{};
};

} // namespace eventsourcing::detail::tool

#endif
