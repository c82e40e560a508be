// SPDX-License-Identifier: MIT
// What the engine sends, and what it makes of each answer, hostile ones too.
#include <eventsourcing/engines/eventstoredb/basic_store.hpp>
#include <eventsourcing/store/duplicate_id.hpp>

#include "catch.hpp"
#include "engines/eventstoredb/scripted_client.hpp"
#include "throw_or_skip.hpp"

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/eventstoredb/connection_string.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using scripted_http::answer;
using scripted_http::Client;
using scripted_http::Sent;
using Store = es::BasicEventStoreDb<Client>;
using Response = es::Result<es::HttpResponse>;
using Clock = std::chrono::steady_clock;

constexpr auto no_stream = es::ExpectedRevision::no_stream();
constexpr const char* text_type = "text/plain; charset=utf-8";

es::ExpectedRevision at(std::uint64_t revision) {
    return es::ExpectedRevision::exactly(es::Revision(revision));
}

/// Events that are sent as they are.
struct Events {
    explicit Events(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            all.push_back({.id = es::Environment{}.new_id(),
                           .type = "test.happened",
                           .version = "1.0",
                           .content_type = "application/json",
                           .data = R"({"n":1})",
                           .metadata = {},
                           .recorded_at = es::Timestamp::from_unix(1'767'225'600),
                           .tags = {}});
    }
    [[nodiscard]] es::EventBatch batch() const { return es::EventBatch(all); }

    std::vector<es::NewEvent> all;
};

/// What is asked at opening is answered well, all else by `script`.
Client client(Client::Answer script) {
    return Client([script = std::move(script)](const Sent& request) -> Response {
        if (request.url.ends_with("/info"))
            return answer(200, {}, R"({"esVersion":"20.10.1.0","state":"leader"})");
        return script(request);
    });
}

/// The answers one after the other, and the last one forever.
Client::Answer in_turn(std::vector<Response> answers) {
    return [answers = std::move(answers), next = std::size_t{0}](const Sent&) mutable {
        return answers[std::min(next++, answers.size() - 1)];
    };
}

Store open(const Client& with, std::string_view connection = "esdb://db?tls=false") {
    auto store = Store::open(*es::parse_connection_string(connection), with);
    INFO((store ? std::string() : store.error().message()));
    REQUIRE(store);
    return *std::move(store);
}

/// Calls `call(time)` with a time that grows until `came(answer)`: what the call shall come to
/// before its deadline takes longer on a busy machine.
template <class Call, class Came>
auto with_time_enough(std::chrono::milliseconds time, Call&& call, Came&& came) {
    for (;; time *= 2)
        if (auto answer = call(time); came(answer) || time > 1min)
            return answer;
}

Response lost() {
    return es::Error(es::errc::unknown_outcome, "it was sent, and no whole response came");
}
Response refused() {
    return es::Error(es::errc::not_sent, "nothing was sent");
}
Response conflict_at(int actual) {
    return answer(400, {{"ES-CurrentVersion", std::to_string(actual)}});
}

/// A forward page with these events, the oldest first.
es::HttpResponse page(const std::vector<std::pair<std::uint64_t, es::Uuid>>& events,
                      std::string_view previous = {}, bool at_end = true) {
    std::string entries;
    for (auto one = events.rbegin(); one != events.rend(); ++one) {
        if (!entries.empty())
            entries += ',';
        entries +=
            std::string(R"({"eventId":")") + one->second.to_string() +
            R"(","eventType":"test.happened","eventNumber":)" + std::to_string(one->first) +
            R"(,"data":"{\"n\": 1}","metaData":"{\"eventsourcing\":{\"typeversion\":\"1.0\",)"
            R"(\"datacontenttype\":\"application/json\",\"time\":\"2026-01-01T00:00:00Z\"}}",)"
            R"("streamId":"test-a","updated":"2026-01-01T00:00:00Z"})";
    }
    const std::string link = previous.empty()
                                 ? ""
                                 : R"({"uri":"http://db:2113/streams/)" + std::string(previous) +
                                       R"(","relation":"previous"})";
    return answer(200, {},
                  std::string(R"({"headOfStream":)") + (at_end ? "true" : "false") +
                      R"(,"links":[)" + link + R"(],"entries":[)" + entries + "]}");
}

} // namespace

TEST_CASE("An append says all that servers want to know, and nothing else") {
    const auto http = client([](const Sent&) -> Response { return answer(201); });
    auto store = open(http, "esdb://u:p@db?tls=false&connectionName=combat%201");
    const Events events(2);
    REQUIRE(store.append("test-a b", at(7), events.batch()));
    const auto sent = http.sent("POST");
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].url == "http://db:2113/streams/test-a%20b");
    using Header = std::pair<std::string, std::string>;
    CHECK(sent[0].headers ==
          std::vector<Header>{{"Content-Type", "application/vnd.eventstore.events+json"},
                              {"Accept", "application/json"},
                              {"ES-ExpectedVersion", "7"},
                              {"ES-RequireMaster", "True"},
                              {"ES-RequireLeader", "True"},
                              {"Authorization", "Basic dTpw"},
                              {"User-Agent", "combat 1"}});
    CHECK(sent[0].body.starts_with("[{\"eventId\":\"" + events.all[0].id.to_string() +
                                   "\",\"eventType\":\"test.happened\",\"data\":{\"n\":1},"));
}

