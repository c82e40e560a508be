// SPDX-License-Identifier: MIT
#include <eventsourcing/runtime/send_until_known.hpp>

#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <chrono>
#include <stop_token>
#include <utility>
#include <vector>

namespace es = eventsourcing;
using std::chrono::milliseconds;

namespace {
struct Retries {
    std::vector<unsigned>* heard;
    void on(const es::OutcomeRetried& told) { heard->push_back(told.attempt); }
};

/// A store that answers with these errors one after the other, and then with a receipt.
struct Sending {
    std::vector<es::Error> errors;
    es::CallOptions call{};
    std::chrono::nanoseconds patience = std::chrono::seconds(10);

    std::size_t sent = 0;
    std::vector<unsigned> heard{};
    es::FixedEnvironment clock{};

    es::Result<es::Receipt> run() {
        const es::Environment environment = clock;
        const es::Observer observer = Retries{&heard};
        const es::Backoff backoff;
        const es::CallOptions begun = call.begun(environment);
        return es::detail::send_until_known(
            [&]() -> es::Result<es::Receipt> {
                if (sent < errors.size())
                    return errors[sent++];
                ++sent;
                return es::Receipt{
                    .first = es::Revision{4}, .last = es::Revision{4}, .position = {}};
            },
            "combat-ogre", {environment, observer, backoff, patience, begun});
    }
};
} // namespace

TEST_CASE("an append whose outcome is unknown is sent again until a receipt comes") {
    Sending sending{.errors = {es::errc::unknown_outcome, es::errc::unavailable,
                               es::errc::unknown_outcome, es::errc::not_sent}};
    const auto receipt = sending.run();
    REQUIRE(receipt);
    CHECK(sending.sent == 5);
    CHECK(sending.heard == std::vector<unsigned>{1, 2, 3, 4});
    CHECK(sending.clock.sleeps() ==
          std::vector<std::chrono::nanoseconds>{milliseconds(1), milliseconds(2), milliseconds(4),
                                                milliseconds(8)});
}

TEST_CASE("an append that is known not to be done is not sent again") {
    for (const es::errc kind : {es::errc::unavailable, es::errc::conflict, es::errc::timed_out}) {
        Sending sending{.errors = {kind}};
        CHECK(fails_with(kind, sending.run()));
        CHECK(sending.sent == 1);
    }
}

TEST_CASE("sent again, an append that the store refuses for its expectation is not stored") {
    for (const es::errc kind :
         {es::errc::conflict, es::errc::condition_failed, es::errc::duplicate_id}) {
        Sending sending{.errors = {es::errc::unknown_outcome, kind}};
        const auto refused = sending.run();
        REQUIRE(fails_with(kind, refused));
        CHECK(refused.error().outcome() == es::Outcome::not_done);
    }
}

TEST_CASE("sent again, any other error leaves the outcome unknown") {
    Sending sending{.errors = {es::Error(es::errc::unknown_outcome, "the line broke"),
                               es::Error(es::errc::closed, "no store any more")}};
    const auto lost = sending.run();
    REQUIRE(fails_with(es::errc::unknown_outcome, lost));
    CHECK(lost.error().message() == "the line broke; sent again: no store any more");
}

TEST_CASE("an append is sent again until the deadline, or as long as the patience lasts") {
    const std::vector<es::Error> never(1000, es::errc::unknown_outcome);
    Sending impatient{.errors = never, .patience = milliseconds(10)};
    CHECK(fails_with(es::errc::unknown_outcome, impatient.run()));
    CHECK(impatient.sent == 4); // 1 + 2 + 4 ms, and 8 would be too many

    const es::CallOptions short_call = es::CallOptions::within(milliseconds(4));
    Sending limited{.errors = never, .call = short_call};
    CHECK(fails_with(es::errc::unknown_outcome, limited.run()));
    CHECK(limited.sent == 3);
}

TEST_CASE("a stop ends the sending with the outcome unknown") {
    std::stop_source stop;
    stop.request_stop();
    Sending sending{.errors = {es::errc::unknown_outcome}, .call = {.stop = stop.get_token()}};
    CHECK(fails_with(es::errc::unknown_outcome, sending.run()));
    CHECK(sending.sent == 1);
}
