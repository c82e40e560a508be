// SPDX-License-Identifier: MIT
#include <eventsourcing/store/metadata_codec.hpp>

#include "catch.hpp"

namespace es = eventsourcing;

namespace {

std::string encoded(const es::Metadata& metadata) {
    std::string text = "what was there before";
    const auto done = es::encode_metadata(metadata, text);
    return done ? text : done.error().message();
}

} // namespace

TEST_CASE("Metadata is a JSON object of what is there") {
    CHECK(encoded({}) == "{}");
    CHECK(encoded({.command_id = "7"}) == R"({"commandId":"7"})");
    const es::Metadata full{.correlation_id = "a",
                            .causation_id = "b",
                            .command_id = "c",
                            .traceparent = "00-1-2-01",
                            .tracestate = "x=y",
                            .values = {{"who", "\xC3\xA4\"nn"}, {"zone", ""}}};
    CHECK(encoded(full) ==
          R"({"$correlationId":"a","$causationId":"b","commandId":"c","traceparent":"00-1-2-01",)"
          "\"tracestate\":\"x=y\",\"values\":{\"who\":\"\xC3\xA4\\\"nn\",\"zone\":\"\"}}");
    CHECK(*es::decode_metadata(encoded(full)) == full);
    const es::Metadata values{.values = {{"a", "1"}}};
    CHECK(*es::decode_metadata(encoded(values)) == values);
}

TEST_CASE("No text, an empty object and foreign members are metadata, too") {
    CHECK(es::decode_metadata("")->empty());
    CHECK(es::decode_metadata("{}")->empty());
    CHECK(es::decode_metadata(R"({"$correlationId":"a","other":[1,{"x":null}]})")->correlation_id ==
          "a");
    CHECK(es::decode_metadata(R"({"$correlationId":null})")->empty());
}

TEST_CASE(
    "A member with one of our names in another form belongs to another program, and is ignored") {
    for (const char* other :
         {R"("commandId":5)", R"("$causationId":["x"])", R"("traceparent":{"version":0})",
          R"("values":{"a":1})", R"("values":"x")", R"("tracestate":false)"}) {
        CAPTURE(other);
        const auto read = es::decode_metadata(R"({"$correlationId":"a",)" + std::string(other) +
                                              R"(,"values":{"who":"ann"}})");
        REQUIRE(read);
        CHECK(*read == es::Metadata{.correlation_id = "a", .values = {{"who", "ann"}}});
    }
}

TEST_CASE("For metadata that can't be read or written the error says where") {
    for (const char* broken : {"[]", "{", R"({"commandId":"5)", R"({"commandId":5x})", "{} x",
                               "\"x\"", R"({"commandId" 5})", "null"}) {
        CAPTURE(broken);
        const auto refused = es::decode_metadata(broken);
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == es::errc::malformed);
        CHECK(refused.error().message().find("metadata: $") == 0);
    }
    const auto unwritten = [](const es::Metadata& metadata) {
        std::string text;
        const auto refused = es::encode_metadata(metadata, text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == es::errc::invalid);
        return refused.error().message();
    };
    CHECK(unwritten({.values = {{"a", "\xFF"}}}).find("metadata: values: $.a: ") == 0);
    CHECK(unwritten({.correlation_id = "b\xFF"}) ==
          "metadata: correlation_id: expected UTF-8, got \"b\\xff\"");
    CHECK(unwritten({.traceparent = "\xFF"}) ==
          "metadata: traceparent: expected UTF-8, got \"\\xff\"");
}
