// SPDX-License-Identifier: MIT
#include <eventsourcing/personal/personal.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/personal/memory_keys.hpp>
#include <eventsourcing/testing/describe.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace es = eventsourcing;

namespace {

struct Profile {
    es::Personal<std::string> email;
    std::vector<es::Personal<int>> years;
};

TEST_CASE("A Personal prints as whose data it is, in logs and in failed tests") {
    const es::MemoryKeys keys;
    const auto email = *keys.seal("person:42", "ann@example.org");
    CHECK(email.to_string() == "(personal data of person:42)");
    CHECK(es::detail::describe_value(email) == "(personal data of person:42)");
    CHECK(es::detail::describe_value(Profile{email, {}}) ==
          "{email: (personal data of person:42), years: []}");
    std::ostringstream out;
    out << email;
    CHECK(out.str() == "(personal data of person:42)");

    CHECK(es::Personal<int>().to_string() == "(no personal data)");
    const auto strange =
        es::decode_json<es::Personal<int>>(R"({"subject":"a\u001b[2J","sealed":"AAAA"})");
    REQUIRE(strange);
    CHECK(strange->to_string() == R"((personal data of "a\x1b[2J"))");
}

TEST_CASE(
    "A Personal is equal to itself after a round trip, and to no other sealing of its value") {
    const es::MemoryKeys keys;
    const auto email = *keys.seal("person:42", "ann@example.org");
    const auto text = es::encode_json(email);
    REQUIRE(text);
    CHECK(text->starts_with(R"({"subject":"person:42","sealed":")"));
    const auto again = es::decode_json<es::Personal<std::string>>(*text);
    REQUIRE(again);
    CHECK(*again == email);
    CHECK(*es::encode_json(*again) == *text);
    CHECK(*keys.open(*again) == "ann@example.org");

    CHECK(*keys.seal("person:42", "ann@example.org") != email);

    const es::Personal<int> none;
    CHECK(*es::decode_json<es::Personal<int>>(*es::encode_json(none)) == none);
}

TEST_CASE("A Personal whose sealed text is no Base64 is read and written as it is") {
    for (const std::string sealed :
         {"not Base64!", "AA=", "AAB=", "AAECAw==", "\\u0000", "x", ""}) {
        const std::string text = R"({"subject":"person:42","sealed":")" + sealed + "\"}";
        CAPTURE(text);
        const auto read = es::decode_json<es::Personal<std::string>>(text);
        REQUIRE(read);
        CHECK(*es::encode_json(*read) == text);
        CHECK(fails_with(es::errc::corrupt, es::MemoryKeys().open(*read)));
    }
}

TEST_CASE("A Personal knows whether a value was sealed") {
    CHECK(es::Personal<int>().empty());
    CHECK_FALSE(es::MemoryKeys().seal("person:42", 7)->empty());
}

} // namespace
