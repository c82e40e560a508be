// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/extension.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "throw_or_skip.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace es = eventsourcing;

namespace {

/// An application's own one.
struct Billing {
    std::string account;
    bool paid = false;
    std::optional<std::int32_t> installments;
    es::UriReference invoice{};

    static void attributes(auto& self, auto&& attribute) {
        attribute("billingaccount", self.account);
        attribute("billingpaid", self.paid);
        attribute("billinginstallments", self.installments);
        attribute("billinginvoice", self.invoice);
    }
};

/// A URI that has to be there: there is no empty one to begin with.
struct Manual {
    es::Uri manual = es::Uri::parse("https://example.org/").value();

    static void attributes(auto& self, auto&& attribute) { attribute("manual", self.manual); }
};

struct Twice {
    std::int32_t rate = 0;
    std::optional<std::int32_t> rest;
    static void attributes(auto& self, auto&& attribute) {
        attribute("rate", self.rate);
        attribute("rate", self.rest);
    }
};
/// Whose check breaks.
struct Fragile {
    std::string color;

    static void attributes(auto& self, auto&& attribute) { attribute("color", self.color); }
    [[nodiscard]] es::Result<void> check() const {
        return throw_or_skip<es::Result<void>>(std::runtime_error("no paint"));
    }
};

struct Taken {
    std::string id;
    static void attributes(auto& self, auto&& attribute) { attribute("id", self.id); }
};

struct Delivery {
    std::string carrier = "own";
    std::optional<std::string> mode = "fast";
    static void attributes(auto& self, auto&& attribute) {
        attribute("carrier", self.carrier);
        attribute("deliverymode", self.mode);
    }
};

struct Named {
    std::string first;
    std::optional<std::string> second;

    static void attributes(auto& self, auto&& attribute) {
        attribute("first", self.first);
        attribute("second", self.second);
    }
};

} // namespace

TEST_CASE("An application has extensions of its own") {
    es::CloudEventFields fields{.id = "1", .source = "/", .type = "t"};
    const Billing billing{.account = "a",
                          .paid = true,
                          .installments = {},
                          .invoice = es::UriReference::parse("/i/1").value()};
    REQUIRE(es::add_extension(fields, billing));
    CHECK(fields.extensions.size() == 3);
    const auto event = es::CloudEvent::make(fields).value();
    const auto read = es::read_extension<Billing>(event);
    REQUIRE(read);
    REQUIRE(*read);
    CHECK((*read)->account == "a");
    CHECK((*read)->paid);
    CHECK(!(*read)->installments);
    CHECK((*read)->invoice.str() == "/i/1");
}

TEST_CASE("A URI of an extension may be required, where the struct begins with one") {
    es::CloudEventFields fields{.id = "1", .source = "/", .type = "t"};
    REQUIRE(es::add_extension(fields, Manual{es::Uri::parse("urn:manual:1").value()}));
    const auto read = es::read_extension<Manual>(es::CloudEvent::make(fields).value());
    REQUIRE(read);
    REQUIRE(*read);
    CHECK((*read)->manual.str() == "urn:manual:1");
    fields.extensions["manual"] = "/relative";
    CHECK(message_of(es::read_extension<Manual>(es::CloudEvent::make(fields).value())) ==
          "CloudEvent attribute manual: URI \"/relative\": expected a scheme, as in https: at byte "
          "1");
}

TEST_CASE("The first attribute of an extension that is wrong is named") {
    const auto event =
        es::CloudEvent::make({.id = "1",
                              .source = "/",
                              .type = "t",
                              .extensions = {{"billingaccount", 1}, {"billingpaid", "maybe"}}})
            .value();
    CHECK(message_of(es::read_extension<Billing>(event)) ==
          "CloudEvent attribute billingaccount: expected text, got 1");
}

TEST_CASE("Attributes that an extension lacks are removed") {
    es::CloudEventFields fields{.id = "1", .source = "/", .type = "t"};
    REQUIRE(es::add_extension(fields, Billing{.account = "a",
                                              .installments = 3,
                                              .invoice = es::UriReference::parse("/i/1").value()}));
    CHECK(fields.extensions.contains("billinginstallments"));
    fields.extensions["region"] = "north";
    REQUIRE(es::add_extension(fields, Billing{.account = "b", .installments = {}}));
    CHECK(!fields.extensions.contains("billinginstallments"));
    CHECK(fields.extensions.at("billingaccount") == es::CloudEventValue("b"));
    CHECK(fields.extensions.at("region") == es::CloudEventValue("north"));
}

TEST_CASE("An attribute that is named twice, or that belongs to CloudEvents, is refused") {
    es::CloudEventFields fields{.id = "1", .source = "/bank", .type = "bank.paid"};
    const auto twice = es::add_extension(fields, Twice{5, 6});
    CHECK(fails_with(es::errc::invalid, twice));
    CHECK(message_of(twice) ==
          "CloudEvent attribute rate: named twice by `attributes`; expected each name once");
    const auto taken = es::add_extension(fields, Taken{"2"});
    CHECK(fails_with(es::errc::invalid, taken));
    CHECK(message_of(taken) ==
          "CloudEvent extension \"id\": this name belongs to CloudEvents itself");
    CHECK(fields.extensions.empty());
}

TEST_CASE("An extension that is refused changes nothing") {
    es::CloudEventFields fields{.extensions = {{"billingpaid", true}}};
    const auto before = fields;
    CHECK_FALSE(es::add_extension(fields, Named{.first = "1", .second = ""}));
    CHECK(fields == before);
}

TEST_CASE("An optional that was not written is read as empty, whatever its default is") {
    es::CloudEventFields fields{.id = "1", .source = "/", .type = "t"};
    REQUIRE(es::add_extension(fields, Delivery{.carrier = "post", .mode = {}}));
    const auto none = es::read_extension<Delivery>(es::CloudEvent::make(fields).value());
    REQUIRE(none);
    REQUIRE(*none);
    CHECK(!(*none)->mode);
    fields.extensions["deliverymode"] = "";
    const auto empty = es::read_extension<Delivery>(es::CloudEvent::make(fields).value());
    REQUIRE(empty);
    CHECK(!(*empty)->mode);
    REQUIRE(es::add_extension(fields, Delivery{.carrier = "post"}));
    const auto fast = es::read_extension<Delivery>(es::CloudEvent::make(fields).value());
    REQUIRE(fast);
    CHECK((*fast)->mode == "fast");
}

TEST_CASE("What an extension throws is an error, and changes nothing") {
    es::CloudEventFields fields{
        .id = "1", .source = "/", .type = "t", .extensions = {{"color", "red"}}};
    const auto before = fields;
    const auto added = es::add_extension(fields, Fragile{"blue"});
    CHECK(fails_with(es::errc::threw, added));
    CHECK(message_of(added) == "adding an extension threw: no paint");
    CHECK(fields == before);
    const auto read = es::read_extension<Fragile>(es::CloudEvent::make(fields).value());
    CHECK(fails_with(es::errc::threw, read));
    CHECK(message_of(read) == "reading an extension threw: no paint");
}
