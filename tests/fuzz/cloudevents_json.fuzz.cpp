// SPDX-License-Identifier: MIT
// Any text as a CloudEvent and as a batch: what is read is valid JSON to nlohmann's parser, is the
// same event when it is written and read again, in every form, and its fields make it again.
#include <eventsourcing/cloudevents/http.hpp>
#include <eventsourcing/cloudevents/json_batch.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/cloudevents/kafka.hpp>
#include <eventsourcing/cloudevents/nats.hpp>

#include "fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using fuzz::require;

/// An event as headers carry it: all values are text, and what JSON leaves out is said.
es::CloudEvent as_in_headers(const es::CloudEvent& event) {
    auto fields = event.fields();
    for (auto& [name, value] : fields.extensions)
        value = value.to_string();
    fields.datacontenttype = es::detail::content_type_of(event);
    return es::CloudEvent::make(fields).value();
}

/// The data is the same bytes; what kind it is, is what its content type says.
void require_same(const es::Result<es::CloudEvent>& read, const es::CloudEvent& sent,
                  std::string_view text) {
    require(read.has_value(), "what was sent can be read", text);
    auto a = read->fields();
    auto b = sent.fields();
    const auto content = [](const es::CloudEventFields& fields) {
        return fields.data ? fields.data->content : std::string();
    };
    require(content(a) == content(b), "the same data", text);
    a.data.reset();
    b.data.reset();
    require(a == b, "the same attributes", text);
}

void check_event(const es::CloudEvent& event, std::string_view text) {
    const auto made = es::CloudEvent::make(event.fields());
    require(made.has_value() && *made == event, "what was read is valid", text);

    const std::string written = es::encode_cloud_event(event);
    const auto again = es::decode_cloud_event(written);
    require(again.has_value() && *again == event, "the same event", written);
    require(es::encode_cloud_event(*again) == written, "the same text", written);
    require(es::decode_cloud_event_batch(es::encode_cloud_event_batch(std::span(&event, 1)))
                    .value()
                    .front() == event,
            "the same event in a batch", written);
    if (written.size() < 300 && event.data() &&
        event.data()->content.find_first_of("eE") == std::string::npos) // it has limits for numbers
        require(nlohmann::json::accept(written), "JSON", written);

    const auto in_headers = as_in_headers(event);
    const auto http = es::encode_http_binary(event);
    const auto kafka = es::encode_kafka_binary(event);
    const auto nats = es::encode_nats_binary(event);
    require(http.has_value() == kafka.has_value(), "one answer", text);
    require(nats.has_value() || !http.has_value(), "what HTTP can send, NATS can", text);
    if (nats)
        require_same(es::decode_nats(*nats), in_headers, text);
    else
        require(nats.error() == es::errc::unsupported, "unsupported", text);
    if (!http) {
        require(http.error() == es::errc::unsupported, "unsupported", text);
        return;
    }
    for (const auto& [name, value] : http->headers)
        for (const char c : name + value)
            require(c >= ' ' && c <= '~', "printable headers", value);
    require_same(es::decode_http(*http), in_headers, text);
    require_same(es::decode_kafka(*kafka), in_headers, text);
}

void check_refusal(const es::Error& error) {
    require(error == es::errc::malformed || error == es::errc::unsupported, "one of two reasons");
    fuzz::require_readable(error.message());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    if (const auto event = es::decode_cloud_event(text))
        check_event(*event, text);
    else
        check_refusal(event.error());

    const auto batch = es::decode_cloud_event_batch(text);
    if (!batch) {
        check_refusal(batch.error());
        return 0;
    }
    for (const auto& event : *batch)
        check_event(event, text);
    const auto again = es::decode_cloud_event_batch(es::encode_cloud_event_batch(*batch));
    require(again.has_value() && *again == *batch, "the same batch", text);
    return 0;
}
