// SPDX-License-Identifier: MIT
// The store of a subscription is only a sink, keeps no progress and has none beside it, or is a
// Result that was not checked.
// expect 1: es: a subscription reads an event store, such as es::MemoryStore or es::SqliteStore
// expect 1: shop::Board, Nowhere
// expect 2: es: this store keeps no progress: give a store that does beside it, es::Subscription<TheProjection, TheStore, es::SqliteStore> them{*store, *beside}
// expect 2: shop::Board, Reading
// expect 3: es: this store is a Result: check it first, if (!store), and pass *store
// expect 4: es: this store is a Result: check it first, if (!store), and pass *store
// expect 5: es: this store is a Result: check it first, if (!store), and pass *store
// expect 6: es: this store is a Result: check it first, if (!store), and pass *store
#include <eventsourcing/runtime/relay.hpp>
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/runtime/target_subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace shop {
struct Shop {
    using Event = std::variant<Bought, Refunded>;
};
struct Board {
    using Event = es::EventsOf<Shop>;
    struct State {
        int sold = 0;
    };
    static void apply_event(State& s, const Bought&) { ++s.sold; }
};
} // namespace shop

/// Is read, and keeps nothing of those who read it.
struct Reading {
    static constexpr es::Capabilities capabilities = es::MemoryStore::capabilities;

    es::Result<es::Receipt> append(es::StreamNameView, es::ExpectedRevision, const es::EventBatch&,
                                   const es::AppendCondition& = {}, const es::CallOptions& = {}) {
        return es::errc::unsupported;
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::EventBatch&,
                                             const es::CallOptions& = {}) {
        return es::errc::unsupported;
    }
    es::Result<es::Page> read_stream(es::StreamNameView, const es::StreamRead& = {},
                                     const es::CallOptions& = {}) const {
        return es::errc::unsupported;
    }
    es::Result<es::Page> read_all(const es::AllRead& = {}, const es::CallOptions& = {}) const {
        return es::errc::unsupported;
    }
    es::Result<bool> wait_for_append(std::optional<es::Position>,
                                     const es::CallOptions& = {}) const {
        return es::errc::unsupported;
    }
};

struct Target {
    es::Result<std::optional<es::Position>> checkpoint(std::string_view) {
        return std::optional<es::Position>();
    }
    es::Result<void> commit(std::string_view, std::optional<es::Position>, es::Position,
                            std::span<const es::EventRecord>) {
        return {};
    }
};

es::Step open(const es::Result<es::MemoryStore>& store) {
#if MUST_FAIL == 3
    es::Subscription<shop::Board, es::MemoryStore> board{store, {.name = "board"}};
#elif MUST_FAIL == 4
    es::Relay<es::MemoryStore, es::MemoryStore> board{store, es::MemoryStore(), {.name = "out"}};
#elif MUST_FAIL == 5
    es::Relay board{store, es::MemoryStore(), {.name = "out"}};
#elif MUST_FAIL == 6
    es::TargetSubscription<Target, es::MemoryStore> board{store, Target(), {.name = "out"}};
#else
    es::Subscription<shop::Board, es::MemoryStore> board{*store, {.name = "board"}};
#endif
    return board.step();
}

#if MUST_FAIL == 1
es::Step go(es::Subscription<shop::Board, Nowhere>& board) {
#elif MUST_FAIL == 2
es::Step go(es::Subscription<shop::Board, Reading>& board) {
#else
es::Step go(es::Subscription<shop::Board, Reading, es::MemoryStore>& board) {
#endif
    return board.step();
}
