// SPDX-License-Identifier: MIT
// Any headers and body, as HTTP, NATS and Kafka: nothing but an event or a reason comes of them. An
// event goes out as headers that are read as the same event, and a value as itself.
//
// An input is lines of NAME:VALUE, an empty line, and the body. \0 in a value is a line break.
#include <eventsourcing/cloudevents/http.hpp>
#include <eventsourcing/cloudevents/kafka.hpp>
#include <eventsourcing/cloudevents/nats.hpp>

#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace es = eventsourcing;
using fuzz::require;

struct Input {
    std::vector<es::MessageHeader> headers;
    std::string body;
};

Input input_of(std::string_view text) {
    Input out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty())
            break;
        const std::size_t colon = std::min(line.find(':'), line.size());
        std::string value(line.substr(std::min(colon + 1, line.size())));
        std::replace(value.begin(), value.end(), '\0', '\n');
        out.headers.push_back({std::string(line.substr(0, colon)), std::move(value)});
    }
    out.body = text;
    return out;
}

bool is_known(const es::Error& error) {
    fuzz::require_readable(error.message());
    return error == es::errc::malformed || error == es::errc::unsupported;
}

/// JSON data goes into JSON without the white space around it.
es::CloudEvent as_in_json(const es::CloudEvent& event) {
    auto fields = event.fields();
    if (fields.data && fields.data->kind == es::CloudEventDataKind::json) {
        auto& text = fields.data->content;
        text.erase(text.find_last_not_of(" \t\r\n") + 1);
        text.erase(0, text.find_first_not_of(" \t\r\n"));
    }
    return es::CloudEvent::make(fields).value();
}

void check_event(const es::CloudEvent& event) {
    const auto made = es::CloudEvent::make(event.fields());
    require(made.has_value() && *made == event, "what was read is valid");
    const auto json = es::decode_cloud_event(es::encode_cloud_event(event));
    require(json.has_value() && *json == as_in_json(event), "the same event in JSON");
}

void check_value(const std::string& value) {
    const auto text = es::detail::decode_header_value("x", value);
    if (!text) {
        require(is_known(text.error()), "malformed", value);
        return;
    }
    const std::string again = es::detail::encode_header_value(*text);
    for (const char c : again)
        require(c > ' ' && c <= '~' && c != '"', "printable, without blanks and quotes", again);
    const auto same = es::detail::decode_header_value("x", again);
    require(same.has_value() && *same == *text, "the same text", value);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto [headers, body] = input_of(fuzz::text_of(data, size));
    for (const auto& [name, value] : headers)
        check_value(value);

    const es::HttpMessage http{headers, body};
    if (const auto event = es::decode_http(http)) {
        check_event(*event);
        if (es::http_mode(http).value() == es::CloudEventMode::binary) {
            const auto again = es::decode_http(es::encode_http_binary(*event).value());
            require(again.has_value() && *again == *event, "the same event in HTTP", body);
        }
    } else {
        require(is_known(event.error()), "malformed or unsupported");
    }
    if (const auto events = es::decode_http_batch(http))
        for (const auto& event : *events)
            check_event(event);
    else
        require(is_known(events.error()), "malformed or unsupported");

    const es::NatsMessage nats{headers, body};
    if (const auto event = es::decode_nats(nats)) {
        check_event(*event);
        const auto again = es::decode_nats(es::encode_nats_structured(*event));
        require(again.has_value() && *again == as_in_json(*event), "the same event in NATS", body);
    } else {
        require(is_known(event.error()), "malformed or unsupported");
    }

    es::KafkaMessage kafka{.headers = headers, .value = body};
    for (auto& [name, value] : kafka.headers)
        if (name.starts_with("ce-"))
            name[2] = '_';
    if (const auto event = es::decode_kafka(kafka)) {
        check_event(*event);
        const auto again = es::decode_kafka(es::encode_kafka_structured(*event));
        require(again.has_value() && *again == as_in_json(*event), "the same event in Kafka", body);
    } else {
        require(is_known(event.error()), "malformed or unsupported");
    }
    return 0;
}
