// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/repository.hpp>

#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "laws/account.hpp"

#include <memory>
#include <string>

namespace es = eventsourcing;
using namespace bank;

namespace {

/// A store whose contents can be replaced behind the back of its handles, as those of a file are
/// when a backup is copied over it.
struct RestorableStore {
    static constexpr es::Capabilities capabilities{.expected_revision = true};

    std::shared_ptr<es::MemoryStore> contents = std::make_shared<es::MemoryStore>();

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) const {
        return contents->append(stream, expected, batch, condition, call);
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) const {
        return contents->append_unchecked(stream, batch, call);
    }
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView stream,
                                                   const es::StreamRead& which = {},
                                                   const es::CallOptions& call = {}) const {
        return contents->read_stream(stream, which, call);
    }
};

} // namespace

TEST_CASE("a stream that was restored to an earlier state than the cached one is loaded again") {
    const std::string id = "an-id-that-is-longer-than-the-buffer-inside-of-a-string";
    const RestorableStore store;
    const es::Repository<Account, RestorableStore> accounts{store, {.cache = 10}};
    for (int i = 0; i < 3; ++i)
        REQUIRE(accounts.execute(id, Deposit{10}));

    *store.contents = es::MemoryStore{};
    REQUIRE(es::execute<Account>(store, *es::StreamName::of("account", id), Deposit{1}));
    const auto done = accounts.execute(id, Deposit{5});
    REQUIRE(done);
    CHECK(done->attempts == 2);
    CHECK(done->state.history == "+1+5");
    CHECK(done->revision == es::Revision{1});

    const auto next = accounts.execute(id, Deposit{2}); // the cache knows the new state
    REQUIRE(next);
    CHECK(next->attempts == 1);
    CHECK(next->state.history == "+1+5+2");
}
