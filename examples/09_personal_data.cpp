// SPDX-License-Identifier: MIT
// Personal data: sealed where it comes in, opened where it goes out, and erased in all copies by
// erasing one key. The aggregate never sees it. A real program keeps its keys in a file of their
// own: es::SqliteKeys::open("keys.db").
//
// Prints:
//   stored: (personal data of person:42)
//   found by her address: 42
//   shown: ann@example.org
//   erased: personal data of person:42: it is gone, since the key of its subject was erased
//   greetings, still counted: 2
#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/personal/memory_keys.hpp>

#include <iostream>
#include <map>
#include <string>
#include <variant>

namespace es = eventsourcing;

namespace people {

struct Register {
    es::Personal<std::string> email;
};
struct Greet {};
struct Registered {
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
        int greetings = 0;
        es::Generation generation{};
    };

    static void apply_event(State& s, const Registered& e) { s.email = e.email; }
    static void apply_event(State& s, const Greeted&) { ++s.greetings; }

    static Registered handle_command(const State&, const Register& c) { return {c.email}; }
    static Greeted handle_command(const State&, const Greet&) { return {}; }
};

} // namespace people

int main() {
    using namespace people;
    const es::MemoryKeys keys;
    const es::Repository<Person, es::MemoryStore> persons{es::MemoryStore{}};
    const std::string address = "ann@example.org";

    // It comes in: sealed for the event, and as a blind hash to find her by.
    const auto sealed = keys.seal("person:42", address);
    const auto hash = keys.blind("email", address);
    if (!sealed || !hash || !persons.execute("42", Register{*sealed}))
        return 1;
    const std::map<std::string, std::string> id_by_email{{*hash, "42"}};

    // It goes out.
    const auto ann = persons.execute(id_by_email.at(*hash), Greet{});
    if (!ann)
        return 1;
    std::cout << "stored: " << ann->state.email << "\n"
              << "found by her address: " << id_by_email.at(*hash) << "\n"
              << "shown: " << keys.open(ann->state.email).value_or("?") << "\n";

    // Ann leaves. Her events stay, fold and count, and nobody reads her address any more.
    const auto erased = keys.erase("person:42");
    const auto later = persons.execute("42", Greet{});
    if (!erased || !later)
        return 1;
    std::cout << "erased: " << keys.open(later->state.email).error().message() << "\n"
              << "greetings, still counted: " << later->state.greetings << "\n";
}
