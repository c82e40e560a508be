// SPDX-License-Identifier: MIT
// What the page of Personal promises of values whose type or place has changed.
#include <eventsourcing/personal/personal.hpp>

#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/personal/memory_keys.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <optional>
#include <string>
#include <utility>

namespace es = eventsourcing;

namespace {

struct Address { // as it was when values were sealed
    std::string street;
    int number = 0;
    std::string city;
};
struct AddressOfToday { // without the city, and with a floor
    std::string street;
    int number = 0;
    std::optional<std::string> floor{};
};
struct AddressWithCountry {
    std::string street;
    std::string country;
};
struct Registered {
    es::Personal<std::string> first;
    es::Personal<std::string> second;
};

/// The same sealed value in the hands of a program that declares its type in another way.
template <class To, class From>
es::Personal<To> declared_as(const es::Personal<From>& value) {
    const auto text = es::encode_json(value);
    REQUIRE(text);
    const auto back = es::decode_json<es::Personal<To>>(*text);
    REQUIRE(back);
    return *back;
}

TEST_CASE("A value of a type that has changed since is read by the rules of JSON") {
    const es::MemoryKeys keys;
    const auto sealed = keys.seal("person:42", Address{"Hill", 7, "Oslo"});
    REQUIRE(sealed);
    const auto today = keys.open(declared_as<AddressOfToday>(*sealed));
    REQUIRE(today);
    CHECK(today->street == "Hill");
    CHECK(today->number == 7);
    CHECK_FALSE(today->floor);
    CHECK(fails_with(es::errc::malformed, keys.open(declared_as<AddressWithCountry>(*sealed))));
    CHECK(keys.open(*sealed)->city == "Oslo"); // the older struct still opens it
}

TEST_CASE("A value that is moved to another field of the same subject opens there") {
    const es::MemoryKeys keys;
    Registered event{*keys.seal("person:42", "Ann"), *keys.seal("person:42", "Lee")};
    std::swap(event.first, event.second);
    CHECK(*keys.open(event.first) == "Lee");
    CHECK(*keys.open(event.second) == "Ann");
}

TEST_CASE("A sealed value is 49 bytes longer than its JSON, so it tells the length") {
    const es::MemoryKeys keys;
    for (const std::string& value : {std::string(), std::string("Ann"), std::string(1'000, 'x')}) {
        const auto sealed = keys.seal("person:42", value);
        REQUIRE(sealed);
        const auto json = es::encode_json(value);
        CHECK(es::detail::personal::Access::sealed(*sealed).size() == json->size() + 49);
    }
}

} // namespace
