// SPDX-License-Identifier: MIT
#ifndef TESTS_TESTING_SIMULATION_POST_HPP
#define TESTS_TESTING_SIMULATION_POST_HPP

// Guests get a letter and, a day later, a second one. For one of them the post does not work until
// somebody mends it, another one is not known till then, and the deadline of a third one fails for
// a while: that must not hold up the others.
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/testing/simulation.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace simulated_post {

namespace es = eventsourcing;
using namespace std::chrono_literals;

struct Arrive {
    std::string name;
};
struct Arrived {
    std::string name;
};
struct Write {
    std::string text;
};
struct Remind {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "post", .source = "events://example.org/post", .version = "1.0"};
}

struct Guest {
    using Command = Arrive;
    using Event = Arrived;
    struct State {
        bool is_here = false;
        es::Generation generation{};
    };
    static void apply_event(State& s, const Arrived& /*e*/) { s.is_here = true; }
    static es::Result<Arrived> handle_command(const State& s, const Arrive& c) {
        if (s.is_here)
            return es::reject("is here already");
        return Arrived{c.name};
    }
};
struct Letter { // what is no aggregate
    using Command = Write;
};

struct Greeter {
    using Event = es::EventsOf<Guest>;
    using Deadline = Remind;
    using Reaction = es::Reaction<Letter>;
    struct State {
        std::string name;
    };
    static std::string process_id(const auto& e) { return e.event.name; }
    static es::Result<void> apply_event(State& s, const Arrived& e) {
        if (e.name == unknown_guest && !is_mended)
            return es::Error(es::errc::failed, "nobody knows this guest");
        s.name = e.name;
        return {};
    }
    static Reaction react(const State& s, const Arrived& /*e*/) {
        return {es::send<Letter>(s.name, Write{"welcome"}), es::deadline<Remind>(24h)};
    }
    static Reaction react(const State& s, const Remind& /*due*/) {
        if (s.name == tired_guest && failures > 0) {
            --failures;
            return {es::deadline<Arrived>(1h)}; // which is none of its deadlines
        }
        return {es::send<Letter>(s.name, Write{"how are you?"}), es::complete};
    }

    static constexpr const char* unknown_guest = "3";
    static constexpr const char* tired_guest = "4";
    static inline bool is_mended = false;
    static inline int failures = 0;
};

/// What has come to each guest.
class Office {
public:
    static constexpr const char* lost_guest = "2";

    es::Result<void> deliver(const std::string& guest, const std::string& text,
                             const es::Uuid& key) {
        if (is_broken_ && guest == lost_guest)
            return es::Error(es::errc::unavailable, "nobody knows the way");
        auto& letters = letters_[guest];
        if (letters.empty() || letters.back() != text)
            letters.push_back(text);
        keys_[es::detail::joined({guest, " ", text})].insert(key);
        return {};
    }
    void mend() { is_broken_ = false; }

    /// Whether each letter has come, in order, and with one key however often it came.
    [[nodiscard]] es::Result<void> has_delivered(const std::set<std::string>& guests) const {
        for (const std::string& guest : guests) {
            const auto found = letters_.find(guest);
            if (found == letters_.end() ||
                found->second != std::vector<std::string>{"welcome", "how are you?"})
                return es::Error(es::errc::failed, es::detail::joined({"the letters of ", guest}));
        }
        for (const auto& [letter, keys] : keys_)
            if (keys.size() != 1)
                return es::Error(es::errc::failed, es::detail::joined({"the keys of ", letter}));
        return {};
    }

private:
    bool is_broken_ = true;
    std::map<std::string, std::vector<std::string>> letters_;
    std::map<std::string, std::set<es::Uuid>> keys_;
};
struct Postman {
    std::shared_ptr<Office> office;
    es::Result<void> handle(const Write& c, const es::SentCommand& sent) const {
        return office->deliver(sent.id, c.text, sent.key);
    }
};

inline void scenario(es::Simulation& sim) {
    auto store = sim.store();
    const auto office = std::make_shared<Office>();
    Greeter::is_mended = false;
    Greeter::failures = 20;
    sim.component([=](const es::Environment& e) {
        return es::ProcessManager<Greeter, es::SimStore, Postman>{
            store, es::from_beginning, Postman{office}, {.page_size = 6, .environment = e}};
    });
    sim.repair([=] {
        office->mend();
        Greeter::is_mended = true;
    });
    sim.clients(3, [=](es::Random& random, const es::Environment& e) {
        const auto name = std::to_string(random.below(7));
        const auto command_id = e.new_id();
        const es::Repository<Guest, es::SimStore> guests{store};
        static_cast<void>(guests.execute(name, Arrive{name}, {.command_id = command_id}));
    });
    sim.finally("each guest has its letters", [=] {
        std::set<std::string> here;
        const es::Repository<Guest, es::MemoryStore> guests{store.inside()};
        for (const char* name : {"0", "1", "2", "3", "4", "5", "6"})
            if (const auto guest = guests.load(name); guest && guest->state.is_here)
                here.insert(name);
        return office->has_delivered(here);
    });
}

} // namespace simulated_post

#endif
