// SPDX-License-Identifier: MIT
// An aggregate whose events hold personal data, of one person and of two.
#ifndef EVENTSOURCING_TESTS_PERSONAL_PEOPLE_HPP
#define EVENTSOURCING_TESTS_PERSONAL_PEOPLE_HPP

#include <eventsourcing/eventsourcing.hpp>
#include <eventsourcing/personal/personal.hpp>

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace people {

namespace es = eventsourcing;

struct Address {
    std::string street;
    int number = 0;
    bool operator==(const Address&) const = default;
};

struct Register {
    std::string person_id;
    es::Personal<std::string> email;
    es::Personal<Address> home;
};
struct Marry {
    es::Personal<std::string> own_name;
    es::Personal<std::string> other_name;
};

struct Registered {
    std::string person_id;
    es::Personal<std::string> email;
    es::Personal<Address> home;
};
struct Married {
    es::Personal<std::string> own_name;
    es::Personal<std::string> other_name;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "people", .source = "events://example.org/people"};
}

struct Person {
    using Command = std::variant<Register, Marry>;
    using Event = std::variant<Registered, Married>;
    struct State {
        es::Personal<std::string> email;
        es::Personal<Address> home;
        es::Personal<std::string> spouse;
        es::Generation generation{};
        bool operator==(const State&) const = default;
    };

    static void apply_event(State& s, const Registered& e) {
        s.email = e.email;
        s.home = e.home;
    }
    static void apply_event(State& s, const Married& e) { s.spouse = e.other_name; }

    static es::Result<Registered> handle_command(const State& s, const Register& c) {
        if (!s.email.empty())
            return es::reject("registered already");
        return Registered{c.person_id, c.email, c.home};
    }
    static Married handle_command(const State&, const Marry& c) {
        return {c.own_name, c.other_name};
    }
};

/// A store whose first answer is lost.
template <class Store>
struct Lossy {
    static constexpr es::Capabilities capabilities = Store::capabilities;
    Store inner;
    std::shared_ptr<bool> lose = std::make_shared<bool>(true);

    es::Result<es::Receipt> append(es::StreamNameView stream, es::ExpectedRevision expected,
                                   const es::EventBatch& batch,
                                   const es::AppendCondition& condition = {},
                                   const es::CallOptions& call = {}) {
        auto receipt = inner.append(stream, expected, batch, condition, call);
        if (receipt && std::exchange(*lose, false))
            return es::errc::unknown_outcome;
        return receipt;
    }
    es::Result<es::Receipt> append_unchecked(es::StreamNameView stream, const es::EventBatch& batch,
                                             const es::CallOptions& call = {}) {
        return inner.append_unchecked(stream, batch, call);
    }
};

} // namespace people

#endif