TEST_CASE("Reads are for the leader unless any node will do; appends always are") {
    const bool any_node = GENERATE(false, true);
    const auto http = client([](const Sent& request) -> Response {
        return request.method == "GET"    ? page({})
               : request.method == "POST" ? answer(201)
                                          : answer(204);
    });
    auto store =
        open(http, any_node ? "esdb://db?tls=false&nodePreference=random" : "esdb://db?tls=false");
    REQUIRE(store.append("test-a", no_stream, Events(1).batch()));
    REQUIRE(store.delete_stream("test-a"));
    REQUIRE(store.read_stream("test-a"));
    CHECK(http.sent("POST").at(0).header("ES-RequireLeader") == "True");
    CHECK(http.sent("DELETE").at(0).header("ES-RequireLeader") == "True");
    CHECK(http.sent("DELETE").at(0).header("ES-ExpectedVersion") == "-2");
    CHECK(http.sent("DELETE").at(0).header("ES-HardDelete") == "false");
    const auto read = http.sent("GET").back();
    CHECK(read.header("Accept") == "application/vnd.eventstore.atom+json");
    CHECK(read.header("ES-RequireLeader") == (any_node ? "(none)" : "True"));
    CHECK(read.header("ES-RequireMaster") == (any_node ? "(none)" : "True"));

    // the leader is asked whether an append was done: others may lag behind
    const auto unsure = client([posts = 0](const Sent& request) mutable -> Response {
        if (request.method == "GET")
            return page({{0, es::Environment{}.new_id()}});
        return ++posts == 1 ? lost() : posts == 2 ? conflict_at(0) : answer(201);
    });
    auto asks = open(unsure, "esdb://db?tls=false&nodePreference=follower");
    CHECK(asks.append("test-a", no_stream, Events(1).batch()).error() == es::errc::conflict);
    CHECK(unsure.sent("GET").back().header("ES-RequireLeader") == "True");
    CHECK(asks.append("test-a", es::ExpectedRevision::exists(), Events(1).batch()));
    CHECK(unsure.sent("GET").back().header("ES-RequireLeader") == "True");
}

TEST_CASE("Each answer to an append has its meaning, and is tried again only if that can help",
          "[waits]") {
    struct Case {
        Response response;
        es::errc kind;
        es::Outcome outcome;
        bool again;
    };
    using enum es::errc;
    constexpr auto not_done = es::Outcome::not_done;
    constexpr auto unknown = es::Outcome::unknown;
    const Case cases[] = {
        {conflict_at(3), es::errc::conflict, not_done, false},
        {answer(400, {{"Kurrent-CurrentVersion", "3"}}), es::errc::conflict, not_done, false},
        {answer(400, {}, {}, "Write request body invalid."), invalid, not_done, false},
        {answer(400, {{"ES-CurrentVersion", "x"}}), invalid, not_done, false},
        {answer(400, {{"ES-CurrentVersion", "-2"}}), invalid, not_done, false},
        {answer(401), denied, not_done, false},
        {answer(403), denied, not_done, false},
        {answer(404), unsupported, not_done, false},
        {answer(405), invalid, not_done, false},
        {answer(406), invalid, not_done, false},
        {answer(410), es::errc::gone, not_done, false},
        {answer(411), invalid, not_done, false},
        {answer(415), invalid, not_done, false},
        {answer(301, {{"Location", "http://db:2113/x"}}), invalid, not_done, false},
        {answer(408), unknown_outcome, unknown, true},
        {answer(500), unknown_outcome, unknown, true},
        {answer(502), unknown_outcome, unknown, true},
        {answer(200), unknown_outcome, unknown, true},
        {answer(204), unknown_outcome, unknown, true},
        {answer(0), unknown_outcome, unknown, true},
        {lost(), unknown_outcome, unknown, true},
        {answer(429), unavailable, not_done, true},
        {answer(503), unavailable, not_done, true},
        {refused(), not_sent, not_done, true},
    };
    for (const auto& one : cases) {
        CAPTURE(&one - cases);
        auto http = client(in_turn({one.response}));
        const Events events(2);
        const auto append = [&](std::chrono::milliseconds time) {
            http = client(in_turn({one.response}));
            return open(http).append("test-a", at(5), events.batch(), {},
                                     es::CallOptions::within(time));
        };
        const auto done = with_time_enough(45ms, append, [&](const auto& /*answer*/) {
            return http.sent("POST").size() >= (one.again ? 2U : 1U);
        });
        REQUIRE_FALSE(done);
        INFO(done.error().message());
        const bool late = one.again && done.error() == timed_out; // by a sleep that took longer
        CHECK((done.error() == one.kind || (late && one.outcome == not_done)));
        CHECK(done.error().outcome() == one.outcome);
        CHECK(done.error().message().find("stream test-a: ") == 0);
        const auto sent = http.sent("POST");
        CHECK((sent.size() > 1) == one.again);
        for (const auto& attempt : sent) {
            CHECK(attempt.body == sent[0].body);
            CHECK(attempt.header("ES-ExpectedVersion") == "5");
        }
    }
}

