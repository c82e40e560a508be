// SPDX-License-Identifier: MIT
// The bank of laws/bank.hpp by a clock that a test moves, for the tests of process managers.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_PROCESS_BANK_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_PROCESS_BANK_HPP

#include <eventsourcing/runtime/process_manager.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "laws/bank.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace transfers_bank {

template <class Store>
struct Bank {
    explicit Bank(Store its_store) : store(std::move(its_store)) {}

    Store store;
    es::FixedEnvironment clock{};
    es::Repository<Account, Store> accounts{store, {.environment = es::Environment(clock)}};
    es::Repository<Requests, Store> requests{store, {.environment = es::Environment(clock)}};

    template <class C>
    void account(const char* id, const C& command) {
        const auto done = accounts.execute(id, command);
        INFO((done ? std::string() : std::string(done.error().message())));
        REQUIRE(done);
    }
    void request(const std::string& id, const char* from, const char* to, std::int64_t amount) {
        REQUIRE(requests.execute(id, Request{id, from, to, amount}));
    }
    std::int64_t amount(const char* id) const { return accounts.load(id)->state.amount; }
    std::size_t count(std::string_view type) const {
        std::size_t n = 0;
        for_each([&](const es::EventRecord& record) { n += record.type == type ? 1U : 0U; });
        return n;
    }
    template <class F>
    void for_each(const F& f) const {
        for (es::AllRead which;;) {
            const auto page = store.read_all(which);
            REQUIRE(page);
            for (const es::EventRecord& record : *page)
                f(record);
            if (page->at_end)
                return;
            which.after = page->last_position;
        }
    }
};

/// Makes steps until there is nothing to do.
template <class M>
void settle(M& manager) {
    for (int i = 0; i < 500; ++i)
        if (manager.step().kind != es::Step::Kind::worked)
            return;
    FAIL("it does not settle");
}
inline es::ProcessOptions at(const es::FixedEnvironment& clock) {
    return {.environment = es::Environment(clock)};
}

/// Each command that a process sent was carried out once.
template <class Store>
void check_command_ids(const Bank<Store>& bank, std::size_t commands) {
    std::map<std::string, int> ids;
    bank.for_each([&](const es::EventRecord& record) {
        const auto metadata = es::decode_metadata(record.metadata);
        if (!metadata->command_id.empty() && !metadata->causation_id.empty() &&
            record.type.substr(0, 8) != "process.")
            ++ids[metadata->command_id];
    });
    CHECK(ids.size() == commands);
    for (const auto& [id, times] : ids)
        CHECK(times == 1);
}

struct Strict { // no react for a refusal
    using Event = es::EventsOf<Requests>;
    using Reaction = es::Reaction<Account>;
    struct State {};
    static std::string process_id(const auto& e) { return e.event.transfer_id; }
    static Reaction react(const State&, const Requested& e) {
        return {es::send<Account>(e.from, Withdraw{e.transfer_id, e.amount}),
                es::send<Account>(e.to, Deposit{e.transfer_id, e.amount})};
    }
};

/// Has events, and keeps no progress.
template <class Store>
class Bare {
public:
    static constexpr es::Capabilities capabilities = Store::capabilities;
    template <std::same_as<Store> S>
    explicit Bare(S store) : store_(std::move(store)) {}

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
        return store_.read_all(which, call);
    }
    es::Result<bool> wait_for_append(std::optional<es::Position> after,
                                     const es::CallOptions& call = {}) const {
        return store_.wait_for_append(after, call);
    }

private:
    Store store_;
};

} // namespace transfers_bank

#endif
