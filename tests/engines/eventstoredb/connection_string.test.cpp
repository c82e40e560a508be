// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/eventstoredb/connection_string.hpp>

#include "catch.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using es::EventStoreDbHost;

es::EventStoreDbOptions parsed(std::string_view text) {
    auto options = es::parse_connection_string(text);
    INFO((options ? std::string() : options.error().message()));
    REQUIRE(options);
    return *std::move(options);
}

std::string refusal(std::string_view text, es::errc kind = es::errc::invalid) {
    const auto options = es::parse_connection_string(text);
    CAPTURE(text);
    REQUIRE_FALSE(options);
    CHECK(options.error() == kind);
    const auto message = options.error().message();
    CHECK(message.find("connection string: ") == 0);
    return message;
}

bool contains(const std::string& text, std::string_view part) {
    UNSCOPED_INFO(text << " - holds " << part);
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("A connection string needs a scheme and a host, and has secure defaults") {
    const auto plain = parsed("esdb://db.example.org");
    REQUIRE(plain.hosts.size() == 1);
    CHECK(plain.hosts[0] == EventStoreDbHost{"db.example.org", 2113});
    CHECK_FALSE(plain.credentials);
    CHECK(plain.tls);
    CHECK(plain.tls_verify);
    CHECK(plain.node == es::EventStoreDbNode::leader);
    CHECK(plain.default_deadline == 30s);
    for (const char* scheme : {"esdb", "kurrentdb", "kurrent", "kdb", "ESDB"})
        CHECK(parsed(std::string(scheme) + "://db").hosts[0].name == "db");
    CHECK(parsed("esdb://db/").hosts.size() == 1);
    CHECK(parsed("esdb://db/?tls=false").tls == false);
    CHECK(parsed("esdb://db?tls=true").tls);
}

TEST_CASE("A connection string may name several hosts, each with a port or without") {
    const auto several = parsed("esdb://A.example:2114,10.0.0.7,[2001:db8::1]:2115,[::1]");
    CHECK(several.hosts ==
          std::vector<EventStoreDbHost>{
              {"a.example", 2114}, {"10.0.0.7", 2113}, {"[2001:db8::1]", 2115}, {"[::1]", 2113}});
}

TEST_CASE("User and password of a connection string are percent-decoded") {
    const auto plain = parsed("esdb://admin:changeit@db:2113?tls=false");
    REQUIRE(plain.credentials);
    CHECK(plain.credentials->user == "admin");
    CHECK(plain.credentials->password == "changeit");
    const auto odd = parsed("esdb://ad%20min:p%40ss%3A%2Fw%25rd%C3%A4@db");
    REQUIRE(odd.credentials);
    CHECK(odd.credentials->user == "ad min");
    CHECK(odd.credentials->password == "p@ss:/w%rd\xC3\xA4");
    CHECK(parsed("esdb://guest:@db").credentials->password.empty());
}

TEST_CASE("Options of a connection string are read in any case") {
    const auto all = parsed("esdb://db?TLSVERIFYCERT=false&tlsCaFile=%2Fetc%2Fca.pem&"
                            "userCertFile=c.pem&userkeyfile=k.pem&connectionName=combat+1&"
                            "nodePreference=Follower&defaultDeadline=250");
    CHECK_FALSE(all.tls_verify);
    CHECK(all.tls_ca_file == "/etc/ca.pem");
    CHECK(all.user_cert_file == "c.pem");
    CHECK(all.user_key_file == "k.pem");
    CHECK(all.connection_name == "combat+1");
    CHECK(all.node == es::EventStoreDbNode::follower);
    CHECK(all.default_deadline == 250ms);
    CHECK(parsed("esdb://db?nodePreference=leader").node == es::EventStoreDbNode::leader);
    CHECK(parsed("esdb://db?keepAliveInterval=-1&keepAliveTimeout=10000&maxDiscoverAttempts=3&"
                 "discoveryInterval=100&gossipTimeout=5&throwOnAppendFailure=false")
              .hosts.size() == 1);
}

TEST_CASE("An option that is unknown, bad or there twice is refused by its name") {
    CHECK(contains(refusal("esdb://db?tsl=false"), R"(unknown option "tsl": expected tls)"));
    CHECK(contains(refusal("esdb://db?tls=False"),
                   R"(option "tls": expected true or false, got "False")"));
    CHECK(contains(refusal("esdb://db?tls=true&TLS=true"), R"(option "TLS" is given twice)"));
    CHECK(contains(refusal("esdb://db?tls"), "option 1: expected name=value"));
    CHECK(contains(refusal("esdb://db?tls=true&"), "option 2: expected name=value"));
    CHECK(contains(refusal("esdb://db?"), "option 1: expected name=value"));
    CHECK(contains(refusal("esdb://db?tls="), R"(option "tls": expected a value)"));
    CHECK(contains(refusal("esdb://db?tlsCaFile=%2"), R"(option "tlsCaFile": expected a value)"));
    CHECK(contains(refusal("esdb://db?connectionName=a%0D%0AX:b"), R"(option "connectionName")"));
    CHECK(contains(refusal("esdb://db?connectionName=%C3%A4"), "at most 255 ASCII characters"));
    CHECK(contains(refusal("esdb://db?nodePreference=master"), "expected leader, follower"));
    for (const char* bad : {"0", "-1", "1s", "1.5", "99999999999", "0x10"})
        CHECK(contains(refusal("esdb://db?defaultDeadline=" + std::string(bad)),
                       R"(option "defaultDeadline": expected a whole number from 1)"));
    CHECK(contains(refusal("esdb://db?keepAliveInterval=-2"), "from -1"));
    CHECK(contains(refusal("esdb://db?userCertFile=c.pem"), "both of userCertFile"));
    CHECK(contains(refusal("esdb://db?tls=false&tlsCaFile=ca.pem"), "need tls=true"));
}

TEST_CASE("What is no connection string is refused with what is missing") {
    for (const char* text : {"", "db", "esdb:db", "http://db", "esdb+x://db", "+discover://db"})
        CHECK(contains(refusal(text), "expected it to start with esdb://"));
    CHECK(contains(refusal("esdb+discover://db", es::errc::unsupported), "list them"));
    for (const char* text :
         {"esdb://", "esdb:///", "esdb://?tls=false", "esdb://a b", "esdb://:1", "esdb://[]",
          "esdb://[::1", "esdb://[db]", "esdb://a\r\nb", "esdb://d\xFF"})
        CHECK(contains(refusal(text), "host"));
    CHECK(contains(refusal("esdb://a,"), "host 2"));
    CHECK(contains(refusal("esdb://a,,b"), "host 2"));
    CHECK(contains(refusal("esdb://a,a:2113"), R"(host "a" is listed twice)"));
    for (const char* port : {":", ":0", ":65536", ":x", ":1x", ":-1", ":2113:1"})
        CHECK(contains(refusal("esdb://db" + std::string(port)), "expected :port"));
    CHECK(contains(refusal("esdb://db/streams"), "after the hosts"));
    CHECK(contains(refusal("esdb://db#x"), "after the hosts"));
    CHECK(contains(refusal("esdb://admin@db"), "user:password"));
    CHECK(contains(refusal("esdb://:x@db"), "user:password"));
    CHECK(contains(refusal("esdb://a:b:c@db"), "user:password"));
    CHECK(contains(refusal("esdb://a:%zz@db"), "%25"));
    CHECK(contains(refusal("esdb://a:%0A@db"), "control characters"));
    CHECK(contains(refusal("esdb://a%3Ab:c@db"), "no colon in the user"));
}

TEST_CASE("No error of a connection string quotes what could be its password") {
    for (const char* text :
         {"esdb://admin:SECRET", "esdb://admin:SECRET@", "esdb://admin:SECRET@a@db",
          "esdb://admin:x/SECRET@db", "esdb://admin:x?SECRET@db", "esdb://admin:SECRET?x@db",
          "esdb://admin:SECRET#@db", "esdb://admin:%SECRET@db", "esdb://admin:SECRET:b@db",
          "admin:SECRET@db", "esdb://admin:SECRET@db:x", "esdb://admin:SECRET@db?SECRET",
          "esdb://admin:SECRET@db?password=SECRET", "esdb://admin:SECRET@db/x",
          "esdb+discover://admin:SECRET@db", "esdb://SECRET@db", "esdb://SECRET:x:y@db"}) {
        CAPTURE(text);
        const auto options = es::parse_connection_string(text);
        REQUIRE_FALSE(options);
        CHECK(options.error().message().find("SECRET") == std::string::npos);
    }
}
