// SPDX-License-Identifier: MIT
// Decoding and encoding a structured CloudEvent of 1.5 kB, with five extensions and 1 kB of JSON
// data, against what the same text costs as a document of nlohmann::json, unchecked.
#include <eventsourcing/cloudevents/json_format.hpp>

#include "compare.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace {

constexpr std::string_view data =
    R"({"order_id":"ord-2026-000187","customer_id":"cus-77431","placed_at":1767225600123,)"
    R"("lines":[)"
    R"({"sku":"SKU-1001","title":"Stainless steel water bottle, 750 ml","quantity":2,"price":19.95},)"
    R"({"sku":"SKU-2047","title":"Trail running shoes \"Ridge\", size 43","quantity":1,"price":129.0},)"
    R"({"sku":"SKU-3310","title":"M\u00fctze aus Wolle, grün","quantity":3,"price":24.5},)"
    R"({"sku":"SKU-4096","title":"LED head torch with spare batteries","quantity":1,"price":39.9},)"
    R"({"sku":"SKU-5120","title":"Dry bag 20 l, orange","quantity":2,"price":17.25}],)"
    R"("ship_to":{"name":"Jana Nowak","street":"Lange Straße 12","city":"Leipzig","zip":"04103",)"
    R"("country":"DE"},"bill_to":{"name":"Jana Nowak","street":"Lange Straße 12",)"
    R"("city":"Leipzig","zip":"04103","country":"DE"},"payment":{"method":"card","brand":"visa",)"
    R"("last4":"4242","authorised":true},"note":null,"gift":false,)"
    R"("tags":["spring-sale","repeat-customer","newsletter"],"discount":{"code":"SPRING10",)"
    R"("percent":10},"total":342.15,"currency":"EUR"})";

std::string text() {
    return R"({"specversion":"1.0","id":"018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f",)"
           R"("source":"https://shop.example.org/orders","type":"org.example.shop.order_placed",)"
           R"("subject":"order-ord-2026-000187","time":"2026-01-01T00:00:00.123456Z",)"
           R"("datacontenttype":"application/json",)"
           R"("dataschema":"https://schemas.example.org/shop/order_placed/1.0",)"
           R"("partitionkey":"cus-77431","sequence":"00000000000000004711",)"
           R"("traceparent":"00-0af7651916cd43dd8448eb211c80319c-b9c7c989f97918e1-01",)"
           R"("tracestate":"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE","sampledrate":1,)"
           R"("data":)" +
           std::string(data) + "}";
}

compare::Work decode_with_library(unsigned long operations) {
    return [text = text(), operations] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i) {
            const auto event = es::decode_cloud_event(text);
            if (!event)
                std::abort();
            sum += event->id().size() + event->data()->content.size();
        }
        return sum;
    };
}
compare::Work parse_with_nlohmann(unsigned long operations) {
    return [text = text(), operations] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i)
            sum += nlohmann::json::parse(text).size();
        return sum;
    };
}

compare::Work encode_with_library(unsigned long operations) {
    return [event = es::decode_cloud_event(text()).value(), operations] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i)
            sum += es::encode_cloud_event(event).size();
        return sum;
    };
}
compare::Work dump_with_nlohmann(unsigned long operations) {
    return [document = nlohmann::json::parse(text()), operations] {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < operations; ++i)
            sum += document.dump().size();
        return sum;
    };
}

} // namespace

int main(int argc, char** argv) {
    return compare::main(argc, argv,
                         {{"CloudEvent of 1.5 kB: decode and validate, to nlohmann's parse",
                           decode_with_library, parse_with_nlohmann, 500, 0.2, 0.2},
                          {"CloudEvent of 1.5 kB: encode, to nlohmann's dump", encode_with_library,
                           dump_with_nlohmann, 1000, 0.1, 0.1}});
}
