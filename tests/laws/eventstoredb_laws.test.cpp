// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/store_laws.hpp>

#include "catch.hpp"

#if __has_include(<curl/curl.h>)

#    include "engines/eventstoredb/target.hpp"
#    include "engines/http/plain_client.hpp"

#    include <eventsourcing/store/any_store.hpp>

#    include <chrono>
#    include <cstddef>
#    include <memory>
#    include <mutex>
#    include <set>
#    include <string>
#    include <string_view>

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
        auto options = *es::parse_connection_string(esdb_tests::connection_string(*server_));
        options.attempt_timeout = std::chrono::seconds(2);
        return Store::open(options);
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
        return es::EventStoreDb::open("esdb://127.0.0.1:" + std::to_string(follower_->port()) +
                                      ",127.0.0.1:" + std::to_string(leader_->port()) +
                                      "?tls=false");
    }

private:
    std::unique_ptr<fake_esdb::Server> leader_;
    std::unique_ptr<fake_esdb::Server> follower_;
};

void keeps_the_laws(fake_esdb::Options options) {
    const auto report = es::check_store_laws(Fakes(std::move(options)));
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_checked) == 0);
}

/// Goes wrong every n-th time, but never twice with the same request.
fake_esdb::Options every(std::size_t n, Fault fault, Generation generation = Generation::v20,
                         std::string_view method = "POST") {
    struct Seen {
        std::mutex mutex;
        std::size_t count = 0;
        std::set<std::string> failed;
    };
    return {.generation = generation,
            .authentication = true,
            .fault = [=, seen = std::make_shared<Seen>()](const fake_esdb::Request& request) {
                const std::lock_guard lock(seen->mutex);
                if (request.method != method || ++seen->count % n != 0)
                    return Fault::none;
                return seen->failed.insert(request.target + request.body).second ? fault
                                                                                 : Fault::none;
            }};
}

} // namespace

TEST_CASE("An EventStoreDB keeps the laws", "[eventstoredb]") {
    esdb_tests::Target target;
    const auto report = es::check_store_laws(target);
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_checked) == 0);
}

TEST_CASE("An EventStoreDB of each generation keeps the laws", "[eventstoredb-fake]") {
    keeps_the_laws({.generation = Generation::v4, .authentication = true});
    keeps_the_laws({.generation = Generation::v20, .authentication = true});
    keeps_the_laws({.authentication = true, .reasons = false, .kurrent_headers = true});
}

TEST_CASE("An EventStoreDB whose connections are lost keeps the laws", "[eventstoredb-fake]") {
    keeps_the_laws(every(5, Fault::lost_before));
    keeps_the_laws(every(5, Fault::lost_after));
    keeps_the_laws(every(5, Fault::cut_after, Generation::v4));
    keeps_the_laws(every(5, Fault::cut_after, Generation::v20, "GET"));
}

TEST_CASE("An EventStoreDB that fails now and then keeps the laws", "[eventstoredb-fake]") {
    keeps_the_laws(every(7, Fault::timeout_before));
    keeps_the_laws(every(7, Fault::timeout_after, Generation::v4));
    keeps_the_laws(every(7, Fault::error_before, Generation::v4));
    keeps_the_laws(every(7, Fault::error_after));
    keeps_the_laws(every(7, Fault::busy));
    keeps_the_laws(every(7, Fault::busy, Generation::v20, "GET"));
}

TEST_CASE("An EventStoreDB that says 413 and writes, or does not, keeps the laws",
          "[eventstoredb-fake]") {
    keeps_the_laws(every(5, Fault::too_large_before));
    keeps_the_laws(every(5, Fault::too_large_after, Generation::v4));
}

TEST_CASE("An EventStoreDB that forgets ids keeps the laws", "[eventstoredb-fake]") {
    keeps_the_laws(every(2, Fault::restart));
}

TEST_CASE("An EventStoreDB that closes connections keeps the laws", "[eventstoredb-fake]") {
    keeps_the_laws({.authentication = true, .requests_per_connection = 3});
    keeps_the_laws({.authentication = true, .closes_silently = true});
}

TEST_CASE("An EventStoreDB that does not wait for news keeps the laws", "[eventstoredb-fake]") {
    keeps_the_laws({.authentication = true, .ignores_long_poll = true});
}

TEST_CASE("An EventStoreDB whose follower sends on to the leader keeps the laws",
          "[eventstoredb-fake]") {
    Cluster cluster;
    CHECK(es::check_store_laws(cluster));
}

TEST_CASE("An EventStoreDB behind another HTTP client keeps the laws", "[eventstoredb-fake]") {
    const fake_esdb::Server server;
    const auto options = *es::parse_connection_string(esdb_tests::connection_string(server));
    const auto make = [&]() {
        auto store = es::BasicEventStoreDb<plain_http::Client>::open(options, {});
        return esdb_tests::scoped(*std::move(store));
    };
    const auto report = es::check_store_laws(make);
    INFO(report.count(es::LawVerdict::broken));
    CHECK(report.count(es::LawVerdict::broken) == 0);
}

#endif
