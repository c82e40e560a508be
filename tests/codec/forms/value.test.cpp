// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/forms/value.hpp>

#include "catch.hpp"
#include "codec/round_trip.hpp"
#include "fails_with.hpp"
#include "throw_or_skip.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace value_form_tests {

namespace es = eventsourcing;

struct OrderId {
    std::uint64_t value{};
    static auto& json_value(auto& self) { return self.value; }
    auto operator<=>(const OrderId&) const = default;
};
class Label {
public:
    Label() = default;
    explicit Label(std::string text) : text_(std::move(text)) {}
    static auto& json_value(auto& self) { return self.text_; }
    auto operator<=>(const Label&) const = default;

private:
    std::string text_;
};
/// A value that is wrapped twice.
struct Customer {
    OrderId id;
    static auto& json_value(auto& self) { return self.id; }
    auto operator<=>(const Customer&) const = default;
};
struct Placed {
    OrderId order;
    std::map<OrderId, Label> labels;
    std::map<Label, Customer> customers;
    std::optional<Customer> by;
    std::vector<OrderId> parts;
    std::variant<OrderId, Label> either;
    bool operator==(const Placed&) const = default;
};
struct Flagged {
    bool value = false;
    static auto& json_value(auto& self) { return self.value; }
    auto operator<=>(const Flagged&) const = default;
};
/// A strong type with a member more.
struct ScopedId : OrderId {
    std::string scope;
    static void members(auto& self, auto&& member) {
        member("id", self.value);
        member("scope", self.scope);
    }
    bool operator==(const ScopedId&) const = default;
};
/// Has a value only sometimes.
struct Lazy {
    std::optional<int> value;
    static auto& json_value(auto& self) {
        if (!self.value)
            throw_or_skip(std::runtime_error("no value yet"));
        return *self.value;
    }
};
struct Waiting {
    int number = 1;
    Lazy lazy;
};
struct Json {
    int json_value = 0;
};

} // namespace value_form_tests

using namespace value_form_tests;

TEST_CASE("A class with json_value is stored as that value") {
    CHECK(text_of(OrderId{17}) == "17");
    CHECK(text_of(Label("x")) == R"("x")");
    CHECK(text_of(Customer{{3}}) == "3");
    CHECK(text_of(Json{4}) == R"({"json_value":4})");
}

TEST_CASE("A class with json_value may be a key, a part and an alternative, and comes back") {
    const Placed placed{{17},          {{{1}, Label("a")}}, {{Label("b"), {{2}}}},
                        Customer{{3}}, {{4}, {5}},          Label("c")};
    CHECK(
        text_of(placed) ==
        R"({"order":17,"labels":{"1":"a"},"customers":{"b":2},"by":3,"parts":[4,5],"either":{"label":"c"}})");
    CHECK(comes_back(placed));
}

TEST_CASE("A class with json_value is read as strictly as its value") {
    CHECK(reread<OrderId>("-1") == "$: expected an unsigned 64-bit integer, got -1");
    CHECK(reread<OrderId>(R"({"value":17})") ==
          "$: expected an unsigned 64-bit integer, got an object");
    CHECK(reread<std::map<OrderId, int>>(R"({"x":1})") ==
          R"($: expected a member named by an unsigned 64-bit integer, got "x")");
    CHECK(reread<std::map<Customer, int>>(R"({"1":1,"01":2})") ==
          R"($: expected a member named by an unsigned 64-bit integer, got "01")");
    CHECK(reread<Flagged>("1") == "$: expected true or false, got 1");
}

TEST_CASE("The members line of a class counts where json_value would leave out a member") {
    const ScopedId id{{17}, "eu"};
    CHECK(text_of(id) == R"({"id":17,"scope":"eu"})");
    CHECK(comes_back(id));
}

TEST_CASE("A json_value that throws is an error, and what was written before stays") {
    std::string out = "before";
    const auto written = es::encode_json_to(out, Waiting{});
    CHECK(fails_with(es::errc::threw, written));
    CHECK(message_of(written) == "writing JSON threw: no value yet");
    CHECK(out == "before");
    const auto read = es::decode_json<Waiting>(R"({"number":2,"lazy":3})");
    CHECK(fails_with(es::errc::threw, read));
    CHECK(message_of(read) == "reading JSON threw: no value yet");
    Waiting waiting;
    CHECK(fails_with(es::errc::threw, es::decode_json_to(waiting, R"({"number":2,"lazy":3})")));
    CHECK(text_of(Waiting{1, {5}}) == R"({"number":1,"lazy":5})");
}
