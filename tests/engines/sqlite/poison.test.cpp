// SPDX-License-Identifier: MIT
// One event among very many that can't be handled.
#include <eventsourcing/runtime/subscription.hpp>

#include <eventsourcing/core/reject.hpp>

#include "catch.hpp"
#include "laws/each_store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {

struct Paid {
    std::string account;
    std::uint32_t number = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://example.org/bank", .version = "1.0"};
}

std::optional<std::uint32_t> poison{};

struct Payments {
    using Event = std::variant<Paid>;
    struct State {
        std::uint64_t count = 0;
        std::uint64_t sum = 0;
    };
    static es::Result<void> apply_event(State& s, const Paid& e) {
        ++s.count;
        s.sum += e.number;
        return e.number == poison ? es::reject("poison") : es::Result<void>();
    }
};
/// The same, by account.
struct Accounts : Payments {
    static std::string key(const es::Recorded<Paid>& e) { return e.event.account; }
};

constexpr std::uint32_t accounts = 100;
constexpr std::uint32_t batch_size = 100;

std::string account_of(std::uint32_t number) {
    return std::to_string(number / batch_size % accounts);
}

/// Numbered from 0, in batches of one stream each.
template <class Store>
void append_payments(Store store, std::uint32_t count) {
    const es::Environment environment;
    std::vector<Payments::Event> events(batch_size);
    std::vector<es::Uuid> ids(batch_size);
    for (std::uint32_t number = 0; number < count;) {
        const std::string account = account_of(number);
        for (std::size_t i = 0; i < batch_size; ++i) {
            events[i] = Paid{account, number++};
            ids[i] = environment.new_id();
        }
        const es::Batch<Payments::Event> batch(events, ids, environment.now());
        REQUIRE(store.append_unchecked(*es::StreamName::parse("account-" + account), batch));
    }
}

template <class Subscription>
void run_out(Subscription& subscription) {
    while (subscription.step().kind == es::Step::Kind::worked)
        ;
}

template <class Store>
Payments::State total_of(const es::Subscription<Payments, Store>& payments) {
    return payments.view([](const Payments::State& s) { return s; });
}
template <class Store>
Payments::State total_of(const es::Subscription<Accounts, Store>& by_account) {
    Payments::State all;
    for (std::uint32_t i = 0; i < accounts; ++i) {
        const auto row = by_account.get(std::to_string(i));
        REQUIRE(row);
        all.count += *row ? (*row)->count : 0;
        all.sum += *row ? (*row)->sum : 0;
    }
    return all;
}

/// Whatever is done about it: nothing is lost and nothing is doubled.
template <class P, class Store>
void check_poison(const Store& store, std::uint32_t count, const es::SubscriptionOptions& how) {
    const std::uint32_t bad = count / 2 + batch_size / 2;
    const std::uint64_t sum = std::uint64_t{count} * (count - 1) / 2;
    const std::string stream = "account-" + account_of(bad);
    es::SubscriptionOptions options = how;

    options.name = "stops";
    es::Subscription<P, Store> stops{store, options};
    poison = bad;
    run_out(stops);
    auto status = stops.status();
    CHECK(status.state == es::SubscriptionState::stopped);
    CHECK(status.position == es::Position{bad});
    REQUIRE(status.failure);
    CHECK(status.failure->stream == es::StreamName::parse(stream).value());
    CHECK(status.failure->message.find("poison") != std::string::npos);
    CHECK(total_of(stops).count == bad);
    poison.reset();
    stops.resume();
    run_out(stops);
    CHECK(total_of(stops).count == count);
    CHECK(total_of(stops).sum == sum);

    options.name = "parks";
    options.on_failure = es::OnFailure::park;
    es::Subscription<P, Store> parks{store, options};
    poison = bad;
    run_out(parks);
    CHECK(parks.status().state == es::SubscriptionState::live);
    const auto parked = parks.parked();
    REQUIRE(parked);
    REQUIRE_FALSE(parked->empty());
    CHECK(parked->front().position == es::Position{bad + 1});
    CHECK(total_of(parks).count == count - parked->size());
    poison.reset();
    CHECK(*parks.replay(parked->front().key) == 0);
    CHECK(total_of(parks).count == count);
    CHECK(total_of(parks).sum == sum);

    options.name = "skips";
    options.on_failure = es::OnFailure::skip;
    es::Subscription<P, Store> skips{store, options};
    poison = bad;
    run_out(skips);
    poison.reset();
    CHECK(skips.status().state == es::SubscriptionState::live);
    CHECK(total_of(skips).count == count - 1);
    CHECK(total_of(skips).sum == sum - bad);
}

template <class Store>
void check_all_poisons(const Store& store, std::uint32_t count) {
    append_payments(store, count);
    check_poison<Payments>(store, count, {});
    const auto all = store.list_progress();
    for (const auto& [key, progress] : *all)
        REQUIRE(*store.drop_progress(key));
    check_poison<Accounts>(store, count, {.partitions = 3});
}

} // namespace

TEST_CASE("A poison event in the middle of ten thousand is passed, and nothing is lost") {
    each_store::on_each_store(
        []<class Store>(const Store& store, const Store&) { check_all_poisons(store, 10'000); });
}
TEST_CASE("A poison event in the middle of a million is passed, and nothing is lost", "[.long]") {
    check_all_poisons(es::MemoryStore(), 1'000'000);
    const each_store::File file;
    check_all_poisons(file.open(), 1'000'000);
}
