// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/extensions.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <eventsourcing/cloudevents/http.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>

#include <map>
#include <string>
#include <utility>

namespace es = eventsourcing;

namespace {

using Extensions = decltype(es::CloudEventFields::extensions);

es::CloudEvent with(Extensions extensions) {
    return es::CloudEvent::make(
               {.id = "1", .source = "/", .type = "t", .extensions = std::move(extensions)})
        .value();
}
/// Why an extension is refused; the event itself is valid.
template <class E>
std::string refusal(Extensions extensions) {
    const auto read = es::read_extension<E>(with(std::move(extensions)));
    if (read)
        return "";
    CHECK(read.error() == es::errc::malformed);
    return read.error().message();
}
/// Goes into an event, through JSON and headers, and out again.
template <class E>
void check_ways(const E& extension) {
    es::CloudEventFields fields{.id = "1", .source = "/", .type = "t"};
    REQUIRE(es::add_extension(fields, extension));
    const auto event = es::CloudEvent::make(fields).value();
    CHECK(es::read_extension<E>(event).value() == extension);
    const auto from_json = es::decode_cloud_event(es::encode_cloud_event(event)).value();
    CHECK(es::read_extension<E>(from_json).value() == extension);
    const auto from_http = es::decode_http(es::encode_http_binary(event).value()).value();
    CHECK(es::read_extension<E>(from_http).value() == extension);
    CHECK(es::read_extension<E>(with({})).value() == std::nullopt);
}

} // namespace

TEST_CASE("Each documented extension goes into an event and out again, as its own types") {
    check_ways(es::DistributedTracing{.traceparent =
                                          "00-0af7651916cd43dd8448eb211c80319c-b9c7c989f97918e1-01",
                                      .tracestate = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"});
    check_ways(es::DistributedTracing{.traceparent = "00-1-2-01"});
    check_ways(es::Partitioning{.partitionkey = "ogre"});
    check_ways(es::Sequence{.sequence = "00000000000000000042"});
    check_ways(es::DataRef{.dataref = es::UriReference::parse("blobs/1.xml").value()});
    check_ways(es::SampledRate{.sampledrate = 30});
    check_ways(es::Correlation{.correlationid = "fight", .causationid = "swing"});
    check_ways(es::Correlation{.causationid = "swing"});
}

TEST_CASE("An extension without what it requires is malformed, though the event is valid") {
    CHECK(refusal<es::DistributedTracing>({{"tracestate", "a=b"}}) ==
          "CloudEvent attribute traceparent: missing, though others of its extension are present");
}

TEST_CASE("An extension of another type than its own is malformed") {
    CHECK(refusal<es::Sequence>({{"sequence", 42}}) ==
          "CloudEvent attribute sequence: expected text, got 42");
    CHECK(refusal<es::SampledRate>({{"sampledrate", "often"}}) ==
          "CloudEvent attribute sampledrate: expected an integer of 32 bits, got \"often\"");
    CHECK_FALSE(refusal<es::DataRef>({{"dataref", "a b"}}).empty());
    CHECK_FALSE(refusal<es::DistributedTracing>({{"traceparent", true}}).empty());
}

TEST_CASE("An attribute of an extension that comes empty is absent; none is written") {
    const auto parent = "00-113ad9c4e42b27583ae98ba698d54255-e3743e35ff56f219-01";
    const auto traced = es::read_extension<es::DistributedTracing>(
        with({{"traceparent", parent}, {"tracestate", ""}}));
    REQUIRE(traced);
    CHECK(*traced == es::DistributedTracing{.traceparent = parent});
    CHECK(
        es::read_extension<es::DistributedTracing>(with({{"traceparent", ""}, {"tracestate", ""}}))
            .value() == std::nullopt);
    CHECK(refusal<es::DistributedTracing>({{"traceparent", ""}, {"tracestate", "a=b"}}) ==
          "CloudEvent attribute traceparent: missing, though others of its extension are present");
    CHECK(es::read_extension<es::Correlation>(with({{"correlationid", ""}, {"causationid", "c"}}))
              .value() == es::Correlation{.causationid = "c"});
    CHECK(es::read_extension<es::Correlation>(with({{"correlationid", ""}})).value() ==
          std::nullopt);
    CHECK(es::read_extension<es::Partitioning>(with({{"partitionkey", ""}})).value() ==
          std::nullopt);
    CHECK(es::read_extension<es::SampledRate>(with({{"sampledrate", ""}})).value() == std::nullopt);
    CHECK(es::read_extension<es::DataRef>(with({{"dataref", ""}})).value() == std::nullopt);

    es::CloudEventFields fields;
    for (const auto& refused :
         {es::add_extension(fields, es::Partitioning{}),
          es::add_extension(fields,
                            es::DistributedTracing{.traceparent = parent, .tracestate = ""})}) {
        REQUIRE(!refused);
        CHECK(refused.error() == es::errc::invalid);
    }
    CHECK(fields.extensions.empty());
}

TEST_CASE("What an extension says of its values is checked both ways") {
    CHECK(refusal<es::SampledRate>({{"sampledrate", 0}}) ==
          "CloudEvent attribute sampledrate: expected a number over 0, got 0");
    CHECK_FALSE(refusal<es::SampledRate>({{"sampledrate", -1}}).empty());
    es::CloudEventFields fields;
    CHECK(fails_with(es::errc::invalid,
                     es::add_extension(fields, es::SampledRate{.sampledrate = 0})));
    CHECK(fields.extensions.empty());
}
