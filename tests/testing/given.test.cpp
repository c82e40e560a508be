// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/given.hpp>

#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/testing/catch2.hpp>

#include "catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace shop {
enum class Kind { fruit, tool };
struct Item {
    std::string name;
    int amount = 0;
};
struct Buy {
    std::vector<Item> items;
};
struct Bought {
    std::vector<Item> items;
    std::optional<Item> gift;
    std::map<std::string, int> prices;
    std::variant<int, Item> extra;
    Kind kind = Kind::fruit;
    bool paid = false;
};
struct Closed {};
/// Has its own idea of being the same.
struct Counted {
    int number = 0;
    int ignored = 0;
    bool operator==(const Counted& other) const { return number == other.number; }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
/// Is compared by more than its members show.
struct Sealed {
    int shown = 0;
    int hidden = 0;
    static void members(auto& self, auto&& member) { member("shown", self.shown); }
    bool operator==(const Sealed&) const = default;
};
enum class Refusal { closed };
struct State {
    bool open = true;
    int bought = 0;
    es::Generation generation{};
};
struct Count {
    int number = 0;
};
struct Shop {
    using Command = std::variant<Buy, Count>;
    using Event = std::variant<Bought, Closed, Counted>;
    using State = shop::State;

    static es::Result<void> apply_event(State& s, const Bought& e) {
        if (e.items.empty())
            return es::Error(es::errc::invalid, "nothing was bought");
        s.bought += static_cast<int>(e.items.size());
        return {};
    }
    static void apply_event(State& s, const Closed&) { s.open = false; }
    static void apply_event(State&, const Counted&) {}

    static es::Result<Bought> handle_command(const State& s, const Buy& c) {
        if (!s.open)
            return es::reject(Refusal::closed);
        return Bought{.items = c.items,
                      .gift = Item{"pen", 1},
                      .prices = {{"pear", 3}},
                      .extra = Item{"bag", 1}};
    }
    static Counted handle_command(const State&, const Count& c) { return {c.number, 1}; }
};
} // namespace shop

namespace {
using namespace shop;

const Bought pears{.items = {{"pear", 2}},
                   .gift = Item{"pen", 1},
                   .prices = {{"pear", 3}},
                   .extra = Item{"bag", 1}};
} // namespace

TEST_CASE("events are the same field by field, through containers, optionals, maps and variants") {
    const auto bought = es::given<Shop>().when(Buy{{{"pear", 2}}});
    CHECK(bought.then(pears));
    const auto differs = [&](auto change) {
        Bought other = pears;
        change(other);
        return !bought.then(other);
    };
    CHECK(differs([](Bought& b) { b.items[0].amount = 3; }));
    CHECK(differs([](Bought& b) { b.items.push_back({}); }));
    CHECK(differs([](Bought& b) { b.gift.reset(); }));
    CHECK(differs([](Bought& b) { b.gift->name = "cap"; }));
    CHECK(differs([](Bought& b) { b.prices["pear"] = 4; }));
    CHECK(differs([](Bought& b) { b.prices["fig"] = 4; }));
    CHECK(differs([](Bought& b) { b.extra = 1; }));
    CHECK(differs([](Bought& b) { b.extra = Item{"bag", 2}; }));
    CHECK(differs([](Bought& b) { b.kind = Kind::tool; }));
    CHECK(differs([](Bought& b) { b.paid = true; }));
}

TEST_CASE("an event's own equality comes first") {
    CHECK(es::given<Shop>().when(Count{7}).then(Counted{7, 99}));
    CHECK_FALSE(es::given<Shop>().when(Count{7}).then(Counted{8, 1}));
}

TEST_CASE("what is described is the field that differs") {
    Bought other = pears;
    other.items[0].amount = 3;
    other.kind = Kind::tool;
    CHECK(es::given<Shop>().when(Buy{{{"pear", 2}}}).then(other).describe() ==
          "the decision is not as expected\n"
          "  event 0: shop.bought\n"
          "    items: expected [{name: \"pear\", amount: 3}], got [{name: \"pear\", amount: 2}]\n"
          "    kind: expected tool, got fruit\n");
}

TEST_CASE("values that differ are described differently, each on one line") {
    using es::detail::describe_value;
    CHECK(describe_value(0.1) == "0.1");
    CHECK(describe_value(0.1 + 0.2) == "0.30000000000000004");
    CHECK(describe_value(1e-9F) == "1e-09");
    CHECK(describe_value(std::string("a \"b\"\nc")) == R"("a \"b\"\x0ac")");
    CHECK(describe_value(std::string(1000, 'x')) == '"' + std::string(1000, 'x') + '"');
}

