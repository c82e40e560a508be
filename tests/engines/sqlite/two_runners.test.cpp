// SPDX-License-Identifier: MIT
// Who runs a subscription, as others see it, when several run it and one of them ends.
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace es = eventsourcing;
using namespace std::chrono_literals;
using each_store::on_each_store;

namespace {

struct Ticked {
    int n = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "clock", .source = "events://example.org/clock", .version = "1.0"};
}
struct Clock {
    using Event = std::variant<Ticked>;
};
struct Ticks {
    using Event = es::EventsOf<Clock>;
    struct State {
        int n = 0;
    };
    static void apply_event(State& s, const Ticked&) { ++s.n; }
};

template <class Store>
void tick(const Store& store) {
    const es::Environment environment;
    const Clock::Event event = Ticked{};
    const es::Uuid id = environment.new_id();
    REQUIRE(store.append_unchecked(
        "clock-1", es::Batch<Clock::Event>({&event, 1}, {&id, 1}, environment.now())));
}
template <class Subscription>
void run_out(Subscription& subscription) {
    while (subscription.step().kind == es::Step::Kind::worked)
        ;
}
template <class Store>
es::Progress kept(const Store& store) {
    const auto all = store.list_progress();
    REQUIRE(all);
    REQUIRE(all->size() == 1);
    return all->front().second;
}
template <class Store>
using Board = es::Subscription<Ticks, Store>;

/// Why waiting for the head of the store ends at once; `timed_out` if it does not.
template <class Store>
es::Error waits_for_head(const Store& store) {
    const es::FixedEnvironment clock; // which its sleep moves
    Board<Store> waits{store, {.environment = clock}};
    const auto waited = waits.wait_for(**store.head(), {.timeout = 1s});
    return waited ? es::Error(es::errc::invalid, "it has come") : waited.error();
}

/// A store that can't be read when it is told so.
template <class Store>
class Unreadable {
public:
    static constexpr es::Capabilities capabilities = Store::capabilities;
    Unreadable(Store store, const bool& now) : store_(std::move(store)), now_(&now) {}

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) const {
        return store_.append(stream, expected, batch, condition, call);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) const {
        return store_.append_unchecked(stream, batch, call);
    }
    es::Result<es::Page> read_stream(es::StreamNameView stream, const es::StreamRead& which = {},
                                     const es::CallOptions& call = {}) const {
        return store_.read_stream(stream, which, call);
    }
    es::Result<es::Page> read_all(const es::AllRead& which = {},
                                  const es::CallOptions& call = {}) const {
        if (*now_)
            return es::Error(es::errc::unavailable, "the line is down");
        return store_.read_all(which, call);
    }
    es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                     const es::CallOptions& call = {}) const {
        return store_.wait_for_append(after, call);
    }

private:
    Store store_;
    const bool* now_;
};

} // namespace

// W3, W6
TEST_CASE("When one of two runners ends, the other one is waited for, though it is idle") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        tick(store);
        Board<Store> first{store};
        Board<Store> second{other};
        first.driven(1);
        second.driven(1);
        run_out(first);
        run_out(second);
        tick(store);
        CHECK(waits_for_head(store) == es::errc::timed_out);
        second.driven(-1);
        CHECK(waits_for_head(store) == es::errc::timed_out);
        second.driven(1);
        run_out(second);
        tick(store);
        first.driven(-1);
        CHECK(waits_for_head(store) == es::errc::timed_out);
        second.driven(-1);
        CHECK(waits_for_head(store) == es::errc::unavailable);
        CHECK(kept(store).owner.empty());
    });
}
TEST_CASE("Two runners store who they are once, and no more with each event") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        Board<Store> first{store};
        Board<Store> second{other};
        first.driven(1);
        second.driven(1);
        for (int i = 0; i < 2; ++i)
            run_out(first), run_out(second);
        const auto fence = kept(store).fence;
        for (int i = 0; i < 3; ++i) {
            tick(store);
            run_out(first);
            run_out(second);
        }
        CHECK(kept(store).fence == fence);
        CHECK(kept(store).checkpoint.position == **store.head());
    });
}
TEST_CASE("A runner that was killed is not waited for after another one has stored some pages") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        {
            Board<Store> killed{store};
            killed.driven(1);
            tick(store);
            run_out(killed);
        }
        Board<Store> next{other};
        next.driven(1);
        for (int i = 0; i < 20; ++i) {
            tick(store);
            run_out(next);
        }
        next.driven(-1);
        tick(store);
        CHECK(waits_for_head(store) == es::errc::unavailable);
    });
}
TEST_CASE("However many run it, and end at once, nobody is waited for in the end", "[waits]") {
    on_each_store([]<class Store>(const Store& store, const Store&) {
        tick(store);
        for (int round = 0; round < 5; ++round) {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&store] {
                    Board<Store> board{store};
                    board.driven(1);
                    run_out(board);
                    board.driven(-1);
                });
        }
        CHECK(kept(store).owner.empty());
        tick(store);
        CHECK(waits_for_head(store) == es::errc::unavailable);
    });
}

// S10
TEST_CASE("A runner that could not read leaves no word of it when it ends and another one runs") {
    on_each_store([]<class Store>(const Store& store, const Store& other) {
        using Boards = es::Subscription<Ticks, Unreadable<Store>, Store>;
        bool down = false;
        const bool never = false;
        Boards healthy{Unreadable<Store>(store, never), store};
        Boards broken{Unreadable<Store>(other, down), other};
        tick(store);
        healthy.driven(1);
        broken.driven(1);
        run_out(healthy);
        run_out(broken);
        down = true;
        CHECK(broken.step().kind == es::Step::Kind::waiting);
        CHECK(kept(store).status == "waiting");
        CHECK(kept(store).failure->message == "the line is down");
        broken.driven(-1);
        CHECK(kept(store).status == "live");
        CHECK_FALSE(kept(store).failure);
        // the last one leaves it: that is how it is
        Boards alone{Unreadable<Store>(other, down), other};
        healthy.driven(-1);
        down = false;
        alone.driven(1);
        run_out(alone);
        down = true;
        alone.step();
        alone.driven(-1);
        CHECK(kept(store).status == "waiting");
        CHECK(kept(store).owner.empty());
    });
}
