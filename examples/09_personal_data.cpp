// SPDX-License-Identifier: MIT
// Personal data: sealed where it comes in, opened where it goes out, and erased for all copies by
// erasing one key. The aggregate never sees it. A real program keeps its keys in a file of their
// own: es::SqliteKeys::open("keys.db").
//
// Prints:
//   stored: (personal data of person:42)
//   by email: 42
//   shown: ann@example.org
//   erased: personal data of person:42: it is gone, since the key of its subject was erased
//   greetings: 1
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/personal/memory_keys.hpp>

#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <variant>

namespace es = eventsourcing;

namespace people {

struct Register {
    std::string person_id;
    es::Personal<std::string> email;
};
struct Greet {};

struct Registered {
    std::string person_id;
    es::Personal<std::string> email;
};
struct Greeted {};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "people", .source = "events://example.org/people"};
}

struct Person {
    using Command = std::variant<Register, Greet>;
    using Event = std::variant<Registered, Greeted>;
    struct State {
        es::Personal<std::string> email;
        std::uint32_t greetings = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const Registered& e) { s.email = e.email; }
    static void apply_event(State& s, const Greeted&) { ++s.greetings; }

    static Registered handle_command(const State&, const Register& c) {
        return {c.person_id, c.email};
    }
    static Greeted handle_command(const State&, const Greet&) { return {}; }
};

} // namespace people

int fail(const es::Error& error) {
    std::cerr << error.message() << "\n";
    return 1;
}

int main() {
    using namespace people;
    const es::MemoryKeys keys;
    const es::MemoryStore store;
    const es::Repository<Person, es::MemoryStore> persons{store};
    std::map<std::string, std::string> id_by_email; // the emails as blind hashes

    // It comes in.
    const std::string email = "ann@example.org";
    auto sealed = keys.seal("person:42", email);
    if (!sealed)
        return fail(sealed.error());
    auto done = persons.execute("42", Register{"42", *sealed});
    if (!done)
        return fail(done.error());
    id_by_email[*keys.blind("email", email)] = "42";
    std::cout << "stored: " << done->state.email << "\n";

    // It goes out.
    std::cout << "by email: " << id_by_email[*keys.blind("email", email)] << "\n";
    auto shown = keys.open(done->state.email);
    if (!shown)
        return fail(shown.error());
    std::cout << "shown: " << *shown << "\n";

    // Ann leaves. Her events stay, fold and count, and nobody reads her address any more.
    if (auto erased = keys.erase("person:42"); !erased)
        return fail(erased.error());
    std::cout << "erased: " << keys.open(done->state.email).error().message() << "\n";
    auto greeted = persons.execute("42", Greet{});
    if (!greeted)
        return fail(greeted.error());
    std::cout << "greetings: " << greeted->state.greetings << "\n";
}