TEST_CASE("A stop, and closing the store, end the wait for the next attempt", "[waits]") {
    const bool closes = GENERATE(true, false);
    std::promise<void> asked;
    const auto http = client([&](const Sent&) -> Response {
        asked.set_value(); // a second request would throw
        return answer(503, {{"Retry-After", "60"}});
    });
    auto store = open(http);
    std::stop_source stopper;
    const std::jthread ends([&] {
        asked.get_future().wait();
        if (closes)
            store.close();
        else
            stopper.request_stop();
    });
    const auto done = store.append("test-a", no_stream, Events(1).batch(), {},
                                   {.deadline = Clock::now() + 1h, .stop = stopper.get_token()});
    REQUIRE_FALSE(done);
    CHECK(done.error() == (closes ? es::errc::closed : es::errc::cancelled));
    CHECK(http.sent("POST").size() == 1);
}

TEST_CASE("Each request has a deadline: that of its call, or of one attempt", "[waits]") {
    const auto http = client([](const Sent&) -> Response { return answer(400); });
    auto options = *es::parse_connection_string("esdb://db?tls=false&defaultDeadline=3600000");
    options.attempt_timeout = 60s;
    const bool own = GENERATE(true, false);
    const auto call = own ? es::CallOptions::within(50s).begun({}) : es::CallOptions{};
    auto store = *Store::open(options, http, call);
    const Events events(1);
    CHECK_FALSE(store.append("test-a", no_stream, events.batch(), {}, call));
    CHECK_FALSE(store.append("test-a", es::ExpectedRevision::exists(), events.batch(), {}, call));
    CHECK_FALSE(store.append_unchecked("test-a", events.batch(), call));
    CHECK_FALSE(store.read_stream("test-a", {}, call));
    CHECK_FALSE(store.read_all({}, call));
    CHECK_FALSE(store.delete_stream("test-a", {}, call));
    CHECK_FALSE(store.tombstone_stream("test-a", {}, call));
    CHECK_FALSE(store.read_stream_metadata("test-a", call));
    CHECK_FALSE(store.set_stream_metadata("test-a", {}, call));
    CHECK(store.info(call));
    CHECK_FALSE(store.wait_for_append({}, call));
    std::size_t count = 0;
    for (const char* method : {"GET", "POST", "DELETE"})
        for (const auto& sent : http.sent(method)) {
            REQUIRE(sent.deadline);
            // a long poll gets the time that the server may wait on top of it
            count += *sent.deadline <= (own ? *call.deadline : Clock::now() + 60s) + 15s ? 1U : 0U;
        }
    CHECK(count == 12);
}

TEST_CASE("A batch is acknowledged at the place that the server names, if that is possible") {
    const auto receipt_of = [](std::vector<es::MessageHeader> headers) {
        const auto http = client(in_turn({answer(201, std::move(headers))}));
        auto done = open(http).append("test-a", no_stream, Events(3).batch());
        REQUIRE(done);
        return std::pair(done->first.value(), done->last.value());
    };
    using Numbers = std::pair<std::uint64_t, std::uint64_t>;
    CHECK(receipt_of({{"Location", "http://h/streams/test-a/7"}}) == Numbers{7, 9});
    CHECK(receipt_of({{"Location", "http://h/streams/test-a/9223372036854775804"}}).first ==
          9'223'372'036'854'775'804U);
    for (const char* odd : {"", "7", "/streams/test-a/", "/streams/test-a/7x", "/streams/test-a/-7",
                            "/streams/test-a/9223372036854775805",
                            "/streams/test-a/18446744073709551615", "/streams/test-a/7?x=1"})
        CHECK(receipt_of({{"Location", odd}}) ==
              (std::string_view(odd) == "7" ? Numbers{7, 9} : Numbers{0, 2}));
    CHECK(receipt_of({}) == Numbers{0, 2});
}

TEST_CASE("Nothing but a version is sent as one, whatever a server says the current one is") {
    const auto http = client(in_turn({answer(400, {{"ES-CurrentVersion", "-3"}}), answer(201)}));
    auto store = open(http);
    CHECK(store.append_unchecked("test-a", Events(1).batch()).error() == es::errc::invalid);
    REQUIRE(store.append_unchecked("test-a", Events(1).batch()));
    for (const auto& sent : http.sent("POST"))
        CHECK(sent.header("ES-ExpectedVersion") == "-1");
}

TEST_CASE("After an unknown outcome the ids in the stream decide what a conflict is") {
    const Events events(2);
    const auto other = es::Environment{}.new_id();
    const auto& mine = events.all;
    const auto done_with = [&](std::int64_t expected, es::HttpResponse found, Response first) {
        const auto http = client([&, posts = 0](const Sent& request) mutable -> Response {
            if (request.method == "GET")
                return found;
            return posts++ == 0 ? first : conflict_at(9);
        });
        return open(http).append(
            "test-a", expected < 0 ? no_stream : at(static_cast<std::uint64_t>(expected)),
            events.batch());
    };
    auto seen = page({{6, mine[0].id}, {7, mine[1].id}});
    CHECK(done_with(5, seen, lost())->first == es::Revision(6));
    CHECK(done_with(5, seen, answer(413))->first == es::Revision(6));
    auto hidden = answer(400, {{"ES-CurrentVersion", "9"}}); // the client has sent it twice
    hidden.sent_again = true;
    CHECK(done_with(5, seen, hidden)->first == es::Revision(6));
    CHECK(done_with(5, seen, conflict_at(9)).error() == es::errc::conflict); // without a read
    // a stream that had been deleted goes on at a higher number
    CHECK(done_with(-1, page({{4, mine[0].id}, {5, mine[1].id}}), lost())->first ==
          es::Revision(4));

    for (const auto& theirs :
         {page({{6, other}, {7, mine[1].id}}), page({{6, mine[0].id}, {7, other}})}) {
        const auto done = done_with(5, theirs, lost());
        CHECK(done.error() == es::errc::conflict);
        CHECK(done.error().outcome() == es::Outcome::not_done);
    }
    // the events there were deleted, so this can't be determined
    for (const auto& cut :
         {page({{8, other}}), page({}), answer(404, {{"Content-Type", text_type}})}) {
        const auto done = done_with(5, cut, lost());
        INFO(done.error().message());
        CHECK(done.error() == es::errc::unknown_outcome);
        CHECK(done.error().outcome() == es::Outcome::unknown);
        CHECK(done.error().message().find("were deleted since") != std::string::npos);
    }
    CHECK(done_with(5, answer(401), lost()).error() == es::errc::unknown_outcome);
}

