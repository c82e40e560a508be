// SPDX-License-Identifier: MIT
// Layouts and fingerprints: these texts are what every compiler must find, so they are written
// down. A change here makes the snapshots of all applications useless: raise the number in
// StateFingerprint with it.
#include <eventsourcing/codec/fingerprint.hpp>

#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace shop {
enum class Kind { gift, book, toy = 7 };
struct Price {
    std::int64_t amount;
    std::string currency;
};
struct Line {
    std::string sku;
    std::uint16_t count;
    Price price;
    std::optional<std::string> note;
};
struct Tree {
    std::string name;
    std::vector<Tree> children;
};
struct Nested { // the same name as the struct in it
    struct Line {
        std::map<std::string, Nested> inner;
    };
    std::vector<Line> lines;
};
struct Opaque {
    static constexpr int layout = 3;
    int x = 0;
    static void members(auto& self, auto&& member) { member("x", self.x); }
};
template <class T>
struct Holder {
    T x{};
    static void members(auto& self, auto&& member) { member("x", self.x); }
};
struct Tagged {
    static constexpr std::string_view json_name = "a \"tag\"";
    int n;
};
struct OrderId {
    int value = 0;
    static auto& json_value(auto& self) { return self.value; }
    auto operator<=>(const OrderId&) const = default;
};
class Email {
public:
    static es::Result<Email> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
};
struct Empty {};
} // namespace shop

// ---- what each form looks like ------------------------------------------------------------------

static_assert(es::layout_text<bool>() == "bool");
static_assert(es::layout_text<std::uint8_t>() == "uint8");
static_assert(es::layout_text<long long>() == "int64");
static_assert(es::layout_text<long>() == es::layout_text<long long>());
static_assert(es::layout_text<float>() == "float");
static_assert(es::layout_text<double>() == "double");
static_assert(es::layout_text<std::string>() == "text");
static_assert(es::layout_text<std::monostate>() == "null");
static_assert(es::layout_text<nlohmann::json>() == "json");
static_assert(es::layout_text<es::Position>() == "position");
static_assert(es::layout_text<es::Revision>() == "uint64");
static_assert(es::layout_text<std::optional<int>>() == "int32?");
static_assert(es::layout_text<shop::Empty>() == "{}");
static_assert(es::layout_text<shop::Kind>() == "<gift|book|toy>");
static_assert(es::layout_text<shop::Line>() ==
              "{sku:text,count:uint16,price:{amount:int64,currency:text},note:text?}");
static_assert(es::layout_text<std::vector<bool>>() == "[bool]");
static_assert(es::layout_text<std::deque<int>>() == "[int32]");
static_assert(es::layout_text<std::set<std::string>>() == "set[text]");
static_assert(es::layout_text<std::array<double, 3>>() == "[double;3]");
static_assert(es::layout_text<std::tuple<>>() == "[,]");
static_assert(es::layout_text<std::pair<int, std::string>>() == "[int32,text,]");
static_assert(es::layout_text<std::map<shop::OrderId, shop::Price>>() ==
              "map[int32,{amount:int64,currency:text}]");
static_assert(es::layout_text<std::variant<std::monostate, shop::Price, shop::Tagged>>() ==
              R"((none:null|price:{amount:int64,currency:text}|"a \"tag\"":{n:int32}))");
static_assert(es::layout_text<std::chrono::milliseconds>() == "duration(int64*1/1000)");
static_assert(es::layout_text<std::chrono::sys_seconds>() == "time(1/1)");
static_assert(es::layout_text<std::filesystem::path>() == "text(path)");
static_assert(es::layout_text<es::Timestamp>() == "text(Timestamp)");
static_assert(es::layout_text<es::Uuid>() == "text(Uuid)");
static_assert(es::layout_text<shop::Email>() == "text(Email)");
static_assert(es::layout_text<shop::Opaque>() == "own(Opaque 3)");
static_assert(es::layout_text<shop::Holder<std::string>>() == "own(Holder)");
static_assert(es::layout_text<shop::Tree>() == "{name:text,children:[^1]}");
static_assert(es::layout_text<shop::Nested>() == "{lines:[{inner:map[text,^2]}]}");

// ---- fingerprints -------------------------------------------------------------------------------

