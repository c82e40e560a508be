// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/optional.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"

#include <eventsourcing/core/stream_name.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace optional_form_tests {

namespace es = eventsourcing;

struct Received {
    int quantity = 0;
    std::optional<std::string> lot = "legacy";
    bool operator==(const Received&) const = default;
};
struct Shipment {
    std::vector<Received> parts;
    std::map<std::string, Received> by_name;
    std::optional<Received> last;
    Received first{.quantity = 0, .lot = "of the shipment"};
    bool operator==(const Shipment&) const = default;
};
class Hidden {
public:
    static void members(auto& self, auto&& member) {
        member("id", self.id_);
        member("note", self.note_);
    }

private:
    int id_ = 0;
    std::optional<std::string> note_ = "none";
};
struct Linked {
    es::StreamName stream;
    std::optional<int> priority = 5;
};
struct Lot {
    std::optional<std::string> text = "wrapped";
    static auto& json_value(auto& self) { return self.text; }
};
struct HoldsLot {
    Lot lot;
};

} // namespace optional_form_tests

using namespace optional_form_tests;

TEST_CASE("A missing optional member keeps the default that its struct declares") {
    CHECK(reread<Received>(R"({"quantity":3})") == R"({"quantity":3,"lot":"legacy"})");
    CHECK(reread<Hidden>(R"({"id":3})") == R"({"id":3,"note":"none"})");
    CHECK(reread<Linked>(R"({"stream":"a-b"})") == R"({"stream":"a-b","priority":5})");
    CHECK(reread<HoldsLot>("{}") == R"({"lot":"wrapped"})");
    CHECK(
        reread<Shipment>(
            R"({"parts":[{"quantity":1}],"by_name":{"a":{"quantity":2}},"first":{"quantity":3}})") ==
        R"({"parts":[{"quantity":1,"lot":"legacy"}],"by_name":{"a":{"quantity":2,"lot":"legacy"}},)"
        R"("last":null,"first":{"quantity":3,"lot":"of the shipment"}})");
    CHECK(reread<Shipment>(
              R"({"parts":[],"by_name":{},"last":{"quantity":4},"first":{"quantity":5}})")
              .find(R"("last":{"quantity":4,"lot":"legacy"})") != std::string::npos);
}

TEST_CASE("An empty optional that has another default is written as null and read as empty") {
    const Received empty{.quantity = 1, .lot = std::nullopt};
    CHECK(text_of(empty) == R"({"quantity":1,"lot":null})");
    CHECK(comes_back(empty));
    CHECK(comes_back(
        Shipment{.parts = {empty}, .by_name = {{"a", empty}}, .last = empty, .first = empty}));
}

TEST_CASE("A missing optional member has its default also in a value that held another") {
    Received used{.quantity = 1, .lot = "used"};
    REQUIRE(es::decode_json_to(used, R"({"quantity":9})"));
    CHECK(used == Received{.quantity = 9, .lot = "legacy"});

    Shipment shipment{
        .parts = {used}, .by_name = {}, .last = {}, .first = {.quantity = 1, .lot = "used"}};
    REQUIRE(es::decode_json_to(shipment, R"({"parts":[],"by_name":{},"first":{"quantity":3}})"));
    CHECK(shipment.first.lot == "of the shipment");

    const auto done = es::decode_json_to(used, R"({"quantity":true})");
    REQUIRE(!done);
    CHECK(done.error().message() == "$.quantity: expected a signed 32-bit integer, got true");
    const auto more = es::decode_json_to(used, R"({"quantity":1} 2)");
    REQUIRE(!more);
    CHECK(more.error().message() == "$: expected the end of the text, got 2");
}