TEST_CASE("The same ids with other content are no batch that was stored before") {
    for (int change = 0; change < 6; ++change) {
        Events events(2);
        const auto seen = page({{6, events.all[0].id}, {7, events.all[1].id}});
        const std::string_view tag = "account:7";
        auto& second = events.all[1];
        switch (change) {
        case 1:
            second.data = R"({"n":2})";
            break;
        case 2:
            second.type = "test.other";
            break;
        case 3:
            second.version = "2.0";
            break;
        case 4:
            second.metadata = R"({"a":1})";
            break;
        case 5:
            second.tags = {&tag, 1};
            break;
        default:
            second.data = R"({ "n" : 1 })";
            break;
        }
        CAPTURE(change);
        const auto http = client([&, posts = 0](const Sent& request) mutable -> Response {
            return request.method == "GET" ? Response(seen)
                   : posts++ == 0          ? lost()
                                           : conflict_at(9);
        });
        const auto done = open(http).append("test-a", at(5), events.batch());
        CHECK(done.has_value() == (change == 0));
        if (done)
            continue;
        CHECK(done.error() == es::errc::duplicate_id);
        REQUIRE(es::duplicate_id(done.error()));
        CHECK(*es::duplicate_id(done.error()) == es::DuplicateId{.id = events.all[1].id,
                                                                 .stream = "test-a",
                                                                 .revision = es::Revision{7}});
    }
}

TEST_CASE("413 is looked into, tried once more with the same bytes, and not taken for certain") {
    const auto http = client([](const Sent& request) -> Response {
        return request.method == "GET" ? page({}) : answer(413);
    });
    const auto done = open(http).append("test-a", at(5), Events(2).batch());
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::too_large);
    CHECK(done.error().outcome() == es::Outcome::unknown);
    const auto sent = http.sent("POST");
    REQUIRE(sent.size() == 2);
    CHECK(sent[1].body == sent[0].body);
    CHECK(sent[1].header("ES-ExpectedVersion") == "5");
    CHECK(http.sent("GET").back().url.find("/streams/test-a/6/forward/2?") != std::string::npos);
}

TEST_CASE("An error after an unknown outcome does not say that nothing was done") {
    for (const int status : {400, 401, 404, 410}) {
        CAPTURE(status);
        const auto script = [&] { return client(in_turn({lost(), answer(status)})); };
        const auto check = [](const auto& done) {
            REQUIRE_FALSE(done);
            INFO(done.error().message());
            CHECK(done.error() == es::errc::unknown_outcome);
            CHECK(done.error().outcome() == es::Outcome::unknown);
        };
        check(open(script()).append("test-a", no_stream, Events(1).batch()));
        check(open(script()).delete_stream("test-a"));
        check(open(script()).set_stream_metadata("test-a", {}));
        if (status != 410)
            check(open(script()).tombstone_stream("test-a"));
    }
    CHECK(open(client(in_turn({lost(), answer(410)}))).tombstone_stream("test-a"));
    CHECK(open(client(in_turn({answer(410)}))).tombstone_stream("test-a").error() ==
          es::errc::gone);

    const auto http = client([posts = 0](const Sent& request) mutable -> Response {
        if (request.method == "GET")
            return page({{9, es::Environment{}.new_id()}});
        return posts++ == 0 ? lost() : answer(400);
    });
    const auto deleted = open(http).delete_stream("test-a", at(5));
    REQUIRE_FALSE(deleted); // it may have been deleted before revision 9 came
    CHECK(deleted.error() == es::errc::unknown_outcome);
}

TEST_CASE("A node that does not do it leaves the next attempt to another one") {
    const auto failing = GENERATE(0, 1, 2, 3, 4);
    const Response failures[] = {answer(503), answer(500), answer(408), lost(), refused()};
    const auto http = client([&](const Sent& request) -> Response {
        const bool first = request.url.starts_with("http://a:2113/");
        return first ? failures[failing] : request.method == "GET" ? page({}) : answer(201);
    });
    auto store = open(http, "esdb://a,b?tls=false");
    CHECK(store.append("test-a", no_stream, Events(1).batch()));
    CHECK(http.sent("POST").size() == 2);
    CHECK(store.read_stream("test-a"));
    CHECK(http.sent("GET").size() == 2); // /info, and at once the right one
}

