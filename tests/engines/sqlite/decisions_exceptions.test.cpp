// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/decisions.hpp>

#include "catch.hpp"
#include "engines/sqlite/each_store.hpp"
#include "fails_with.hpp"
#include "runtime/watched_store.hpp"
#include "throw_or_skip.hpp"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace es = eventsourcing;
using runtime_tests::WatchedStore;
using sqlite_tests::on_each_store;

namespace breakable {

/// Copies, moves and assignments until the next one throws; none does below 0.
inline int left = -1;
inline void use() {
    if (left == 0)
        throw_or_skip(std::runtime_error("porcelain"));
    if (left > 0)
        --left;
}

struct Cup {
    Cup() = default;
    explicit Cup(int amount) : value(amount) {}
    Cup(const Cup& other) : value(other.value) { use(); }
    Cup(Cup&& other) : value(other.value) { use(); } // NOLINT: it is to throw
    Cup& operator=(const Cup& other) {
        use();
        value = other.value;
        return *this;
    }
    Cup& operator=(Cup&& other) { // NOLINT: it is to throw
        use();
        value = other.value;
        return *this;
    }
    ~Cup() = default;
    static auto& json_value(auto& self) { return self.value; }

    int value = 0;
};

/// Which function of the decision throws.
inline std::string_view broken;
inline void breaks(std::string_view function) {
    if (broken == function)
        throw_or_skip(std::runtime_error("broken " + std::string(function)));
}

struct Poured {
    Cup cup{};
    [[nodiscard]] std::vector<std::string> event_tags() const {
        breaks("event_tags of an event");
        return {"table:1"};
    }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "breakable", .source = "events://example.org/breakable"};
}
struct Table {
    int cups = 0;
    using Event = Poured;
    [[nodiscard]] std::vector<std::string> event_tags() const {
        breaks("event_tags of a view");
        return {"table:1"};
    }
    static void apply_event(Table& t, const Poured& /*e*/) {
        breaks("apply_event");
        ++t.cups;
    }
};
struct Pour {
    int amount = 0;
};
struct Pouring {
    using Event = Poured;
    static auto boundary(const Pour& /*c*/) {
        breaks("boundary");
        return std::tuple{Table{}};
    }
    static es::Events<Poured> handle_command(const Table& /*t*/, const Pour& c) {
        breaks("handle_command");
        es::Events<Poured> events;
        events.push_back(Poured{Cup{c.amount}});
        return events;
    }
    static es::StreamName stream(const Pour& /*c*/) {
        breaks("stream");
        return es::StreamNameView("pouring-1");
    }
};

} // namespace breakable

using namespace breakable;

namespace {

template <class S>
std::size_t stored(const S& store) {
    auto page = store.read_all();
    REQUIRE(page);
    return page->records().size();
}

} // namespace

TEST_CASE("whatever function of a decision throws, the error says so and nothing is stored") {
    on_each_store([](const auto& store) {
        const es::Decisions<Pouring, std::remove_cvref_t<decltype(store)>> pouring{store};
        REQUIRE(pouring.execute(Pour{1}));
        for (const char* const function :
             {"boundary", "event_tags of a view", "stream", "apply_event", "handle_command",
              "event_tags of an event"}) {
            INFO(function);
            broken = function;
            const auto refused = pouring.execute(Pour{1});
            const auto undecided = pouring.decide(Pour{1});
            broken = {};
            CHECK(fails_with(es::errc::threw, refused));
            CHECK(message_of(refused).find("broken " + std::string(function)) != std::string::npos);
            CHECK(refused.error().outcome() == es::Outcome::not_done);
            CHECK(fails_with(es::errc::threw, undecided));
            CHECK(stored(store) == 1);
        }
        CHECK(pouring.execute(Pour{1}));
    });
}

TEST_CASE("whichever copy or move of an event throws, what a decision says is not done is not "
          "stored") {
    on_each_store([](const auto& store) {
        const es::Decisions<Pouring, std::remove_cvref_t<decltype(store)>> pouring{store};
        std::size_t before = 0;
        int unknown = 0;
        bool failed = true;
        for (int uses = 0; failed; ++uses) {
            REQUIRE(uses < 200);
            left = uses;
            const auto done = pouring.execute(Pour{1});
            left = -1;
            failed = !done;
            const bool is_stored = stored(store) == before + 1;
            if (failed) {
                CHECK(fails_with(es::errc::threw, done));
                if (is_stored)
                    CHECK(done.error().outcome() == es::Outcome::unknown);
                else
                    CHECK(done.error().outcome() == es::Outcome::not_done);
                unknown += is_stored ? 1 : 0;
            }
            before += is_stored ? 1 : 0;
        }
        CHECK(unknown > 0);
    });
}

TEST_CASE("a retry of a decision that throws is an error whose outcome is unknown") {
    on_each_store([](const auto& inside) {
        const WatchedStore store{inside};
        const es::Decisions<Pouring, std::remove_cvref_t<decltype(store)>> pouring{
            store, {.patience = std::chrono::seconds(0)}};
        store.watch().lost_appends = 1;
        const auto lost = pouring.execute(Pour{1});
        const auto* const pending = es::pending_decision<Pouring>(lost.error());
        REQUIRE(pending);
        bool failed = true;
        for (int uses = 0; failed; ++uses) {
            REQUIRE(uses < 200);
            left = uses;
            const auto again = pouring.retry(*pending);
            left = -1;
            failed = !again;
            if (failed) {
                CHECK(fails_with(es::errc::threw, again));
                CHECK(again.error().outcome() == es::Outcome::unknown);
                CHECK(es::pending_decision<Pouring>(again.error()));
            }
        }
        CHECK(stored(inside) == 1);
    });
}
