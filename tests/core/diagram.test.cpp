// SPDX-License-Identifier: MIT
#include <eventsourcing/core/diagram.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>

#include "catch.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {
namespace shop {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
struct OpenedV1 {
    static constexpr std::string_view event_type = "shop.opened";
};
struct OpenedV2 {
    static constexpr std::string_view event_type = "shop.opened";
    static constexpr std::string_view event_type_version = "2.0";
    static OpenedV2 upcast(const OpenedV1&) { return {}; }
};
struct Opened {
    static constexpr std::string_view event_type_version = "3.0";
    static Opened upcast(const OpenedV2&) { return {}; }
};
struct Sold {};
struct Closed {};
struct Open {};
struct Sell {};
struct TrySell {};
struct SellAll {};
struct Close {};
struct Ask {};
struct Either {};

struct Shop {
    using Command = std::variant<Open, Sell, TrySell, SellAll, Close, Ask, Either>;
    using Event = std::variant<Opened, Sold, Closed>;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Event&) {}
    static Opened handle_command(const State&, const Open&) { return {}; }
    static es::Result<Sold> handle_command(const State&, const Sell&) { return Sold{}; }
    static std::optional<Sold> handle_command(const State&, const TrySell&) { return {}; }
    static std::vector<Sold> handle_command(const State&, const SellAll&) { return {}; }
    static es::Result<es::Events<Event>> handle_command(const State&, const Close&) {
        return {Sold{}, Closed{}};
    }
    static es::Nothing handle_command(const State&, const Ask&) { return es::nothing; }
    static Event handle_command(const State&, const Either&) { return Sold{}; }
};
/// One event, one command, one function for the whole.
struct Door {
    using Command = Close;
    using Event = Closed;
    using State = Shop::State;
    static void apply_event(State&, const Closed&) {}
    static Closed handle_command(const State&, const Close&) { return {}; }
};
} // namespace shop
} // namespace

TEST_CASE("a diagram shows which command may cause which event, and what older forms become") {
    CHECK(es::diagram<shop::Shop>() == R"(flowchart LR
  subgraph aggregate["Shop"]
    c0[/"Open"/]
    c1[/"Sell"/]
    c2[/"TrySell"/]
    c3[/"SellAll"/]
    c4[/"Close"/]
    c5[/"Ask"/]
    c6[/"Either"/]
    e0(["shop.opened 3.0"])
    e1(["shop.sold 1.0"])
    e2(["shop.closed 1.0"])
  end
  e3(["shop.opened 2.0"])
  e3 -- upcast --> e0
  e4(["shop.opened 1.0"])
  e4 -- upcast --> e3
  c0 --> e0
  c1 --> e1
  c2 -.-> e1
  c3 -.-> e1
  c4 -.-> e0
  c4 -.-> e1
  c4 -.-> e2
  c6 -.-> e0
  c6 -.-> e1
  c6 -.-> e2
)");
}

TEST_CASE("a diagram of an aggregate with one command and one event has one arrow") {
    CHECK(es::diagram<shop::Door>() == R"(flowchart LR
  subgraph aggregate["Door"]
    c0[/"Close"/]
    e0(["shop.closed 1.0"])
  end
  c0 --> e0
)");
}