TEST_CASE("Redirects are followed three times, also those of a read-only replica", "[waits]") {
    const auto to = [](int status, const std::string& where) {
        return answer(status, {{"Location", where}});
    };
    const auto replica = client([&](const Sent& request) -> Response {
        return request.url.starts_with("http://a:") ? to(500, "http://c:2113/streams/test-a")
                                                    : answer(201);
    });
    auto store = open(replica, "esdb://a,b,c?tls=false");
    CHECK(store.append("test-a", no_stream, Events(1).batch()));
    REQUIRE(replica.sent("POST").size() == 2);
    CHECK(replica.sent("POST")[1].url == "http://c:2113/streams/test-a");
    CHECK(store.append("test-a", at(0), Events(1).batch()));
    CHECK(replica.sent("POST").size() == 3); // the one that took it is asked first

    for (const int hops : {3, 4}) {
        const auto append = [&](std::chrono::milliseconds time) {
            const auto http = client([&, left = hops](const Sent&) mutable -> Response {
                return left-- > 0 ? to(307, "/streams/test-a") : answer(201);
            });
            return open(http).append("test-a", no_stream, Events(1).batch(), {},
                                     es::CallOptions::within(time));
        };
        const auto too_often = [](const auto& done) {
            return !done &&
                   done.error().message().find("redirected more than 3 times") != std::string::npos;
        };
        if (hops == 3) // 5 ms would do, if the machine had nothing else to do
            CHECK(append(1h));
        else
            CHECK(too_often(with_time_enough(5ms, append, too_often)));
    }
    for (const char* where : {"", "http://db:2113", "x", "http://evil:2113/streams/x",
                              "https://db:2113/streams/x", "http://db/streams/x",
                              "http://db:2113@evil/x", "//evil/x?http://db:2113/", "http:///x"}) {
        CAPTURE(where);
        const auto http = client([&](const Sent&) -> Response { return to(307, where); });
        const auto append = [&](std::chrono::milliseconds time) {
            return open(http).append("test-a", no_stream, Events(1).batch(), {},
                                     es::CallOptions::within(time));
        };
        const auto done = with_time_enough(
            5ms, append, [&](const auto& /*answer*/) { return !http.sent("POST").empty(); });
        REQUIRE_FALSE(done);
        CHECK(done.error().outcome() == es::Outcome::not_done);
        for (const auto& sent : http.sent("POST"))
            CHECK(sent.url.starts_with("http://db:2113/"));
    }
}

TEST_CASE("Credentials that a server sends back are not shown", "[waits]") {
    for (const char* echo : {"you said: Basic YWRtaW46U0VDUkVU", "SECRET is wrong"}) {
        for (const auto& response :
             {answer(400, {}, echo), answer(400, {}, {}, echo),
              answer(307, {{"Location", std::string("http://") + echo + "/"}})}) {
            const auto http = client(in_turn({response}));
            const auto append = [&](std::chrono::milliseconds time) {
                return open(http, "esdb://admin:SECRET@db?tls=false")
                    .append("test-a", no_stream, Events(1).batch(), {},
                            es::CallOptions::within(time));
            };
            const auto done = with_time_enough(
                5ms, append, [&](const auto& /*answer*/) { return !http.sent("POST").empty(); });
            REQUIRE_FALSE(done);
            INFO(done.error().message());
            CHECK(done.error().message().find("SECRET") == std::string::npos);
            CHECK(done.error().message().find("YWRtaW46U0VDUkVU") == std::string::npos);
        }
    }
    const auto http = client(in_turn({answer(400, {}, "no such thing")}));
    const auto done = open(http).append("test-a", no_stream, Events(1).batch());
    CHECK(done.error().message().find(R"(400, "no such thing")") != std::string::npos);
}

TEST_CASE("A stream is missing only if a server with streams says so") {
    const auto read = [](es::HttpResponse missing, int info, const char* says) {
        const Client http([=, asked = 0](const Sent& request) mutable -> Response {
            if (!request.url.ends_with("/info"))
                return missing;
            if (asked++ == 0)
                return answer(200, {}, R"({"esVersion":"20.10.1.0"})");
            return answer(info, {}, says);
        });
        return open(http).read_stream("test-a");
    };
    const char* const on = R"({"esVersion":"20.10.1.0","features":{"atomPub":true}})";
    const char* const off = R"({"esVersion":"20.10.1.0","features":{"atomPub":false}})";
    CHECK(read(answer(404, {{"Content-Type", text_type}}), 500, "")->empty());
    CHECK(read(answer(404), 200, on)->empty());
    CHECK(read(answer(404), 200, off).error() == es::errc::unsupported);
    CHECK(read(answer(404, {{"Content-Type", text_type}}, "404 page not found"), 404, "").error() ==
          es::errc::unavailable);
    CHECK(read(answer(404, {{"Content-Type", "text/html"}}, "<html>"), 200, "<html>").error() ==
          es::errc::malformed);
}