TEST_CASE("a difference is described, also if no member shows it") {
    using es::detail::describe_difference;
    CHECK(describe_difference(Sealed{1, 2}, Sealed{3, 4}, "") == "shown: expected 1, got 3\n");
    CHECK(describe_difference(Sealed{1, 2}, Sealed{1, 3}, "") ==
          "expected {shown: 1}, got {shown: 1}, which differ by their own ==\n");
}

TEST_CASE("containers without an order are compared without it") {
    using Loot = std::unordered_map<std::string, Item>;
    Loot once;
    Loot again;
    for (int i = 0; i < 9; ++i) {
        once.emplace(std::to_string(i), Item{"gem", i});
        again.emplace(std::to_string(8 - i), Item{"gem", 8 - i});
    }
    REQUIRE(once.begin()->first != again.begin()->first); // or the test says nothing
    CHECK(es::detail::same_value(once, again));
    again["4"].amount = 5;
    CHECK_FALSE(es::detail::same_value(once, again));
    again.erase("4");
    CHECK_FALSE(es::detail::same_value(once, again));
}

TEST_CASE("what is described is the event that is missing, of another type, or too many") {
    const auto bought = es::given<Shop>().when(Buy{{{"pear", 2}}});
    CHECK(bought.then(pears, Closed{}).describe() == "the decision is not as expected\n"
                                                     "  event 0: shop.bought, as expected\n"
                                                     "  event 1: expected shop.closed, got none\n");
    CHECK(bought.then(Closed{}).describe() == "the decision is not as expected\n"
                                              "  event 0: expected shop.closed, got shop.bought\n");
    CHECK(bought.then(es::nothing).describe() == "the decision is not as expected\n"
                                                 "  event 0: expected none, got shop.bought\n");
    CHECK(bought.then(pears).describe() == "as expected\n");
}

TEST_CASE("what is described is a rejection that came, or did not come") {
    const auto closed = es::given<Shop>(Closed{}).when(Buy{});
    CHECK(closed.then(es::rejected(Refusal::closed)));
    CHECK_FALSE(closed.then(es::rejected(es::errc::conflict)));
    CHECK(closed.then(pears).describe() == "the decision is not as expected\n"
                                           "  expected 1 event, got an error: closed\n");
    CHECK(es::given<Shop>().when(Count{1}).then(es::rejected(Refusal::closed)).describe() ==
          "the decision is not as expected\n"
          "  expected a rejection (closed), got shop.counted\n");
}

TEST_CASE("a state is looked at once the events are applied to it") {
    const auto bought = es::given<Shop>(pears).when(Buy{{{"pear", 2}, {"fig", 1}}});
    CHECK(bought.then(es::state(
        [](const State& s) { return s.bought == 3 && s.generation == es::Generation{2}; })));
    CHECK(bought.then(es::state([](const State& s) { return !s.open; })).describe() ==
          "the state is not as expected: {open: true, bought: 3, generation: 2}\n");
    CHECK(es::given<Shop>()
              .when(Buy{})
              .then(es::state([](const State&) { return true; }))
              .describe() == "there is no new state: event 0, shop.bought: nothing was bought\n");
}

TEST_CASE("history that can't be applied never passes, and says so") {
    const auto verdict = es::given<Shop>(Bought{}).when(Count{1}).then(Counted{1, 1});
    CHECK_FALSE(verdict);
    CHECK(verdict.describe() == "the events given can't be applied: event 0, shop.bought: "
                                "nothing was bought\n");
    CHECK_FALSE(es::given<Shop>(Bought{}).when(Count{1}).then(es::rejected()));
}

TEST_CASE("a decision whose events can't be applied is an error, as it is for a dispatch") {
    const auto bought = es::given<Shop>().when(Buy{});
    Bought none = pears;
    none.items.clear();
    CHECK_FALSE(bought.then(none));
    CHECK(bought.then(none).describe() ==
          "the decision is not as expected\n"
          "  expected 1 event, got events that can't be applied: event 0, shop.bought: "
          "nothing was bought\n");
    CHECK(bought.then(es::rejected(es::errc::cannot_apply)));
    CHECK_FALSE(bought.then(es::rejected()));
}

