// SPDX-License-Identifier: MIT
#ifndef TOOL_SHOP_HPP
#define TOOL_SHOP_HPP

#include <eventsourcing/tool/typed_verbs.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/engines/shared/verify_report.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/tool/command_line.hpp>

#include "catch.hpp"
#include "tool/written.hpp"

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// A shop with a read model and a process, and its command line.
namespace tool_shop {

namespace es = eventsourcing;
namespace tool = es::detail::tool;

enum class Refusal { closed = 1 };

struct Sell {
    std::string what;
    int count;
};
struct Sold {
    std::string what;
    int count;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}

struct Shop {
    using Command = Sell;
    using Event = Sold;
    struct State {
        int sold = 0;
        es::Generation generation{};
    };
    static inline bool closed = false;

    static void apply_event(State& s, const Sold& e) { s.sold += e.count; }
    static es::Result<Sold> handle_command(const State&, const Sell& c) {
        if (closed)
            return es::reject(Refusal::closed);
        return Sold{c.what, c.count};
    }
};

/// What all shops have sold, by ware; it can't count fewer than one.
struct Wares {
    using Event = std::variant<Sold>;
    struct State {
        int sold = 0;
    };
    static inline bool strict = false;

    static std::string key(const auto& e) { return e.event.what; }
    static es::Result<void> apply_event(State& s, const Sold& e) {
        if (strict && e.count < 1)
            return es::Error(es::errc::cannot_apply, "sold less than one");
        s.sold += e.count;
        return {};
    }
};

/// Sells sugar with much tea.
struct Restocking {
    using Event = es::EventsOf<Shop>;
    using StartedBy = Sold;
    using Reaction = es::Reaction<Shop>;
    struct State {
        int seen = 0;
    };
    static inline bool lazy = false;

    static std::string process_id(const auto& e) { return e.event.what; }
    static void apply_event(State& s, const Sold&) { ++s.seen; }
    static Reaction react(const State&, const Sold& e) {
        if (lazy || e.count < 5)
            return es::nothing;
        return {es::send<Shop>("store", Sell{"sugar", 1})};
    }
};

/// Keys that open one file, and have one key.
struct SomeKeys {
    struct Options {
        es::SqliteOpen open = es::SqliteOpen::create;
    };
    static es::Result<SomeKeys> open(const std::string& path, const Options& options) {
        if (path != "keys.db" || options.open != es::SqliteOpen::existing)
            return es::Error(es::errc::not_found, path + ": there is no such file");
        return SomeKeys{};
    }
    static inline bool erased = false;
    static es::Result<bool> erase(const std::string& subject) {
        return subject == "person:42" && !std::exchange(erased, true);
    }
};

/// A memory store that all who open it share, and another one.
class Till : public es::MemoryStore {
public:
    static constexpr std::string_view url_scheme = "till";
    static es::Result<Till> open_url(std::string_view rest) {
        if (rest == "broken")
            return es::Error(es::errc::corrupt, "till:broken is broken");
        return rest == "other" ? other() : now();
    }
    static Till& now() {
        static Till store;
        return store;
    }
    static Till& other() {
        static Till store;
        return store;
    }
    static inline bool sound = true;
    /// How many pages it can't read.
    static inline int reads_to_fail = 0;
    /// What others do right before a page is read.
    static inline std::function<void()> before_read{};

    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& which = {},
                                                const es::CallOptions& call = {}) const {
        if (before_read)
            before_read();
        if (reads_to_fail > 0 && reads_to_fail-- > 0)
            return es::Error(es::errc::unavailable, "the till is locked");
        return MemoryStore::read_all(which, call);
    }
    [[nodiscard]] es::Result<es::VerifyReport> verify() const {
        es::VerifyReport report{.streams = 1, .events = 3};
        report.checked.emplace_back("everything");
        if (!sound)
            report.add_problem("position 2 is missing");
        return report;
    }
    [[nodiscard]] es::Result<void> backup(const std::string& path) const {
        std::FILE* const file = std::fopen(path.c_str(), "wbx");
        if (!file)
            return es::Error(es::errc::invalid, path + ": there is something already");
        std::fclose(file);
        return {};
    }
};

struct Ran {
    int status;
    std::string out;
    std::string err;
};

/// Runs the tool as `es ARGUMENT...`; somebody types `answer` if there is one.
inline Ran run(std::vector<std::string> arguments, std::string answer = {}) {
    Written out;
    Written err;
    tool::Terminal terminal{.out = out.file(), .err = err.file()};
    terminal.answers = !answer.empty();
    answer += '\n';
    terminal.in = ::fmemopen(answer.data(), answer.size(), "r");
    // the types have no order
    const auto status =
        tool::run_command_line<Restocking, Till, Wares, Shop>("es", std::move(arguments), terminal);
    std::fclose(terminal.in);
    return {static_cast<int>(status), out.text(), err.text()};
}
inline Ran on_till(std::vector<std::string> arguments, std::string answer = {}) {
    arguments.insert(arguments.end(), {"--store", "till:"});
    return run(std::move(arguments), std::move(answer));
}

/// A shop that sold tea, nothing at all, and tea.
inline void sell() {
    Till::now() = Till{};
    Till::other() = Till{};
    Till::sound = true;
    Till::reads_to_fail = 0;
    Till::before_read = nullptr;
    Wares::strict = false;
    Shop::closed = false;
    Restocking::lazy = false;
    const es::Repository<Shop, es::MemoryStore> shops{Till::now()};
    for (const int count : {2, 0, 5})
        REQUIRE(shops.execute("corner", Sell{"tea", count}));
}

/// Makes all steps that there are to make.
template <class Machine>
void settle(Machine& machine) {
    for (int i = 0; i < 100; ++i)
        if (machine.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not settle");
}

} // namespace tool_shop

#endif
