// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/store_laws.hpp>

#include "catch.hpp"

#include "engines/eventstoredb/target.hpp"
#include "engines/http/plain_client.hpp"
#include "laws/patient.hpp"

#include <eventsourcing/store/any_store.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;
using fake_esdb::Fault;
using fake_esdb::Generation;

namespace {

/// A fake server for each law, and a store that uses it.
class Fakes {
public:
    using Store = es::EventStoreDb;

    explicit Fakes(fake_esdb::Options options) : options_(std::move(options)) {}

    es::Result<Store> operator()() {
        server_.reset();
        server_ = std::make_unique<fake_esdb::Server>(options_);
        return reopen();
    }
    [[nodiscard]] es::Result<Store> reopen() const {
        return esdb_tests::open_patiently(esdb_tests::connection_string(*server_));
    }

private:
    fake_esdb::Options options_;
    std::unique_ptr<fake_esdb::Server> server_;
};

/// A follower that sends everything on to the leader.
class Cluster {
public:
    es::Result<es::EventStoreDb> operator()() {
        follower_.reset();
        leader_ = std::make_unique<fake_esdb::Server>();
        follower_ = std::make_unique<fake_esdb::Server>(fake_esdb::Options{
            .fault =
                [](const fake_esdb::Request& request) {
                    const auto* const leader = request.header("ES-RequireLeader");
                    return leader && *leader == "True" ? Fault::redirect : Fault::none;
                },
            .leader = leader_->url()});
        return reopen();
    }
    [[nodiscard]] es::Result<es::EventStoreDb> reopen() const {
        return esdb_tests::open_patiently("esdb://127.0.0.1:" + std::to_string(follower_->port()) +
                                          ",127.0.0.1:" + std::to_string(leader_->port()) +
                                          "?tls=false");
    }

private:
    std::unique_ptr<fake_esdb::Server> leader_;
    std::unique_ptr<fake_esdb::Server> follower_;
};

void keeps_the_laws(fake_esdb::Options options) {
    const auto report = es::check_store_laws(Fakes(std::move(options)), law_tests::patient);
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_checked) == 0);
}

/// Requests of this method go wrong every n-th time, in these ways by turns, but never twice with
/// the same bytes.
struct Trouble {
    std::vector<Fault> faults;
    std::string_view method = "POST";
    std::size_t every = 5;

    [[nodiscard]] fake_esdb::Options with(fake_esdb::Options options) const {
        struct Seen {
            std::mutex mutex;
            std::size_t count = 0;
            std::set<std::string> failed;
        };
        options.authentication = true;
        options.slow = std::chrono::milliseconds(5);
        options.fault = [trouble = *this,
                         seen = std::make_shared<Seen>()](const fake_esdb::Request& request) {
            const std::lock_guard lock(seen->mutex);
            if (request.method != trouble.method || ++seen->count % trouble.every != 0 ||
                !seen->failed.insert(request.target + request.body).second)
                return Fault::none;
            return trouble.faults[seen->failed.size() % trouble.faults.size()];
        };
        return options;
    }
};

const std::vector<Fault> all_kinds{
    Fault::lost_after,    Fault::timeout_before, Fault::cut_after,   Fault::busy,
    Fault::timeout_after, Fault::lost_before,    Fault::error_after, Fault::too_large_before,
    Fault::slow_after,    Fault::error_before,   Fault::restart,     Fault::too_large_after};

} // namespace

TEST_CASE("An EventStoreDB keeps the laws", "[eventstoredb][waits]") {
    esdb_tests::Target target;
    const auto report = es::check_store_laws(target, law_tests::patient);
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_checked) == 0);
}

TEST_CASE("An EventStoreDB 4 on a bad day keeps the laws", "[eventstoredb-fake][waits]") {
    keeps_the_laws(
        Trouble{all_kinds}.with({.generation = Generation::v4, .requests_per_connection = 3}));
}

TEST_CASE("An EventStoreDB 20 on a bad day keeps the laws", "[eventstoredb-fake][waits]") {
    keeps_the_laws(Trouble{all_kinds}.with(
        {.generation = fake_esdb::Generation::v25, .reasons = false, .closes_silently = true}));
}

TEST_CASE("An EventStoreDB that answers reads badly keeps the laws", "[eventstoredb-fake][waits]") {
    keeps_the_laws(Trouble{{Fault::busy, Fault::cut_after, Fault::error_before, Fault::slow_after,
                            Fault::timeout_before},
                           "GET"}
                       .with({.ignores_long_poll = true}));
}

TEST_CASE("An EventStoreDB keeps the laws through each kind of trouble", "[.long]") {
    for (const auto generation : {Generation::v4, Generation::v20}) {
        keeps_the_laws({.generation = generation, .authentication = true});
        for (const Fault fault : all_kinds)
            keeps_the_laws(Trouble{{fault}, "POST", 3}.with({.generation = generation}));
    }
}

TEST_CASE("An EventStoreDB whose follower sends on to the leader keeps the laws",
          "[eventstoredb-fake][waits]") {
    Cluster cluster;
    CHECK(es::check_store_laws(cluster, law_tests::patient));
}

TEST_CASE("An EventStoreDB with another HTTP client keeps the laws", "[eventstoredb-fake][waits]") {
    const fake_esdb::Server server;
    const auto options = *es::parse_connection_string(esdb_tests::connection_string(server));
    const auto make = [&]() {
        auto store = es::BasicEventStoreDb<plain_http::Client>::open(options, {});
        return esdb_tests::scoped(*std::move(store));
    };
    const auto report = es::check_store_laws(make, law_tests::patient);
    INFO(report.count(es::LawVerdict::broken));
    CHECK(report.count(es::LawVerdict::broken) == 0);
}
