// SPDX-License-Identifier: MIT
// What is private in an event is listed by the event itself.
// expect: es: an event is a plain struct: no constructors, no private members; or give this one a line
// expect: static void members(auto& self, auto&& member)
// expect: bank::Deposited
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>

namespace es = eventsourcing;

namespace bank {
struct Deposit {
    int amount;
};
class Deposited {
public:
    Deposited() = default;
    explicit Deposited(int amount) : amount_(amount) {}
    [[nodiscard]] int amount() const { return amount_; }
#ifndef MUST_FAIL
    static void members(auto& self, auto&& member) { member("amount", self.amount_); }
#endif

private:
    int amount_ = 0;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "bank", .source = "events://bank.example"};
}
} // namespace bank

static_assert(es::detail::explain_event_type<void, bank::Deposited>());