TEST_CASE("Catch2 prints the description") {
    const auto verdict = es::given<Shop>().when(Count{1}).then(Closed{});
    CHECK(Catch::Detail::stringify(verdict) == verdict.describe());
}

namespace paint {
/// A bag: the order of its colours says nothing, as its `==` knows.
class Bag {
public:
    Bag() = default;
    Bag(std::initializer_list<int> colours) : colours_(colours) {}
    static void members(auto& self, auto&& member) { member("colours", self.colours_); }
    [[nodiscard]] auto begin() const { return colours_.begin(); }
    [[nodiscard]] auto end() const { return colours_.end(); }
    bool operator==(const Bag& other) const {
        return std::is_permutation(begin(), end(), other.begin(), other.end());
    }

private:
    std::vector<int> colours_;
};
struct Mix {};
struct Hue {
    double share = 0;
};
struct Mixed {
    Bag bag;
    std::unordered_map<std::string, Hue> hues;
    std::unordered_multimap<std::string, Hue> layers;
    std::unordered_set<int> cans;
    double amount = 0;
    nlohmann::json label;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "paint", .source = "events://example.org/paint"};
}
struct Paint {
    using Command = Mix;
    using Event = Mixed;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Mixed&) {}
    static Mixed handle_command(const State&, const Mix&) {
        return {.bag = {1, 2},
                .hues = {{"red", {0.5}}, {"blue", {0.25}}},
                .layers = {{"red", {1}}, {"red", {2}}},
                .cans = {1, 2, 3},
                .amount = 0.1 + 0.2,
                .label = {{"size", 3}}};
    }
};
const Mixed mixed{.bag = {2, 1},
                  .hues = {{"blue", {0.25}}, {"red", {0.5}}},
                  .layers = {{"red", {2}}, {"red", {1}}},
                  .cans = {3, 2, 1},
                  .amount = 0.1 + 0.2,
                  .label = {{"size", 3}}};
} // namespace paint

TEST_CASE("the order in an unordered container is no difference") {
    const auto mixing = es::given<paint::Paint>().when(paint::Mix{});
    CHECK(mixing.then(paint::mixed));
    const auto differs = [&](auto&& change) {
        paint::Mixed other = paint::mixed;
        change(other);
        return !mixing.then(other);
    };
    CHECK(differs([](paint::Mixed& m) { m.bag = {1, 3}; }));
    CHECK(differs([](paint::Mixed& m) { m.hues["red"].share = 0.75; }));
    CHECK(differs([](paint::Mixed& m) { m.hues["green"]; }));
    CHECK(differs([](paint::Mixed& m) { m.layers = {{"red", {1}}, {"red", {1}}}; }));
    CHECK(differs([](paint::Mixed& m) { m.cans.erase(1); }));
}

TEST_CASE("two numbers that differ are described by texts that differ") {
    paint::Mixed other = paint::mixed;
    other.amount = 0.3;
    const auto verdict = es::given<paint::Paint>().when(paint::Mix{}).then(other);
    CHECK(verdict.describe() == "the decision is not as expected\n"
                                "  event 0: paint.mixed\n"
                                "    amount: expected 0.3, got 0.30000000000000004\n" +
                                    verdict.unchecked() + "\n");
}

TEST_CASE("a JSON document in an event is compared and described as a whole") {
    paint::Mixed other = paint::mixed;
    other.label["size"] = 4;
    const auto verdict = es::given<paint::Paint>().when(paint::Mix{}).then(other);
    CHECK(verdict.describe() == "the decision is not as expected\n"
                                "  event 0: paint.mixed\n"
                                "    label: expected {\"size\":4}, got {\"size\":3}\n" +
                                    verdict.unchecked() + "\n");
}