TEST_CASE("No page leads back, and none is taken for the end that is not") {
    const auto read = [](const es::HttpResponse& response, const es::StreamRead& which) {
        return open(client(in_turn({response}))).read_stream("test-a", which);
    };
    const auto id = es::Environment{}.new_id();
    const es::StreamRead from_five{.from = es::Revision(5)};
    CHECK(read(page({{5, id}}, "test-a/6/forward/500", false), from_five)->next_revision ==
          es::Revision(6));
    CHECK(read(page({}, "test-a/5/forward/500", true), from_five)->at_end);
    for (const char* back : {"test-a/5/forward/500", "test-a/0/forward/500", "test-a/x/forward/1",
                             "test-a/9223372036854775808/forward/1", "", "/", "x"}) {
        CAPTURE(back);
        const auto response = std::string(back).empty()
                                  ? page({{UINT64_MAX, id}}, "test-a/6/forward/1", false)
                                  : page({{5, id}}, back, false);
        CHECK(read(response, from_five).error() == es::errc::malformed);
    }
    const auto read_all = [](const es::HttpResponse& response) {
        return open(client(in_turn({response}))).read_all({.after = es::Position(5, 5)});
    };
    const std::string five = "%24all/00000000000000050000000000000005/forward/500";
    const std::string six = "%24all/00000000000000060000000000000006/forward/500";
    // servers say `headOfStream` of no page of everything
    CHECK_FALSE(read_all(page({{5, id}}, six, false))->at_end);
    CHECK(read_all(page({{5, id}}, six, false))->last_position == es::Position(6, 6));
    CHECK(read_all(page({}, "", false))->at_end);
    CHECK(read_all(page({}, "", false))->last_position == es::Position(5, 5));
    CHECK(read_all(page({{5, id}}, five, false)).error() == es::errc::malformed);
}

TEST_CASE("Pages that are too large to be received are read with fewer events at a time") {
    const auto http = client([](const Sent& request) -> Response {
        const bool few = request.url.find("/forward/125?") != std::string::npos;
        return few ? Response(page({{0, es::Environment{}.new_id()}}))
                   : Response(es::Error(es::errc::too_large, "the response is over 1 byte"));
    });
    const auto store = open(http);
    CHECK(store.read_stream("test-a", {.limit = 500})->records().size() == 1);
    CHECK(store.read_all({.limit = 500})->records().size() == 1);
    const auto never = store.read_stream("test-a", {.limit = 100});
    REQUIRE_FALSE(never);
    CHECK(never.error() == es::errc::too_large);
    CHECK(never.error().outcome() == es::Outcome::not_done);
}

TEST_CASE("A link to an event that was deleted is left out") {
    const auto http = client([](const Sent&) -> Response {
        return answer(200, {},
                      R"({"headOfStream":true,"links":[],"entries":[{"title":"3@test-b",)"
                      R"("id":"http://h/streams/test-b/3","updated":"2026-01-01T00:00:00Z",)"
                      R"("summary":"$>","links":[]}]})");
    });
    const auto page = open(http).read_stream("test-a");
    INFO((page ? std::string() : page.error().message()));
    REQUIRE(page);
    CHECK(page->empty());
    CHECK(page->at_end);
}

namespace {

/// An event that is not JSON, as it is in a feed.
std::string bytes_entry(std::uint64_t number, std::string_view type = "raw",
                        std::string_view stream = "test-b") {
    return R"({"eventId":"000a11ce-0000-4000-8000-000000000001","eventType":")" +
           std::string(type) + R"(","eventNumber":)" + std::to_string(number) +
           R"(,"data":null,"streamId":")" + std::string(stream) +
           R"(","isJson":false,"updated":"2026-01-01T00:00:00Z"})";
}

/// A page of these entries, the newest first, that ends a stream.
es::HttpResponse page_of(const std::string& entries) {
    return answer(200, {}, R"({"headOfStream":true,"links":[],"entries":[)" + entries + "]}");
}

Response no_answer() {
    return es::Error(es::errc::unknown_outcome, "no answer came")
        .with_outcome(es::Outcome::unknown);
}

} // namespace

TEST_CASE("Data that is not JSON is asked for as JSON first, as bytes only if that lost some") {
    const auto read = [](const std::string& shown) {
        const auto http = client([=](const Sent& request) -> Response {
            if (!request.url.ends_with("/3"))
                return page_of(bytes_entry(3));
            return request.header("Accept") == "application/json" ? answer(200, {}, shown)
                                                                  : answer(200, {}, "\xFF\x01");
        });
        const auto page = open(http).read_stream("test-a");
        REQUIRE(page);
        REQUIRE(page->records().size() == 1);
        CHECK(page->records()[0].content_type == "application/octet-stream");
        CHECK(page->left_out == 0);
        std::size_t octets = 0;
        for (const auto& sent : http.sent("GET"))
            octets += sent.header("Accept") == "application/octet-stream" ? 1U : 0U;
        return std::pair(std::string(page->records()[0].data), octets);
    };
    using Read = std::pair<std::string, std::size_t>;
    CHECK(read(R"("not JSON")") == Read{"not JSON", 0});
    CHECK(read(R"("")") == Read{"", 0});
    CHECK(read(R"("{\"a\":1}\u0000\u00e4")") == Read{std::string("{\"a\":1}\0\xC3\xA4", 10), 0});
    CHECK(read("\"\xEF\xBF\xBD\\u0001\"") == Read{"\xFF\x01", 1});
    CHECK(read(R"("\ufffd")") == Read{"\xFF\x01", 1});
    CHECK(read(R"({"a":1})") == Read{"\xFF\x01", 1});
}

TEST_CASE(
    "What can't be read any more is left out and counted, and its bytes are never asked for") {
    const int status = GENERATE(404, 410);
    const auto http = client([=](const Sent& request) -> Response {
        if (request.url.ends_with("/3"))
            return request.header("Accept") == "application/json" ? answer(status, {}, "{}")
                                                                  : no_answer();
        return page_of(bytes_entry(9'223'372'036'854'775'807U, "$streamDeleted") + "," +
                       bytes_entry(4, "$>") + "," + bytes_entry(3) + "," +
                       bytes_entry(2, "raw", "$$test-b"));
    });
    const auto page = open(http).read_all();
    INFO((page ? std::string() : page.error().message()));
    REQUIRE(page);
    CHECK(page->empty());
    CHECK(page->left_out == 2); // the tombstone and the event; a link is none, nor the server's own
    for (const auto& sent : http.sent("GET"))
        CHECK(sent.header("Accept") != "application/octet-stream");
    const auto query = open(http).read_all({.query = {.items = {{.types = {"other"}}}}});
    REQUIRE(query);
    CHECK(query->left_out == 0);
}

