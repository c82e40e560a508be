// SPDX-License-Identifier: MIT
// The fake server, asked what genuine servers were asked (tests/data/eventstoredb), answers what
// they answered: status, reason, the headers that matter, and what the body means.
#include "catch.hpp"

#include "engines/eventstoredb/fake_server.hpp"
#include "engines/http/plain_client.hpp"

#include <cstdint>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace es = eventsourcing;
using nlohmann::json;

std::vector<json> transcript(const std::string& server) {
    const std::string folder(__FILE__, std::string_view(__FILE__).rfind("engines/eventstoredb/"));
    std::ifstream file(folder + "data/eventstoredb/" + server + ".jsonl");
    std::vector<json> cases;
    for (std::string line; std::getline(file, line);)
        cases.push_back(json::parse(line));
    return cases;
}

std::string from_base64(const std::string& text) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value = std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                            "0123456789+/")
                               .find(c);
        if (value == std::string_view::npos)
            break;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xFFU);
        }
    }
    return out;
}

/// The id that follows, counted in its last twelve digits, as the recorder counted.
std::string id_after(const std::string& first, std::uint64_t count) {
    const auto number = std::stoull(first.substr(24), nullptr, 16) + count;
    char digits[13];
    std::snprintf(digits, sizeof digits, "%012llx", static_cast<unsigned long long>(number));
    return first.substr(0, 24) + digits;
}

/// Bodies that are too long to be kept are made again, to the byte.
std::string made_body(const json& make) {
    const auto first = make["first"].get<std::string>();
    if (make.contains("type_of"))
        return R"([{"eventId": ")" + first + R"(", "eventType": ")" +
               std::string(make["type_of"].get<std::size_t>(), 't') + R"(", "data": {"n": )" +
               std::string(make["digits"].get<std::size_t>(), '1') + "}}]";
    std::string body = "[";
    for (std::uint64_t i = 0; i < make["events"].get<std::uint64_t>(); ++i) {
        body += i == 0 ? "" : ", ";
        body += R"({"eventId": ")" + id_after(first, i) + R"(", "eventType": "order-placed", )";
        body +=
            make.contains("fill")
                ? R"("data": {"s": ")" + std::string(make["fill"].get<std::size_t>(), 'x') + "\"}}"
                : R"("data": {"n": )" + std::to_string(make["number"].get<std::uint64_t>() + i) +
                      "}}";
    }
    return body + "]";
}

/// Without what differs between any two runs: times, the hash of an ETag, ids that servers make.
std::string comparable(std::string text) {
    static const std::regex host(R"(https?://127\.0\.0\.1:\d+)");
    static const std::regex time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
    static const std::regex hash(R"((\d+);-?\d+)");
    static const std::regex made_id(R"(/incoming/[0-9a-f-]{36})");
    static const std::regex position(R"([0-9A-F]{32})");
    static const std::regex server_id(R"("eventId":"(?!000)[0-9a-f-]{36}")");
    static const std::regex fake_id(R"("eventId":"00000000-0000-4000-8000-[0-9]{12}")");
    text = std::regex_replace(text, host, "");
    text = std::regex_replace(text, time, "TIME");
    text = std::regex_replace(text, hash, "$1;HASH");
    text = std::regex_replace(text, position, "POSITION");
    text = std::regex_replace(text, server_id, "\"eventId\":\"ID\"");
    text = std::regex_replace(text, fake_id, "\"eventId\":\"ID\"");
    return std::regex_replace(text, made_id, "/incoming/ID");
}

std::string comparable_body(const std::string& body) {
    const auto read = json::parse(body, nullptr, false);
    return comparable(read.is_discarded() ? body : read.dump());
}

/// What happens besides the request of a case while it waits.
void beside(const std::string& name, fake_esdb::Server& server) {
    if (name == "longpoll-woken")
        server.with_streams([](fake_esdb::Streams& streams) {
            streams.append("lp-r1", fake_esdb::any,
                           {{.id = "000a11ce-0000-4000-8000-0000000001cd",
                             .type = "order-placed",
                             .data = "{\n  \"n\": 461\n}",
                             .metadata = {},
                             .is_json = true}});
        });
}