namespace plc {
enum class Register { coil = 1, holding = 40001 };
/// What its `to_json` leaves out is gone when it is read back.
struct Lossy {
    int kept = 0;
    int lost = 0;
};
consteval es::Json json_form(const Lossy&) {
    return es::Json::own;
}
void to_json(nlohmann::json& j, const Lossy& lossy) {
    j = lossy.kept;
}
void from_json(const nlohmann::json& j, Lossy& lossy) {
    lossy.kept = j.get<int>();
}
/// Writes what it does not read.
struct OneWay {
    int number = 0;
};
consteval es::Json json_form(const OneWay&) {
    return es::Json::own;
}
void to_json(nlohmann::json& j, const OneWay& value) {
    j = value.number;
}
void from_json(const nlohmann::json& j, OneWay& value) {
    value.number = static_cast<int>(j.get<std::string>().size());
}
/// It can't be compared.
class Opaque {
public:
    Opaque() = default;
    explicit Opaque(int number) : number_(number) {}
    static es::Result<Opaque> parse(std::string_view text) {
        return Opaque(static_cast<int>(text.size()));
    }
    [[nodiscard]] std::string to_string() const {
        return std::string(static_cast<std::size_t>(number_), 'x');
    }

private:
    int number_ = 0;
};

struct Written {
    Register reg = Register::coil;
    double value = 0;
    std::string text;
    bool operator==(const Written&) const = default;
};
struct Copied {
    Lossy lossy;
    OneWay one_way;
};
struct Tagged {
    std::vector<std::string> tags;
    [[nodiscard]] std::vector<std::string> event_tags() const { return tags; }
};
struct Hidden {
    Opaque opaque;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "plc", .source = "events://example.org/plc"};
}
/// Emits what it is told to.
struct Device {
    using Event = std::variant<Written, Tagged>;
    struct Command {
        std::vector<Event> events;
    };
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Written&) {}
    static void apply_event(State&, const Tagged&) {}
    static es::Events<Event> handle_command(const State&, const Command& c) {
        es::Events<Event> events;
        for (const Event& event : c.events)
            events.push_back(event);
        return events;
    }
};
struct Safe {
    using Command = Hidden;
    using Event = Hidden;
    using State = Device::State;
    static void apply_event(State&, const Hidden&) {}
    static Hidden handle_command(const State&, const Hidden& hidden) { return hidden; }
};
#if defined(__cpp_exceptions) // without them a from_json can't be called
struct Copier {
    using Command = Copied;
    using Event = std::variant<Written, Copied>;
    using State = Device::State;
    static void apply_event(State&, const Written&) {}
    static void apply_event(State&, const Copied&) {}
    static Copied handle_command(const State&, const Copied& copied) { return copied; }
};
#endif
auto emit(Device::Event event) {
    return es::given<Device>().when(Device::Command{{std::move(event)}});
}
auto anything() {
    return es::state([](const Device::State&) { return true; });
}
} // namespace plc

TEST_CASE("events that are as expected but can't be written fail, in the encoder's words") {
    using namespace plc;
    const Written outside{Register::holding, 1, ""};
    CHECK_FALSE(emit(outside).then(outside));
    CHECK(emit(outside).then(outside).describe() ==
          "as expected, but the events don't survive being stored\n"
          "  can't be stored: plc.written: $.reg: expected an enumerator of Register from -16 to "
          "239, got 40001; declare a wider enum_range\n");
    const Written not_a_text{Register::coil, 1, "\xff"};
    CHECK_FALSE(emit(not_a_text).then(not_a_text));
    CHECK(emit(not_a_text).then(not_a_text).describe().find("$.text: expected UTF-8") !=
          std::string::npos);
    const Written right{Register::coil, 1, "text"};
    CHECK(emit(right).then(right));
    CHECK(emit(right).then(right).describe() == "as expected\n");
}

TEST_CASE("events that can't be written fail whatever is expected of the decision") {
    using namespace plc;
    const Written not_a_number{Register::coil, std::numeric_limits<double>::quiet_NaN(), ""};
    CHECK_FALSE(emit(not_a_number).then(anything()));
    CHECK(emit(not_a_number).then(anything()).describe() ==
          "as expected, but the events don't survive being stored\n"
          "  can't be stored: plc.written: $.value: expected a finite number, got NaN, which "
          "JSON can't represent; use an optional for what may have no value\n");
    const auto other = emit(not_a_number).then(Written{}).describe();
    CHECK(other.find("    value: expected 0, got nan\nand the events don't survive being stored\n"
                     "  can't be stored: plc.written: $.value:") != std::string::npos);
}

#if defined(__cpp_exceptions)
TEST_CASE("events that are read back as others, or not at all, fail") {
    using namespace plc;
    const auto verdict = es::given<Copier>().when(Copied{{1, 0}, {0}}).then(anything());
    CHECK(verdict.describe() ==
          "as expected, but the events don't survive being stored\n"
          "  event 0: can't be read back: plc.copied: $.one_way: its from_json failed: "
          "[json.exception.type_error.302] type must be string, but is number\n");
    const Copier::Event stored = Copied{{1, 0}, {}};
    const es::detail::Difference<Copier::Event> difference{stored};
    CHECK(difference(Copied{{1, 2}, {}}) ==
          "    lossy: expected {kept: 1, lost: 2}, got {kept: 1, lost: 0}\n");
    CHECK(difference(Copied{{1, 0}, {}}).empty());
    CHECK(difference(Written{}) == "    another event is read back\n");
}
#endif