TEST_CASE("An event that is deleted between two requests for it is left out, too") {
    const auto http = client([gone = false](const Sent& request) mutable -> Response {
        if (!request.url.ends_with("/3"))
            return page_of(bytes_entry(3));
        if (request.header("Accept") == "application/octet-stream") {
            gone = true;
            return no_answer();
        }
        return gone ? answer(404, {}, "{}") : answer(200, {}, "\"\xEF\xBF\xBD\"");
    });
    const auto page = open(http).read_stream("test-a");
    INFO((page ? std::string() : page.error().message()));
    REQUIRE(page);
    CHECK(page->empty());
    CHECK(page->left_out == 1);
}

TEST_CASE("Data that may not be read is not taken for empty") {
    const auto http = client([](const Sent& request) -> Response {
        return request.url.ends_with("/3") ? answer(401) : page_of(bytes_entry(3));
    });
    CHECK(open(http).read_stream("test-a").error() == es::errc::denied);
}

TEST_CASE("The event of a link has the place of the link") {
    const auto http = client([](const Sent&) -> Response {
        return page_of(R"({"eventId":"000a11ce-0000-4000-8000-000000000001","eventType":"t",)"
                       R"("eventNumber":2,"data":"{}","streamId":"test-b","isJson":true,)"
                       R"("positionEventNumber":0,"positionStreamId":"test-a",)"
                       R"("updated":"2026-01-01T00:00:00Z"})");
    });
    const auto page = open(http).read_stream("test-a");
    REQUIRE(page);
    REQUIRE(page->records().size() == 1);
    CHECK(page->records()[0].stream == "test-a");
    CHECK(page->records()[0].revision == es::Revision(0));
}

TEST_CASE("A stream to which this process has just appended is not taken for missing") {
    const auto http = client([gets = 0](const Sent& request) mutable -> Response {
        if (request.method == "POST")
            return answer(201, {{"Location", "http://db:2113/streams/test-a/3"}});
        if (request.method == "DELETE")
            return answer(204);
        if (++gets <= 2 || gets >= 4)
            return answer(404, {{"Content-Type", text_type}});
        return page({{3, es::Environment{}.new_id()}});
    });
    auto store = open(http);
    REQUIRE(store.append("test-a", no_stream, Events(1).batch()));
    const auto read = store.read_stream("test-a");
    REQUIRE(read);
    CHECK(read->records().size() == 1);
    CHECK(http.sent("GET").size() == 4); // /info, and three times the stream
    // it was read: from now on it is missing when the server says so
    CHECK(store.read_stream("test-a")->empty());
    CHECK(http.sent("GET").size() == 5);

    REQUIRE(store.append("test-a", no_stream, Events(1).batch()));
    REQUIRE(store.delete_stream("test-a"));
    CHECK(store.read_stream("test-a")->empty());
    CHECK(http.sent("GET").size() == 6);

    REQUIRE(store.append("test-a", no_stream, Events(1).batch()));
    const auto late = store.read_stream("test-a", {}, es::CallOptions::within(30ms));
    REQUIRE_FALSE(late);
    CHECK(late.error() == es::errc::timed_out);
}

TEST_CASE("An HTTP client that throws leaves the outcome of an append unknown") {
    const auto http = client(
        [](const Sent&) -> Response { throw_or_skip(std::runtime_error("no more sockets")); });
    const auto done = open(http).append("test-a", no_stream, Events(1).batch());
    REQUIRE_FALSE(done);
    CHECK(done.error() == es::errc::threw);
    CHECK(done.error().message() == "the HTTP client threw: no more sockets");
    CHECK(done.error().outcome() == es::Outcome::unknown);
}

TEST_CASE("A stream that never was has no metadata, and is deleted") {
    const auto http = client([](const Sent& request) -> Response {
        return request.method == "DELETE" ? conflict_at(-1)
                                          : answer(404, {{"Content-Type", text_type}}, "{}");
    });
    auto store = open(http);
    CHECK(store.read_stream_metadata("test-a").value() == es::EventStoreDbStreamMetadata{});
    CHECK(store.delete_stream("test-a"));
    const auto expected = store.delete_stream("test-a", at(3));
    REQUIRE_FALSE(expected);
    CHECK(expected.error() == es::errc::conflict);
    REQUIRE(expected.error().conflict());
    CHECK_FALSE(expected.error().conflict()->actual);
    CHECK(store.tombstone_stream("test-a").error() == es::errc::not_found);
}