void replay(const std::string& name, fake_esdb::Options options) {
    const auto cases = transcript(name);
    REQUIRE(cases.size() >= (name.ends_with("-live") ? 45U : 200U));
    options.second = std::chrono::milliseconds(20);
    options.hangs = false;
    fake_esdb::Server server(std::move(options));
    for (const json& one : cases) {
        const auto what = one["case"].get<std::string>();
        INFO(what << ": " << one["what"].get<std::string>());
        beside(what, server);
        std::string body = one.value("body", "");
        if (one.contains("make"))
            body = made_body(one["make"]);
        else if (one.contains("base64"))
            body = from_base64(one["base64"].get<std::string>());
        const auto answer = plain_http::exchange(server.port(), one, body);
        INFO(answer.reason << "\n" << answer.body.substr(0, 3000));
        if (one.contains("unanswered")) {
            CHECK(answer.status == 0);
            continue;
        }
        CHECK(answer.status == one["status"].get<int>());
        if (!one.contains("http")) // over HTTP/2 there was none
            CHECK(answer.reason == one["reason"].get<std::string>());
        const json& headers = one["answer_headers"];
        for (const char* header :
             {"Location", "ES-CurrentVersion", "Content-Type", "Connection", "WWW-Authenticate",
              "Cache-Control", "Vary", "ETag", "Kurrent-CurrentVersion"}) {
            const auto* const got = answer.header(header);
            const auto expected = headers.value(header, "(none)");
            INFO(header);
            const bool of_all = one["target"].get<std::string>().starts_with("/streams/%24all");
            if (!of_all || std::string(header) != "ETag") // of the whole log
                CHECK(comparable(got ? *got : "(none)") == comparable(expected));
        }
        if (one.contains("answer")) {
            const json& expected = one["answer"];
            CHECK(comparable_body(answer.body) ==
                  comparable(expected.is_string() ? expected.get<std::string>() : expected.dump()));
        }
        if (one.contains("feed")) { // of a long one
            const auto feed = json::parse(answer.body, nullptr, false);
            REQUIRE(feed.is_object());
            CHECK(feed["headOfStream"] == one["feed"]["headOfStream"]);
            json relations = json::array();
            for (const json& link : feed["links"])
                relations.push_back(link["relation"]);
            CHECK(relations == one["feed"]["relations"]);
        }
        if (one.contains("entries")) { // those that are whole in a recording that was cut
            const auto feed = json::parse(answer.body, nullptr, false);
            REQUIRE(feed["entries"].size() >= one["entries"].size());
            for (std::size_t i = 0; i < one["entries"].size(); ++i)
                CHECK(comparable(feed["entries"][i].dump()) ==
                      comparable(one["entries"][i].dump()));
        }
    }
}

} // namespace

TEST_CASE("The fake server answers as EventStoreDB 4.1.5 did", "[eventstoredb-fake]") {
    replay("v4.1.5", {.generation = fake_esdb::Generation::v4, .authentication = true});
}

TEST_CASE("The fake server answers as EventStoreDB 20.10.1 did, insecure", "[eventstoredb-fake]") {
    replay("v20.10.1-insecure", {.generation = fake_esdb::Generation::v20});
}

TEST_CASE("The fake server answers as EventStoreDB 20.10.1 did", "[eventstoredb-fake]") {
    replay("v20.10.1-tls", {.generation = fake_esdb::Generation::v20, .authentication = true});
}

TEST_CASE("The fake server answers as five versions did what the first recordings lack",
          "[eventstoredb-fake]") {
    using enum fake_esdb::Generation;
    const auto [name, generation, version] =
        GENERATE(table<const char*, fake_esdb::Generation, const char*>({
            {"v4.1.4-live", v4, "4.1.4.0"},
            {"v20.10.1-live", v20, ""},
            {"v23.10.8-live", v23, ""},
            {"v24.6.0-live", v24, ""},
            {"v25.0.1-live", v25, ""},
        }));
    INFO(name);
    replay(name, {.generation = generation, .version = version});
}