TEST_CASE("tags that no store takes fail, in the store's words") {
    using namespace plc;
    CHECK(emit(Tagged{{"a", "b"}}).then(anything()));
    CHECK_FALSE(emit(Tagged{{""}}).then(Tagged{{""}}));
    CHECK(emit(Tagged{{""}}).then(Tagged{{""}}).describe() ==
          "as expected, but the events don't survive being stored\n"
          "  can't be stored: event 0 of the batch: tag \"\": expected 1 to 255 bytes of UTF-8, "
          "got 0 "
          "bytes\n");
}

TEST_CASE("events that can't be compared are written and read back all the same") {
    using namespace plc;
    const auto verdict = es::given<Safe>().when(Hidden{Opaque(3)}).then(anything());
    CHECK(verdict);
    CHECK(verdict.describe() == "as expected\n");
}

namespace views {
struct Look {};
struct Looked {
    std::string_view at;
};
struct Group {
    std::vector<Looked> all;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "views", .source = "events://example.org/views"};
}
struct Viewer {
    using Command = Look;
    using Event = std::variant<Look, Group>;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Look&) {}
    static void apply_event(State&, const Group&) {}
    static Look handle_command(const State&, const Look&) { return {}; }
};
} // namespace views

TEST_CASE("a verdict says that it can't store events without a JSON form") {
    const auto verdict = es::given<views::Viewer>().when(views::Look{}).then(views::Look{});
    CHECK(verdict);
    CHECK(
        verdict.unchecked().starts_with("not checked: whether the events can be stored, because "));
    CHECK(verdict.unchecked().find("views::Group::all.at (std::basic_string_view<char") !=
          std::string::npos);
    CHECK(verdict.unchecked().ends_with(") can't be written as JSON and read back"));
    CHECK(verdict.describe() == "as expected\n" + verdict.unchecked() + "\n");
    CHECK(es::given<Shop>().when(Count{1}).then(Counted{1, 1}).unchecked().empty());
}

namespace grid {
struct Fill {
    int number = 0;
};
struct Money {
    int cents = 0;
};
struct Filled {
    int cells[3];
    Money prices[2][1];
    std::tuple<int, Money> paid;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "grid", .source = "events://example.org/grid"};
}
struct Grid {
    using Command = Fill;
    using Event = Filled;
    struct State {
        es::Generation generation{};
    };
    static void apply_event(State&, const Filled&) {}
    static Filled handle_command(const State&, const Fill& c) {
        return {{c.number, 2, 3}, {{{4}}, {{5}}}, {6, {7}}};
    }
};
} // namespace grid

TEST_CASE("C arrays and tuples in an event are compared element by element") {
    const auto filling = es::given<grid::Grid>().when(grid::Fill{1});
    const grid::Filled filled{{1, 2, 3}, {{{4}}, {{5}}}, {6, {7}}};
    CHECK(filling.then(filled));
    CHECK(filling.then(filled).describe() == "as expected\n");
    const auto differs = [&](auto change) {
        grid::Filled other = filled;
        change(other);
        return !filling.then(other);
    };
    CHECK(differs([](grid::Filled& f) { f.cells[2] = 4; }));
    CHECK(differs([](grid::Filled& f) { f.prices[1][0].cents = 6; }));
    CHECK(differs([](grid::Filled& f) { std::get<0>(f.paid) = 7; }));
    CHECK(differs([](grid::Filled& f) { std::get<1>(f.paid).cents = 8; }));
}

TEST_CASE("C arrays and tuples that differ are described element by element") {
    const grid::Filled other{{1, 2, 4}, {{{4}}, {{6}}}, {6, {8}}};
    CHECK(es::given<grid::Grid>().when(grid::Fill{1}).then(other).describe() ==
          "the decision is not as expected\n"
          "  event 0: grid.filled\n"
          "    cells: expected [1, 2, 4], got [1, 2, 3]\n"
          "    prices: expected [[{cents: 4}], [{cents: 6}]], got [[{cents: 4}], [{cents: 5}]]\n"
          "    paid: expected [6, {cents: 8}], got [6, {cents: 7}]\n");
}