TEST_CASE("An unknown outcome never says that nothing was sent or done", "[waits]") {
    for (const Response& last : {refused(), Response(answer(503, {{"Retry-After", "60"}})),
                                 Response(es::Error(es::errc::timed_out, "nothing was sent")),
                                 Response(es::Error(es::errc::invalid, "nothing was sent: bad"))}) {
        auto http = client(in_turn({last}));
        const auto append = [&](std::chrono::milliseconds time) {
            http = client([&, posts = 0](const Sent&) mutable -> Response {
                return ++posts == 1 ? answer(500, {}, "", "Write timeout") : last;
            });
            return open(http).append("test-a", no_stream, Events(1).batch(), {},
                                     es::CallOptions::within(time));
        };
        const auto done = with_time_enough(
            100ms, append, [&](const auto& /*answer*/) { return http.sent("POST").size() > 1; });
        REQUIRE_FALSE(done);
        INFO(done.error().message());
        CHECK(done.error() == es::errc::unknown_outcome);
        CHECK(done.error().outcome() == es::Outcome::unknown);
        if (last.has_value() || last.error() != es::errc::invalid)
            CHECK(done.error().message().find("nothing was sent") == std::string::npos);
        CHECK(done.error().message().find(R"(500, "Write timeout")") != std::string::npos);
    }
    // whether it was stored is looked up, and that fails
    auto http = client(in_turn({lost()}));
    const auto append = [&](std::chrono::milliseconds time) {
        http = client([posts = 0](const Sent& request) mutable -> Response {
            if (request.method == "GET")
                return refused();
            return ++posts == 1 ? lost() : conflict_at(9);
        });
        return open(http).append("test-a", at(5), Events(1).batch(), {},
                                 es::CallOptions::within(time));
    };
    const auto done = with_time_enough(
        100ms, append, [&](const auto& /*answer*/) { return http.sent("GET").size() > 1; });
    REQUIRE_FALSE(done);
    INFO(done.error().message());
    CHECK(done.error() == es::errc::unknown_outcome);
    CHECK(done.error().message().find("nothing was sent") == std::string::npos);
}

TEST_CASE("Who waits for an append until a deadline goes on while the server is down", "[waits]") {
    const auto http = client([polls = 0](const Sent&) mutable -> Response {
        return ++polls <= 12 ? refused() : page({{0, es::Uuid{}}}); // 12 end a call without one
    });
    const auto woken = open(http).wait_for_append({}, es::CallOptions::within(10min));
    REQUIRE(woken);
    CHECK(*woken);
}

TEST_CASE("Answers that are no feeds are malformed, and do no harm") {
    for (const std::string body :
         {"", "{}", "<html>", "null", R"({"headOfStream":true,"links":[],"entries":[{}]})",
          R"({"headOfStream":true,"links":[],"entries":[{"eventId":"x","eventType":"t",)"
          R"("eventNumber":1,"streamId":"a-b"}]})",
          R"({"headOfStream":true,"links":[],"entries":[{"eventId":"x","eventType":"t",)"
          R"("eventNumber":1,"streamId":"a\u001b[31m\n-b"}]})",
          R"({"headOfStream":false,"links":[{"uri":"","relation":"previous"}],"entries":[]})"}) {
        CAPTURE(body);
        auto store = open(client(in_turn({answer(200, {}, body)})));
        const bool dead_link = body.find("[{}]") != body.npos;
        const auto page = store.read_stream("test-a");
        CHECK(page.has_value() == dead_link);
        if (!page)
            CHECK(page.error().message().find_first_of("\n\x1B") == std::string::npos);
        CHECK(store.read_all().has_value() == dead_link);
        CHECK_FALSE(store.append("test-a", es::ExpectedRevision::exists(), Events(1).batch()));
        if (!dead_link) {
            const auto woken = store.wait_for_append({}, es::CallOptions::within(1h));
            const bool has_event = body.find("streamId") != body.npos; // readable or not
            REQUIRE(woken.has_value() == has_event);
            CHECK((has_event ? *woken : woken.error() == es::errc::malformed));
        }
        if (!body.starts_with("{"))
            CHECK_FALSE(store.read_stream_metadata("test-a"));
    }
    const std::string deep(100'000, '[');
    CHECK_FALSE(open(client(in_turn({answer(200, {}, deep)}))).read_stream("test-a"));
}

TEST_CASE("Who waits for an append heeds Retry-After, and is told at once what waiting can't mend",
          "[waits]") {
    auto busy = client(in_turn({}));
    const auto wait = [&](std::chrono::milliseconds time) {
        busy = client([](const Sent&) { return answer(503, {{"Retry-After", "3600"}}); });
        return open(busy).wait_for_append({}, es::CallOptions::within(time));
    };
    const auto polled = [&](const auto& /*answer*/) { return busy.sent("GET").size() > 1; };
    CHECK(with_time_enough(100ms, wait, polled).value() == false);
    REQUIRE(busy.sent("GET").size() == 2); // /info, and one poll
    const auto poll = busy.sent("GET").back();
    CHECK(poll.url == "http://db:2113/streams/%24all/00000000000000000000000000000000/forward/20"
                      "?embed=rich");
    CHECK(poll.header("ES-LongPoll") == "10");
    CHECK(poll.header("ES-RequireLeader") == "True");

    for (const Response& never :
         {Response(answer(401)), Response(answer(404)), Response(answer(400)),
          Response(es::Error(es::errc::denied, "certificate"))}) {
        const auto http = client(in_turn({never}));
        const auto woken = open(http).wait_for_append({});
        REQUIRE_FALSE(woken);
        CHECK(http.sent("GET").size() == 2); // one poll, and no other
    }
    const auto http = client([](const Sent& request) -> Response {
        return request.url.starts_with("http://a:") ? lost() : page({{0, es::Uuid{}}});
    });
    CHECK(open(http, "esdb://a,b?tls=false").wait_for_append({}).value());
}