namespace shop {
struct Open {};
/// Variations of one aggregate.
template <class S, class E, int revision = 0>
struct Of {
    using Command = Open;
    using Event = E;
    using State = S;
    static constexpr std::string_view evolve_revision = revision == 0 ? "" : "1";
};
struct S1 {
    int a = 0;
    std::string b;
    es::Generation generation{};
};
struct Renamed {
    int a = 0;
    std::string c;
    es::Generation generation{};
};
struct OtherOrder {
    std::string b;
    int a = 0;
    es::Generation generation{};
};
struct Wider {
    long a = 0;
    std::string b;
    es::Generation generation{};
};
struct MadeOptional {
    int a = 0;
    std::optional<std::string> b;
    es::Generation generation{};
};
struct Deep1 {
    std::map<std::string, std::vector<Line>> lines;
    es::Generation generation{};
};
struct DeepLine {
    std::string sku;
    std::uint16_t count;
    Price price;
    std::string note; // not optional
};
struct Deep2 {
    std::map<std::string, std::vector<DeepLine>> lines;
    es::Generation generation{};
};
struct WithRevision {
    static constexpr std::string_view evolve_revision = "1";
    int a = 0;
    std::string b;
    es::Generation generation{};
};
struct E1 {
    static constexpr std::string_view event_type = "shop.e";
    int x;
};
struct E2 { // a renamed field
    static constexpr std::string_view event_type = "shop.e";
    int y;
};
struct E3 { // another version
    static constexpr std::string_view event_type = "shop.e", event_type_version = "2.0";
    int x;
};
struct OtherType {
    static constexpr std::string_view event_type = "shop.f";
    int x;
};
struct WithAlias {
    static constexpr std::string_view event_type = "shop.e";
    static constexpr std::array event_type_aliases{std::string_view("shop.old")};
    int x;
};
struct Upcast { // from E1
    static constexpr std::string_view event_type = "shop.e", event_type_version = "2.0";
    int x;
    static Upcast upcast(const E1& old) { return {old.x}; }
};
struct OtherUpcast { // from E2
    static constexpr std::string_view event_type = "shop.e", event_type_version = "2.0";
    int x;
    static OtherUpcast upcast(const E2& old) { return {old.y}; }
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

namespace elsewhere {
enum class Kind { gift, book, toy = 7 };
struct S1 {
    int a = 0;
    std::string b;
    es::Generation generation{};
};
struct E1 {
    static constexpr std::string_view event_type = "shop.e";
    int x;
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "other", .source = "events://example.org/elsewhere"};
}
} // namespace elsewhere

namespace shop {

template <class A>
inline constexpr std::string_view print = es::state_fingerprint<A>();
template <class A, class B>
inline constexpr bool same = print<A> == print<B>;

// The same on every compiler.
static_assert(print<Of<S1, E1>> ==
              "c379ef467d80acb86b6d67e1c3cb974fee4c110e2fc62c5def31f7100b3448a8");

static_assert(same<Of<S1, E1>, Of<S1, E1>>);
static_assert(same<Of<S1, E1>, Of<elsewhere::S1, elsewhere::E1>>); // another namespace
static_assert(same<Of<S1, std::variant<E1>>, Of<S1, E1>>);

static_assert(!same<Of<S1, E1>, Of<Renamed, E1>>);
static_assert(!same<Of<S1, E1>, Of<OtherOrder, E1>>);
static_assert(!same<Of<S1, E1>, Of<Wider, E1>>);
static_assert(!same<Of<S1, E1>, Of<MadeOptional, E1>>);
static_assert(!same<Of<Deep1, E1>, Of<Deep2, E1>>);
static_assert(!same<Of<S1, E1>, Of<S1, E2>>);
static_assert(!same<Of<S1, E1>, Of<S1, E3>>);
static_assert(!same<Of<S1, E1>, Of<S1, OtherType>>);
static_assert(!same<Of<S1, E1>, Of<S1, WithAlias>>);
static_assert(!same<Of<S1, E3>, Of<S1, Upcast>>);          // an older version can be read
static_assert(!same<Of<S1, Upcast>, Of<S1, OtherUpcast>>); // an older version has another field
static_assert(!same<Of<S1, std::variant<Upcast>>, Of<S1, std::variant<E3, E1>>>);
static_assert(!same<Of<S1, std::variant<E1>>, Of<S1, std::variant<E1, OtherType>>>);
static_assert(!same<Of<S1, E1>, Of<S1, E1, 1>>);        // evolve_revision of the aggregate
static_assert(!same<Of<S1, E1>, Of<WithRevision, E1>>); // of the state
static_assert(!same<Of<S1, E1, 1>, Of<WithRevision, E1>>);

template <class S, class E>
struct Ignoring : Of<S, E> {
    static constexpr auto unknown_events = es::ignore;
};
static_assert(!same<Of<S1, E1>, Ignoring<S1, E1>>); // other events are folded

} // namespace shop
