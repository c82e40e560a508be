// SPDX-License-Identifier: MIT
// Speaks the protocol of tests/data/cloudevents: reads a line of JSON that names a file, answers
// with a line that says what the library makes of it.
#include <eventsourcing/cloudevents/http.hpp>
#include <eventsourcing/cloudevents/json_batch.hpp>
#include <eventsourcing/cloudevents/json_format.hpp>
#include <eventsourcing/cloudevents/kafka.hpp>
#include <eventsourcing/cloudevents/nats.hpp>
#include <eventsourcing/core/base64.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace es = eventsourcing;
using Json = nlohmann::json;

/// What the library refused, on its way to the answer.
struct Refused : std::runtime_error {
    using runtime_error::runtime_error;
};

template <class T>
T taken(es::Result<T> result) {
    if (!result)
        throw Refused(result.error().message());
    return *std::move(result);
}

std::string base64(std::string_view bytes) {
    std::string out;
    es::detail::encode_base64(bytes, out);
    return out;
}
std::string bytes_of(const Json& text) {
    std::string out;
    if (!es::detail::decode_base64(text.get<std::string>(), out))
        throw Refused("the case holds no Base64");
    return out;
}

// ---- events as the checker reads them -----------------------------------------------------------

/// JSON data goes through as it is: the answer is one line, and a number may be too large for
/// nlohmann.
std::string one_line(std::string text) {
    for (char& c : text)
        if (c == '\n' || c == '\r')
            c = ' ';
    return text;
}

std::string answer_of(const es::CloudEvent& event) {
    Json attributes{{"specversion", es::CloudEvent::specversion},
                    {"id", event.id()},
                    {"source", event.source()},
                    {"type", event.type()}};
    if (event.subject())
        attributes["subject"] = *event.subject();
    if (event.time())
        attributes["time"] = event.time()->to_string();
    if (event.datacontenttype())
        attributes["datacontenttype"] = *event.datacontenttype();
    if (event.dataschema())
        attributes["dataschema"] = *event.dataschema();
    for (const auto& extension : event.extensions())
        std::visit([&](const auto& held) { attributes[extension.first] = held; },
                   extension.second.native());
    std::string out = R"({"attributes":)" + attributes.dump();
    if (const auto& data = event.data()) {
        out += R"(,"data":)";
        if (data->kind == es::CloudEventDataKind::json)
            out += R"({"json":)" + one_line(data->content) + "}";
        else if (data->kind == es::CloudEventDataKind::text)
            out += Json{{"text", data->content}}.dump();
        else
            out += Json{{"base64", base64(data->content)}}.dump();
    }
    return out + "}";
}

std::string answer_of(const std::vector<es::CloudEvent>& events) {
    std::string out;
    for (const auto& event : events)
        out += (out.empty() ? "" : ",") + answer_of(event);
    return R"({"ok":true,"events":[)" + out + "]}";
}

// ---- messages -----------------------------------------------------------------------------------

std::vector<es::MessageHeader> headers_of(const Json& message) {
    std::vector<es::MessageHeader> out;
    for (const auto& header : message.at("headers"))
        out.push_back({header[0].get<std::string>(), header[1].is_string()
                                                         ? header[1].get<std::string>()
                                                         : bytes_of(header[1].at("base64"))});
    return out;
}
std::optional<std::string> body_of(const Json& message, const std::string& name) {
    if (message.contains(name + "_base64"))
        return bytes_of(message[name + "_base64"]);
    if (!message.contains(name) || message[name].is_null())
        return std::nullopt;
    return message[name].get<std::string>();
}
es::HttpMessage http_of(const Json& message) {
    return {headers_of(message), body_of(message, "body").value_or("")};
}
es::NatsMessage nats_of(const Json& message) {
    return {headers_of(message), body_of(message, "body").value_or("")};
}
es::KafkaMessage kafka_of(const Json& message) {
    return {body_of(message, "key"), headers_of(message), body_of(message, "value")};
}

Json json_of(const std::vector<es::MessageHeader>& headers) {
    Json out = Json::array();
    for (const auto& [name, value] : headers)
        out.push_back(Json::array({name, value}));
    return out;
}
Json json_of(const es::HttpMessage& message) {
    return {{"headers", json_of(message.headers)}, {"body_base64", base64(message.body)}};
}
Json json_of(const es::NatsMessage& message) {
    return {{"headers", json_of(message.headers)}, {"body_base64", base64(message.payload)}};
}
Json json_of(const es::KafkaMessage& message) {
    return {{"key", message.key ? Json(*message.key) : Json()},
            {"headers", json_of(message.headers)},
            {"value_base64", message.value ? Json(base64(*message.value)) : Json()}};
}

// ---- events to be produced ----------------------------------------------------------------------

es::CloudEventValue value_of(const Json& attribute) {
    const auto type = attribute.at("type").get<std::string>();
    const auto& value = attribute.at("value");
    if (type == "Boolean")
        return value.get<bool>();
    if (type == "Integer") {
        const bool fits = value.is_number_integer() &&
                          value.get<double>() >= std::numeric_limits<std::int32_t>::min() &&
                          value.get<double>() <= std::numeric_limits<std::int32_t>::max();
        if (!fits)
            throw Refused("an Integer has 32 bits");
        return value.get<std::int32_t>();
    }
    const auto text = value.get<std::string>();
    if (type == "Binary")
        return es::CloudEventValue::binary(bytes_of(value));
    if (type == "Timestamp")
        return taken(es::CloudEventTime::parse(text));
    if (type == "URI")
        return taken(es::Uri::parse(text));
    if (type == "URI-reference")
        return taken(es::UriReference::parse(text));
    return text;
}

