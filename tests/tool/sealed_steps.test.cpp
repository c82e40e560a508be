// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/command_line.hpp>

#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/personal/personal.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "tool/written.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// What a process is told, sends and waits for is JSON in a string of its steps.

namespace es = eventsourcing;
namespace tool = es::detail::tool;

namespace sealed_steps {

constexpr const char* secret = "U0VDUkVUU0VDUkVU";

using Address = es::Personal<std::string>;

struct Register {
    Address email;
};
struct Registered {
    Address email;
};
struct Reminder {
    Address email;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "member", .source = "events://example.org/member"};
}

struct Member {
    using Command = Register;
    using Event = Registered;
    struct State {
        Address email{};
        es::Generation generation{};
    };
    static void apply_event(State& s, const Registered& e) { s.email = e.email; }
    static es::Result<Registered> handle_command(const State&, const Register& c) {
        return Registered{c.email};
    }
};

/// Registers the first one again, as a friend.
struct Welcome {
    using Event = es::EventsOf<Member>;
    using StartedBy = Registered;
    using Deadline = Reminder;
    using Reaction = es::Reaction<Member>;
    struct State {
        int seen = 0;
    };
    static inline bool lazy = false;

    static std::string process_id(const auto& /*event*/) { return "ann"; }
    static void apply_event(State& s, const Registered&) { ++s.seen; }
    static void apply_event(State& s, const Reminder&) { ++s.seen; }
    static Reaction react(const State& s, const Registered& e) {
        if (lazy || s.seen > 1)
            return es::nothing;
        return {es::send<Member>("a\"friend", Register{e.email}),
                es::deadline(std::chrono::hours(1), Reminder{e.email})};
    }
    static Reaction react(const State&, const Reminder&) { return es::nothing; }
};

class Hall : public es::MemoryStore {
public:
    static constexpr std::string_view url_scheme = "hall";
    static es::Result<Hall> open_url(std::string_view /*rest*/) { return now(); }
    static Hall& now() {
        static Hall store;
        return store;
    }
};

/// What `es ARGUMENT...` prints.
std::string printed(std::vector<std::string> arguments) {
    Written out;
    Written err;
    const tool::Terminal terminal{.out = out.file(), .err = err.file()};
    arguments.insert(arguments.end(), {"--store", "hall:"});
    static_cast<void>(
        tool::run_command_line<Hall, Member, Welcome>("es", std::move(arguments), terminal));
    return out.text() + err.text();
}

} // namespace sealed_steps

using sealed_steps::Hall;
using sealed_steps::printed;

TEST_CASE("No verb shows the sealed bytes that the steps of a process have") {
    const auto email = es::decode_json<sealed_steps::Address>(
        std::string(R"({"subject":"person:42","sealed":")") + sealed_steps::secret + "\"}");
    REQUIRE(email);
    const es::Repository<sealed_steps::Member, es::MemoryStore> members{Hall::now()};
    REQUIRE(members.execute("ann", sealed_steps::Register{*email}));
    es::ProcessManager<sealed_steps::Welcome, es::MemoryStore> processes(Hall::now(),
                                                                         es::from_beginning);
    while (processes.step().kind == es::Step::Kind::worked) {
    }
    const auto steps =
        Hall::now().read_stream(es::StreamName::parse("process.welcome-ann").value(), {}).value();
    REQUIRE_FALSE(steps.empty());
    REQUIRE(steps.records().front().data.find(sealed_steps::secret) != std::string_view::npos);
    const std::string id = steps.records().front().id.to_string();
    sealed_steps::Welcome::lazy = true; // so that all differ
    for (const std::vector<std::string>& verb :
         std::vector<std::vector<std::string>>{{"show", "process.welcome-ann"},
                                               {"event", id},
                                               {"tail", "--all", "--no-follow"},
                                               {"state", "member", "ann"},
                                               {"check-processes"}})
        for (const bool json : {false, true}) {
            auto arguments = verb;
            if (json)
                arguments.emplace_back("--json");
            const std::string text = printed(arguments);
            INFO(verb.front() << "\n" << text);
            CHECK(text.find("person:42") != std::string::npos);
            CHECK(text.find(sealed_steps::secret) == std::string::npos);
        }
}
