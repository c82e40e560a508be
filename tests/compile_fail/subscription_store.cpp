// SPDX-License-Identifier: MIT
// The store of a subscription is only a sink, or keeps no progress and has none beside it.
// expect 1: es: a subscription reads an event store, such as es::MemoryStore or es::SqliteStore
// expect 1: shop::Board, Nowhere
// expect 2: es: this store keeps no progress: give a store that does beside it, es::Subscription<TheProjection, TheStore, es::SqliteStore> them{*store, *beside}
// expect 2: shop::Board, Reading
#include <eventsourcing/runtime/subscription.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "shop.hpp"

#include <optional>

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

#if MUST_FAIL == 1
es::Step go(es::Subscription<shop::Board, Nowhere>& board) {
#elif MUST_FAIL == 2
es::Step go(es::Subscription<shop::Board, Reading>& board) {
#else
es::Step go(es::Subscription<shop::Board, Reading, es::MemoryStore>& board) {
#endif
    return board.step();
}