es::CloudEventData data_of(const Json& data, const std::optional<std::string>& content_type) {
    const auto kind = data.at("kind").get<std::string>();
    if (kind == "binary")
        return es::CloudEventData::bytes(bytes_of(data.at("base64")));
    // a text where JSON is due is a JSON string
    if (kind == "json" || !content_type || es::detail::is_json_media_type(*content_type))
        return es::CloudEventData::json(data.at("value").dump());
    return es::CloudEventData::text(data.at("value").get<std::string>());
}

es::CloudEvent event_of_model(const Json& model) {
    es::CloudEventFields fields;
    for (const auto& attribute : model.at("attributes")) {
        const auto name = attribute.at("name").get<std::string>();
        const auto value = value_of(attribute);
        if (name == "specversion" && value.to_string() != es::CloudEvent::specversion)
            throw Refused("another specversion");
        if (name == "specversion")
            continue;
        if (name == "id")
            fields.id = taken(value.text());
        else if (name == "source")
            fields.source = taken(value.text());
        else if (name == "type")
            fields.type = taken(value.text());
        else if (name == "subject")
            fields.subject = taken(value.text());
        else if (name == "datacontenttype")
            fields.datacontenttype = taken(value.text());
        else if (name == "dataschema")
            fields.dataschema = taken(value.text());
        else if (name == "time")
            fields.time = taken(value.time());
        else
            fields.extensions.insert_or_assign(name, value);
    }
    if (model.contains("data") && !model["data"].is_null())
        fields.data = data_of(model["data"], fields.datacontenttype);
    return taken(es::CloudEvent::make(std::move(fields)));
}

es::CloudEvent event_of(const Json& from) {
    const auto kind = from.at("kind").get<std::string>();
    if (kind == "model")
        return event_of_model(from);
    if (kind == "http")
        return taken(es::decode_http(http_of(from)));
    if (kind == "kafka")
        return taken(es::decode_kafka(kafka_of(from)));
    if (kind == "nats")
        return taken(es::decode_nats(nats_of(from)));
    return taken(es::decode_cloud_event(from.at("text").get<std::string>()));
}

Json produced(const es::CloudEvent& event, const std::string& to) {
    if (to == "json")
        return {{"json_text", es::encode_cloud_event(event)}};
    if (to == "http-binary")
        return {{"http", json_of(taken(es::encode_http_binary(event)))}};
    if (to == "http-structured")
        return {{"http", json_of(es::encode_http_structured(event))}};
    if (to == "kafka-binary")
        return {{"kafka", json_of(taken(es::encode_kafka_binary(event)))}};
    if (to == "kafka-binary+partitionkey")
        return {{"kafka",
                 json_of(taken(es::encode_kafka_binary(event, es::kafka_partition_key(event))))}};
    if (to == "kafka-structured")
        return {{"kafka", json_of(es::encode_kafka_structured(event))}};
    if (to == "nats-binary")
        return {{"nats", json_of(taken(es::encode_nats_binary(event)))}};
    if (to == "nats-structured")
        return {{"nats", json_of(es::encode_nats_structured(event))}};
    throw std::invalid_argument("no such target: " + to);
}

// ---- the protocol -------------------------------------------------------------------------------

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::invalid_argument("no such file: " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string answer_to(const std::string& kind, const std::string& text) {
    const auto one = [](const es::CloudEvent& event) {
        return R"({"ok":true,"event":)" + answer_of(event) + "}";
    };
    if (kind == "json")
        return one(taken(es::decode_cloud_event(text)));
    if (kind == "batch")
        return answer_of(taken(es::decode_cloud_event_batch(text)));
    const auto request = Json::parse(text);
    if (kind == "http") {
        const auto message = http_of(request);
        if (taken(es::http_mode(message)) == es::CloudEventMode::batch)
            return answer_of(taken(es::decode_http_batch(message)));
        return one(taken(es::decode_http(message)));
    }
    if (kind == "kafka")
        return one(taken(es::decode_kafka(kafka_of(request))));
    if (kind == "nats")
        return one(taken(es::decode_nats(nats_of(request))));
    if (kind == "produce") {
        Json out = produced(event_of(request.at("from")), request.at("to").get<std::string>());
        out["ok"] = true;
        return out.dump();
    }
    return R"({"skip":true})";
}

} // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::string answer;
        try {
            const auto request = Json::parse(line);
            answer = answer_to(request.at("kind").get<std::string>(),
                               content_of(request.at("path").get<std::string>()));
        } catch (const Refused& refused) {
            answer = Json{{"ok", false}, {"error", refused.what()}}.dump();
        } catch (const Json::exception& e) { // no UTF-8, or a value that is not of its type
            answer = Json{{"ok", false}, {"error", std::string("the case: ") + e.what()}}.dump(
                -1, ' ', true, Json::error_handler_t::replace);
        } catch (const std::exception& e) {
            std::cerr << line << ": " << e.what() << "\n";
            return 1; // the request is wrong, or the driver
        }
        std::cout << answer << std::endl;
    }
    return 0;
}
