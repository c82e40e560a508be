// SPDX-License-Identifier: MIT
// What another process stores between two calls of a rebuild, a replay or a prune.
#include <eventsourcing/runtime/fold_events.hpp>
#include <eventsourcing/runtime/prune_projection.hpp>
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using each_store::on_each_store;

namespace {

struct Landed {
    int weight = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "harbour", .source = "events://example.org/harbour", .version = "1.0"};
}

int refused_weight = 0;

struct Cargo {
    using Event = std::variant<Landed>;
    struct State {
        int ships = 0;
        int weight = 0;
        bool operator==(const State&) const = default;
    };
    static es::Result<void> apply_event(State& s, const Landed& e) {
        ++s.ships;
        s.weight += e.weight;
        return e.weight == refused_weight ? es::reject("too heavy") : es::Result<void>();
    }
};
namespace before {
struct Cargo {
    using Event = std::variant<Landed>;
    struct State {
        int ships = 0;
    };
    static void apply_event(State& s, const Landed&) { ++s.ships; }
};
} // namespace before

template <class Store>
void land(const Store& store, int weight) {
    Store to = store;
    const es::Environment environment;
    const std::variant<Landed> event = Landed{weight};
    const es::Uuid id = environment.new_id();
    REQUIRE(to.append_unchecked(
        "ships-1", es::Batch<std::variant<Landed>>({&event, 1}, {&id, 1}, environment.now())));
}
template <class Subscription>
void run_out(Subscription& subscription) {
    while (subscription.step().kind == es::Step::Kind::worked)
        ;
}

/// What another process does after a call of the store.
struct Meanwhile {
    std::function<void()> listed{};
    std::function<void()> loaded_live{};
    std::function<void()> read_stream{};
};
template <class Store>
class Raced : public Store {
public:
    Raced(const Store& store, Meanwhile& meanwhile) : Store(store), meanwhile_(&meanwhile) {}

    [[nodiscard]] auto list_progress(const es::CallOptions& call = {}) const {
        return then(Store::list_progress(call), meanwhile_->listed);
    }
    [[nodiscard]] auto load_progress(const es::ProgressKey& key,
                                     const es::CallOptions& call = {}) const {
        auto loaded = Store::load_progress(key, call);
        return key.rebuild ? std::move(loaded) : then(std::move(loaded), meanwhile_->loaded_live);
    }
    [[nodiscard]] auto read_stream(es::StreamNameView stream, const es::StreamRead& which = {},
                                   const es::CallOptions& call = {}) const {
        return then(Store::read_stream(stream, which, call), meanwhile_->read_stream);
    }

private:
    template <class Answer>
    static Answer then(Answer answer, const std::function<void()>& f) {
        if (f)
            f();
        return answer;
    }
    Meanwhile* meanwhile_;
};

} // namespace

// B2, B4
TEST_CASE("A rebuild does not take the place of what has come further meanwhile") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        land(store, 1), land(store, 2);
        es::Subscription<Cargo, Store> live{other};
        run_out(live);
        Meanwhile meanwhile;
        const Raced<Store> raced(store, meanwhile);
        es::Subscription<Cargo, Raced<Store>> rebuilds{raced};
        int times = 3;
        meanwhile.loaded_live = [&] {
            if (times == 0)
                return;
            --times;
            land(store, 5);
            run_out(live);
        };
        const auto position = [&] {
            return store.list_progress()->front().second.checkpoint.position;
        };
        REQUIRE(rebuilds.rebuild());
        CHECK(times == 0);
        CHECK(store.list_progress()->size() == 1);
        CHECK(position() >= es::Position{5}); // and not back to 2
        CHECK(*live.load() == *es::fold<Cargo>(store));
        land(store, 1);
        run_out(live);
        CHECK(*live.load() == *es::fold<Cargo>(store));
    });
}

// B6
TEST_CASE("A version that a program begins to run while others are dropped stays as it is") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        land(store, 1);
        {
            es::Subscription<before::Cargo, Store> old{other, {.start = es::from_now}};
            old.driven(1);
            run_out(old);
            old.driven(-1);
        }
        land(store, 1);
        es::Subscription<before::Cargo, Store> begins{other, {.start = es::from_now}};
        Meanwhile meanwhile;
        meanwhile.listed = [&] { run_out(begins); };
        const auto dropped = es::prune_projection<Cargo>(Raced<Store>(store, meanwhile));
        REQUIRE_FALSE(dropped);
        CHECK(dropped.error() == es::errc::conflict);
        CHECK(dropped.error().message().find("which a program has begun to run") !=
              std::string::npos);
        REQUIRE(store.list_progress()->size() == 1);
        land(store, 1);
        run_out(begins);
        CHECK(begins.load()->ships == 2);
    });
}

// S8, S11
TEST_CASE("A replay gets through though another runner stores something all the time") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        refused_weight = 13;
        land(store, 13), land(store, 2);
        const es::SubscriptionOptions options{.on_failure = es::OnFailure::park};
        es::Subscription<Cargo, Store> live{other, options};
        run_out(live);
        Meanwhile meanwhile;
        const Raced<Store> raced(store, meanwhile);
        es::Subscription<Cargo, Raced<Store>> idle{raced, options};
        run_out(idle); // knows what is stored now
        refused_weight = 0;
        land(store, 3);
        run_out(live);
        int times = 3;
        meanwhile.read_stream = [&] {
            if (times == 0)
                return;
            --times;
            land(store, 5);
            run_out(live);
        };
        const auto left = idle.replay("ships-1");
        REQUIRE(left);
        CHECK(*left == 0);
        CHECK(times == 0);
        run_out(live);
        CHECK(*live.load() == *es::fold<Cargo>(store));
        CHECK(live.parked()->empty());
    });
}
TEST_CASE("A replay under a name that nothing runs under writes nothing, and says so") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        land(store, 1);
        es::Subscription<Cargo, Store> typo{store, {.name = "typo"}};
        const auto left = typo.replay("ships-1");
        REQUIRE_FALSE(left);
        CHECK(left.error() == es::errc::not_found);
        CHECK(left.error().message().find("nothing has run under the name typo") == 0);
        CHECK(store.list_progress()->empty());
    });
}
