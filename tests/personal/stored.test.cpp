// SPDX-License-Identifier: MIT
#include <eventsourcing/personal/memory_keys.hpp>

#include "catch.hpp"
#include "fails_with.hpp"
#include "personal/people.hpp"

#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/testing/given.hpp>

#include <string>

namespace personal_stored_tests {

namespace es = eventsourcing;
using people::Address;
using people::Married;
using people::Marry;
using people::Person;
using people::Register;
using people::Registered;

Register registration(const es::Keys& keys) {
    return {"42", *keys.seal("person:42", "ann@example.org"),
            *keys.seal("person:42", Address{"Hill", 7})};
}

TEST_CASE(
    "E3: Loading, deciding and appending work after an erasure as before; only open differs") {
    const es::MemoryKeys keys;
    es::MemoryStore store;
    es::Dispatcher<Person, es::MemoryStore> persons{store};
    REQUIRE(persons.dispatch(Person::State{}, registration(keys), "person-42"));
    const auto before = es::load<Person>(store, "person-42");
    REQUIRE(before);
    CHECK(*keys.open(before->state.email) == "ann@example.org");

    REQUIRE(*keys.erase("person:42"));
    const auto after = es::load<Person>(store, "person-42");
    REQUIRE(after);
    CHECK(after->state == before->state);
    CHECK(persons.dispatch(*after, registration(keys), "person-42").error() == es::errc::rejected);
    const auto done = persons.dispatch(
        *after, Marry{*keys.seal("person:42", "Ann"), *keys.seal("person:43", "Bob")}, "person-42");
    REQUIRE(done);
    CHECK(*keys.open(done->state.spouse) == "Bob");
    CHECK(fails_with(es::errc::gone, keys.open(done->state.email)));
    CHECK(fails_with(es::errc::gone, keys.open(done->state.home)));
}

TEST_CASE("N7: A state is sealed wherever it is kept, and reads back as it was") {
    const es::MemoryKeys keys;
    Person::State state;
    Person::apply_event(state, Registered{"42", *keys.seal("person:42", "ann@example.org"),
                                          *keys.seal("person:42", Address{"Hill", 7})});
    const auto kept = es::encode_json(state);
    REQUIRE(kept);
    CHECK(kept->find("ann@") == std::string::npos);
    CHECK(kept->find("Hill") == std::string::npos);
    CHECK(*es::decode_json<Person::State>(*kept) == state);
}

TEST_CASE("In fingerprints and schemas a Personal counts by its name and its own layout") {
    static_assert(es::layout_text<es::Personal<std::string>>() ==
                  es::layout_text<es::Personal<Address>>());
    CHECK(es::schema_text<Person>().find( // the lock also shows what is stored
              "email:{subject:text,sealed:text(SealedText)}") != std::string::npos);
    CHECK(es::layout_text<es::Personal<int>>() == "own(Personal 1)");
    CHECK(es::state_fingerprint<Person>().size() == 64);
    CHECK(es::json_schema<Registered>().find(
              R"("email":{"type":"object","properties":{"subject":{"type":"string"},)"
              R"("sealed":{"type":"string"}})") != std::string::npos);
}

TEST_CASE("Decisions about personal data are tested as any other") {
    const es::MemoryKeys keys;
    const Register command = registration(keys);
    CHECK(es::given<Person>().when(command).then(Registered{"42", command.email, command.home}));
    const auto failed = es::given<Person>().when(command).then(Registered{"42", {}, command.home});
    CHECK_FALSE(failed);
    CHECK(failed.describe().find("(personal data of person:42)") != std::string::npos);
    CHECK(failed.describe().find("ann@") == std::string::npos);
}

TEST_CASE("E6: A retry of an append of unknown outcome sends the same sealed bytes") {
    const es::MemoryKeys keys;
    const people::Lossy<es::MemoryStore> store{es::MemoryStore{}};
    es::Dispatcher<Person, people::Lossy<es::MemoryStore>> persons{store};
    const auto first = persons.dispatch(Person::State{}, registration(keys), "person-42");
    REQUIRE(fails_with(es::errc::unknown_outcome, first));
    REQUIRE(*keys.erase("person:42")); // needs no key either
    const auto again = persons.retry(*es::pending_append<Person>(first.error()));
    INFO(message_of(again));
    CHECK(again);
    const auto stored = es::load<Person>(store.inner, "person-42");
    REQUIRE(stored);
    CHECK(stored->state == again->state);
    CHECK(stored->revision == es::Revision{0});
}

} // namespace personal_stored_tests
