// SPDX-License-Identifier: MIT
// Event, Command, AggregateState and Aggregate: what is one, and what is none.
#include <eventsourcing/core/aggregate.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace shop {
struct Bought {
    std::string item;
};
struct Emptied {};
struct Refunded {
    int amount;
};
template <class T>
struct Moved {
    T to;
};
template <class T>
struct NamedMoved {
    static constexpr std::string_view event_type = "shop.moved";
    T to;
};
class Private {
    [[maybe_unused]] int secret_ = 0;
};
class PrivateWithMembers {
    int secret_ = 0;

public:
    explicit PrivateWithMembers(int secret) : secret_(secret) {}
    [[nodiscard]] int secret() const { return secret_; }
    static void members(auto& self, auto&& member) { member("secret", self.secret_); }
};
struct MoveOnly {
    std::unique_ptr<int> only;
};
struct BadName {
    static constexpr std::string_view event_type = "with blank";
};
struct EmptyName {
    static constexpr std::string_view event_type = "";
};
struct Umläut {};
union Either {
    int a;
    float b;
};
enum class Kind { one };
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

namespace nobody {
struct Orphan {};
struct SelfNamed {
    static constexpr std::string_view event_type = "self.named";
    static constexpr std::string_view event_source = "events://example.org/self";
};
struct WithoutSource {
    static constexpr std::string_view event_type = "without.source";
};
} // namespace nobody

// ---- Event ----
static_assert(es::Event<shop::Bought>);
static_assert(es::Event<shop::Emptied>, "no fields are fine");
static_assert(es::Event<shop::NamedMoved<int>>, "a template that names itself");
static_assert(es::Event<shop::PrivateWithMembers>, "a class that lists its members");
static_assert(es::Event<nobody::SelfNamed>, "no family needed");

static_assert(!es::Event<shop::Moved<int>>, "a template has no portable name");
static_assert(!es::Event<shop::Umläut>, "nor has a non-ASCII one");
static_assert(!es::Event<shop::Private>);
static_assert(!es::Event<shop::MoveOnly>, "stores keep copies");
static_assert(!es::Event<shop::BadName>);
static_assert(!es::Event<shop::EmptyName>);
static_assert(!es::Event<shop::Either>);
static_assert(!es::Event<shop::Kind>);
static_assert(!es::Event<int>);
static_assert(!es::Event<std::variant<shop::Bought>>);
static_assert(!es::Event<nobody::Orphan>, "nobody names it");
static_assert(!es::Event<nobody::WithoutSource>);

// ---- Command ----
struct Buy {
    std::string item;
};
struct Immovable {
    Immovable(const Immovable&) = delete;
};
static_assert(es::Command<Buy>);
static_assert(es::Command<shop::MoveOnly>, "a command is never stored");
static_assert(es::Command<shop::Private>);

static_assert(!es::Command<Immovable>);
static_assert(!es::Command<std::variant<Buy>>);
static_assert(!es::Command<shop::Kind>);
static_assert(!es::Command<int>);
static_assert(!es::Command<Buy&>);

// ---- AggregateState ----
struct State {
    int items = 0;
    es::Generation generation{};
};
struct WithoutGeneration {};
struct WrongGeneration {
    unsigned long generation = 0;
};
struct FunctionGeneration {
    [[nodiscard]] es::Generation generation() const { return {}; }
};
struct ConstGeneration {
    const es::Generation generation{};
};
class PrivateGeneration {
    es::Generation generation{};
};
struct NoDefault {
    explicit NoDefault(int) {}
    es::Generation generation{};
};
static_assert(es::AggregateState<State>);
static_assert(es::AggregateState<es::Tracked<std::variant<Buy, int>>>);
static_assert(es::AggregateState<es::Tracked<WithoutGeneration>>);

static_assert(!es::AggregateState<WithoutGeneration>);
static_assert(!es::AggregateState<WrongGeneration>, "a number is no generation");
static_assert(!es::AggregateState<FunctionGeneration>);
static_assert(!es::AggregateState<ConstGeneration>);
static_assert(!es::AggregateState<PrivateGeneration>);
static_assert(!es::AggregateState<NoDefault>);
static_assert(!es::AggregateState<int>);

// ---- Aggregate ----
struct Good {
    using Command = std::variant<Buy>;
    using Event = std::variant<shop::Bought, shop::Emptied>;
    using State = ::State;
    static State apply_event(State s, const shop::Bought&) { return s; }
    static State apply_event(State s, const shop::Emptied&) { return s; }
    static shop::Bought handle_command(const State&, const Buy& c) { return {c.item}; }
};
static_assert(es::Aggregate<Good>);

struct ForgotAnEvent : Good {
    static State apply_event(State s, const shop::Bought&) { return s; }
};
static_assert(!es::Aggregate<ForgotAnEvent>);

struct ForgotACommand : Good {
    using Command = std::variant<Buy, shop::MoveOnly>;
};
static_assert(!es::Aggregate<ForgotACommand>);

struct WithData : Good {
    int data = 0;
};
static_assert(!es::Aggregate<WithData>);

struct WithoutTypes {};
static_assert(!es::Aggregate<WithoutTypes>);
static_assert(!es::Aggregate<int>);

struct VoidFromValue : Good {
    static void apply_event(State, const Event&) {}
};
static_assert(!es::Aggregate<VoidFromValue>, "its changes would be lost");

struct WrongState : Good {
    static int apply_event(State, const Event&) { return 0; }
};
static_assert(!es::Aggregate<WrongState>);

struct AnswersBool : Good {
    static bool handle_command(const State&, const Buy&) { return true; }
};
static_assert(!es::Aggregate<AnswersBool>);

struct AnswersStrangers : Good {
    static std::vector<shop::Refunded> handle_command(const State&, const Buy&) { return {}; }
};
static_assert(!es::Aggregate<AnswersStrangers>, "an event that is not of the variant");

struct ChangesWhileDeciding : Good {
    static shop::Bought handle_command(State&, const Buy&) { return {}; }
};
static_assert(!es::Aggregate<ChangesWhileDeciding>, "deciding takes a const State&");

struct Derived : shop::Bought {};
struct WithDerived : Good {
    using Event = std::variant<shop::Bought, Derived>;
    static State apply_event(State s, const shop::Bought&) { return s; }
};
static_assert(!es::Aggregate<WithDerived>);

struct SameName {
    static constexpr std::string_view event_type = "shop.bought";
    static constexpr std::string_view event_source = "x";
};
struct TwoOfOneName : Good {
    using Event = std::variant<shop::Bought, SameName>;
    static State apply_event(State s, const Event&) { return s; }
};
static_assert(!es::Aggregate<TwoOfOneName>);

struct OtherVersion {
    static constexpr std::string_view event_type = "shop.bought";
    static constexpr std::string_view event_type_version = "2.0";
    static constexpr std::string_view event_source = "x";
};
struct TwoVersions : TwoOfOneName {
    using Event = std::variant<shop::Bought, OtherVersion>;
    static State apply_event(State s, const Event&) { return s; }
};
static_assert(es::Aggregate<TwoVersions>, "one name in two versions is two rows of the table");
