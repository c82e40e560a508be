// SPDX-License-Identifier: MIT
// Storable: which events can be written and read back, and what is named where one can't.
#include <eventsourcing/codec/storable.hpp>

#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

// Only nlohmann's forward declarations are here: the answer does not depend on more.

namespace es = eventsourcing;

namespace shop {
enum class Kind { fruit };
enum class Far { away = 40'000 };
enum Untyped { untyped };

struct Tree {
    std::string name;
    std::vector<Tree> children;
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
class NoDefault {
public:
    explicit NoDefault(int number);
    static es::Result<NoDefault> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
};
class Own {
    friend void to_json(nlohmann::json&, const Own&);
    friend void from_json(const nlohmann::json&, Own&);

public:
    Own();
};
/// Only the functions of its base class are found.
class OwnAndMore : public Own {
public:
    int more = 0;
};
class OneWay {
    friend void to_json(nlohmann::json&, const OneWay&);

public:
    OneWay();
};
/// Reads into a copy.
class ReadsCopy {
    friend void to_json(nlohmann::json&, const ReadsCopy&);
    friend void from_json(const nlohmann::json&, ReadsCopy);

public:
    ReadsCopy();
};
/// Writes nothing.
class WritesNothing {
    friend void to_json(const nlohmann::json&, const WritesNothing&);
    friend void from_json(const nlohmann::json&, WritesNothing&);

public:
    WritesNothing();
};
class Listed {
    std::string text_;

public:
    static void members(auto& self, auto&& member) { member("text", self.text_); }
};
/// Has no default, but the library can make one.
struct Named {
    es::StreamName stream;
    int number = 0;
};

struct Bought {
    Tree tree;
    std::map<OrderId, std::optional<Kind>> kinds;
    std::variant<int, Tree> extra;
    std::tuple<int, std::pair<bool, double>> numbers;
    std::array<Email, 2> emails;
    int rows[3];
    std::chrono::sys_seconds at;
    std::set<std::string> tags;
    std::vector<Listed> listed;
    Named named;
};
struct Closed {};

template <class T>
struct With {
    static constexpr std::string_view event_type = "shop.with";
    int before = 0;
    T part;
};
struct Item {
    std::string name;
    std::shared_ptr<int> owner;
};
class Private {
    [[maybe_unused]] int number_ = 0;
};
struct HasReference {
    int& number;
};

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}

static_assert(es::Storable<Bought>);
static_assert(es::Storable<Closed>);
static_assert(es::Storable<Named>);
static_assert(es::Storable<std::variant<Bought, Closed>>);

/// What is named where `With<T>` can't be stored: the member, and the type that has no form.
template <class T, es::detail::Text Member, class Type>
inline constexpr bool blames =
    !es::Storable<With<T>> && std::same_as<es::detail::FirstPartWithoutJson<With<T>>,
                                           es::detail::PartWithoutJson<With<T>, Member, Type>>;

static_assert(es::Storable<With<Kind>>);
static_assert(blames<Far, "part", Far>);
static_assert(blames<Untyped, "part", Untyped>);
static_assert(blames<char, "part", char>);
static_assert(blames<std::string_view, "part", std::string_view>);
static_assert(blames<const int, "part", const int>);
static_assert(blames<int*, "part", int*>);
static_assert(blames<Private, "part", Private>);
static_assert(es::Storable<With<Own>> == es::detail::has_exceptions);
static_assert(blames<OwnAndMore, "part", OwnAndMore>);
static_assert(blames<OneWay, "part", OneWay>);
static_assert(blames<ReadsCopy, "part", ReadsCopy>);
static_assert(blames<WritesNothing, "part", WritesNothing>);
static_assert(blames<std::shared_ptr<int>[2], "part", std::shared_ptr<int>>);
static_assert(blames<std::vector<Item>, "part.owner", std::shared_ptr<int>>);
static_assert(blames<With<With<Item>>, "part.part.part.owner", std::shared_ptr<int>>);
static_assert(blames<std::map<int, Item>, "part.owner", std::shared_ptr<int>>);
static_assert(blames<std::map<Tree, int>, "part", std::map<Tree, int>>);
static_assert(blames<std::multimap<int, int>, "part", std::multimap<int, int>>);
static_assert(blames<std::span<const int>, "part", std::span<const int>>);
static_assert(blames<std::optional<std::optional<int>>, "part", std::optional<std::optional<int>>>);
static_assert(blames<std::optional<Item>, "part.owner", std::shared_ptr<int>>);
static_assert(blames<std::variant<int, Item>, "part.owner", std::shared_ptr<int>>);
static_assert(blames<std::variant<int, int>, "part", std::variant<int, int>>);
static_assert(blames<std::pair<int, char>, "part", char>);
static_assert(blames<std::array<char, 2>, "part", char>);
static_assert(
    blames<std::chrono::steady_clock::time_point, "part", std::chrono::steady_clock::time_point>);
static_assert(blames<std::vector<NoDefault>, "part", std::vector<NoDefault>>);

// the first of a variant, whose other events are all right
static_assert(std::same_as<
              es::detail::FirstPartWithoutJson<std::variant<Bought, Closed, With<char>, With<Far>>>,
              es::detail::PartWithoutJson<With<char>, "part", char>>);
// an event that can't be made to be read into
static_assert(std::same_as<es::detail::FirstPartWithoutJson<With<NoDefault>>,
                           es::detail::EventWithoutDefault<With<NoDefault>>>);
static_assert(!es::Storable<With<NoDefault>>);

static_assert(!es::Storable<HasReference>);
static_assert(!es::Storable<int>);
static_assert(!es::Storable<Kind>);
static_assert(!es::Storable<std::variant<Bought, int>>);
static_assert(!es::Storable<std::vector<Bought>>);
} // namespace shop
