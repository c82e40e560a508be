// SPDX-License-Identifier: MIT
// Any text, read straight into structs: the library takes, refuses and reads what a strict decoder
// does that goes through a nlohmann document. What was taken is written, shuffled and read again.
#include <eventsourcing/codec/json.hpp>

#include "codec/reference.hpp"
#include "fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fuzzed {

namespace es = eventsourcing;
using nlohmann::json;

struct Flat { // as most events are
    std::string entity_id;
    std::uint32_t damage = 0;
    std::string weapon;
    bool critical = false;
    bool operator==(const Flat&) const = default;
};

struct Numbers {
    std::int8_t i8 = 0;
    std::int16_t i16 = 0;
    std::int32_t i32 = 0;
    std::int64_t i64 = 0;
    std::uint8_t u8 = 0;
    std::uint16_t u16 = 0;
    std::uint64_t u64 = 0;
    double ratio = 0;
    bool operator==(const Numbers&) const = default;
};

struct Tree { // as deep as the text
    std::string name;
    std::vector<Tree> children;
    std::optional<std::string> note;
    bool operator==(const Tree&) const = default;
};

enum class Kind { melee, ranged, magic };

struct Money { // has its own functions
    std::int64_t cents = 0;
    bool operator==(const Money&) const = default;
};
consteval es::Json json_form(const Money& /*money*/) {
    return es::Json::own;
}
void to_json(json& j, const Money& money) {
    j = {{"cents", money.cents}};
}
void from_json(const json& j, Money& money) {
    if (!j.at("cents").is_number_integer())
        throw std::runtime_error("not cents");
    money.cents = j.at("cents").get<std::int64_t>();
}

struct Mixed {
    Kind kind = Kind::melee;
    std::optional<Flat> flat;
    std::variant<Flat, Numbers, bool> either;
    std::map<std::string, std::int32_t> by_name;
    std::map<std::int16_t, Kind> by_number;
    std::array<std::uint8_t, 3> color{};
    std::set<std::string> tags;
    std::vector<bool> bits;
    std::optional<std::vector<double>> prices;
    json anything;
    Money money;
    bool operator==(const Mixed&) const = default;
};

class Account { // its members are named by a line
public:
    static void members(auto& self, auto&& member) {
        member("the \"id\"", self.id_);
        member("d\u00e9bit", self.debit_);
        member("", self.nothing_);
    }
    bool operator==(const Account&) const = default;
    bool read(const json& document);

private:
    std::string id_;
    std::optional<std::uint32_t> debit_;
    bool nothing_ = false;
};

// ---- the reference: strict conversions, written for these types --------------------------------

template <class Integer>
    requires std::is_integral_v<Integer>
bool convert(const json& from, Integer& to) {
    if constexpr (std::is_same_v<Integer, bool>) {
        if (!from.is_boolean())
            return false;
        to = from.get<bool>();
        return true;
    } else {
        constexpr auto low = std::numeric_limits<Integer>::min();
        constexpr auto high = std::numeric_limits<Integer>::max();
        const bool fits = from.is_number_unsigned()
                              ? from.get<std::uint64_t>() <= static_cast<std::uint64_t>(high)
                              : from.is_number_integer() &&
                                    std::cmp_greater_equal(from.get<std::int64_t>(), low) &&
                                    std::cmp_less_equal(from.get<std::int64_t>(), high);
        if (fits)
            to = from.get<Integer>();
        return fits;
    }
}
bool convert(const json& from, double& to) {
    if (!from.is_number())
        return false;
    to = from.get<double>();
    return true;
}
bool convert(const json& from, std::string& to) {
    if (!from.is_string())
        return false;
    to = from.get<std::string>();
    return true;
}
bool convert(const json& from, json& to) {
    to = from;
    return true;
}
bool convert(const std::string& from, Kind& to) {
    const std::string_view names[] = {"melee", "ranged", "magic"};
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (from == names[i]) {
            to = static_cast<Kind>(i);
            return true;
        }
    return false;
}
bool convert(const json& from, Kind& to) {
    return from.is_string() && convert(from.get_ref<const std::string&>(), to);
}
bool convert(const json& from, Money& to) {
    if (!from.is_object() || !from.contains("cents") || !from["cents"].is_number_integer())
        return false;
    to.cents = from["cents"].get<std::int64_t>();
    return true;
}
bool convert(const json& from, Flat& to);
bool convert(const json& from, Numbers& to);
bool convert(const json& from, Tree& to);

template <class T>
bool convert(const json& from, std::vector<T>& to);

template <class T>
bool convert(const json& from, std::optional<T>& to) {
    to.reset();
    return from.is_null() || convert(from, to.emplace());
}
template <class T>
bool convert(const json& from, std::vector<T>& to) {
    if (!from.is_array())
        return false;
    to.clear();
    for (const auto& element : from) {
        T value{};
        if (!convert(element, value))
            return false;
        to.push_back(std::move(value));
    }
    return true;
}
bool convert(const json& from, std::set<std::string>& to) {
    std::vector<std::string> elements;
    if (!convert(from, elements))
        return false;
    to = {elements.begin(), elements.end()};
    return to.size() == elements.size();
}
bool convert(const json& from, std::array<std::uint8_t, 3>& to) {
    std::vector<std::uint8_t> elements;
    if (!convert(from, elements) || elements.size() != to.size())
        return false;
    std::copy(elements.begin(), elements.end(), to.begin());
    return true;
}
bool convert(const json& from, std::map<std::string, std::int32_t>& to) {
    if (!from.is_object())
        return false;
    to.clear();
    for (const auto& [name, value] : from.items())
        if (!convert(value, to[name]))
            return false;
    return true;
}
bool convert(const json& from, std::map<std::int16_t, Kind>& to) {
    if (!from.is_object())
        return false;
    to.clear();
    for (const auto& [name, value] : from.items()) {
        std::int16_t key = 0;
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        // without what the parser takes around a number
        const bool is_number = !name.empty() && (name[0] == '-' || is_digit(name[0])) &&
                               is_digit(name.back()) && name.find('\0') == name.npos;
        const auto number = json::parse(name, nullptr, false);
        if (!is_number || !convert(number, key) || to.contains(key) || !convert(value, to[key]))
            return false;
    }
    return true;
}
bool convert(const json& from, std::variant<Flat, Numbers, bool>& to) {
    if (!from.is_object() || from.size() != 1)
        return false;
    const auto& value = *from.begin();
    const auto& name = from.begin().key();
    return (name == "flat" && convert(value, to.emplace<Flat>())) ||
           (name == "numbers" && convert(value, to.emplace<Numbers>())) ||
           (name == "bool" && convert(value, to.emplace<bool>()));
}

template <class T>
bool member(const json& from, const char* name, T& to) {
    return from.contains(name) && convert(from[name], to);
}
template <class T>
bool member(const json& from, const char* name, std::optional<T>& to) {
    to.reset();
    return !from.contains(name) || convert(from[name], to);
}

bool convert(const json& from, Flat& to) {
    return from.is_object() && member(from, "entity_id", to.entity_id) &&
           member(from, "damage", to.damage) && member(from, "weapon", to.weapon) &&
           member(from, "critical", to.critical);
}
bool convert(const json& from, Numbers& to) {
    return from.is_object() && member(from, "i8", to.i8) && member(from, "i16", to.i16) &&
           member(from, "i32", to.i32) && member(from, "i64", to.i64) &&
           member(from, "u8", to.u8) && member(from, "u16", to.u16) &&
           member(from, "u64", to.u64) && member(from, "ratio", to.ratio);
}
bool convert(const json& from, Tree& to) {
    return from.is_object() && member(from, "name", to.name) &&
           member(from, "children", to.children) && member(from, "note", to.note);
}
bool convert(const json& from, Mixed& to) {
    return from.is_object() && member(from, "kind", to.kind) && member(from, "flat", to.flat) &&
           member(from, "either", to.either) && member(from, "by_name", to.by_name) &&
           member(from, "by_number", to.by_number) && member(from, "color", to.color) &&
           member(from, "tags", to.tags) && member(from, "bits", to.bits) &&
           member(from, "prices", to.prices) && member(from, "anything", to.anything) &&
           member(from, "money", to.money);
}
bool convert(const json& from, Account& to) {
    return from.is_object() && to.read(from);
}
bool Account::read(const json& document) {
    return member(document, "the \"id\"", id_) && member(document, "d\u00e9bit", debit_) &&
           member(document, "", nothing_);
}

// ---- the check
// -----------------------------------------------------------------------------------

using fuzz::require;

template <class T>
void require_read_as(const T& value, std::string_view text) {
    const auto again = es::decode_json<T>(text);
    require(again.has_value(), "what was taken is taken again", text);
    require(*again == value, "the same value again", text);
}

/// `used` has the remains of a value that was read before.
template <class T>
void check(std::string_view text, const json_reference::Parsed& parsed, T used) {
    const auto value = es::decode_json<T>(text);
    T expected{};
    const bool is_value = parsed.document && convert(*parsed.document, expected);
    if (!value) {
        require(!is_value || parsed.number_too_big, "taken, as by the reference", text);
        require(value.error().kind() == es::errc::malformed, "malformed", text);
        fuzz::require_readable(value.error().message());
        static_cast<void>(es::decode_json_to(used, text)); // leaves a value that can be destroyed
        return;
    }
    if (parsed.number_too_big)
        return; // it is in an unknown member; the reference does not know what follows
    require(is_value, "refused, as by the reference", text);
    require(*value == expected, "the value that the reference reads", text);
    require(es::decode_json_to(used, text).has_value() && used == *value,
            "nothing is left of an earlier value", text);

    const auto written = es::encode_json(*value);
    require(written.has_value(), "what was read can be written", text);
    require_read_as(*value, *written);
    // nlohmann writes members by their names, not as they are declared
    const auto document = json::parse(*written);
    require_read_as(*value, document.dump());
    require_read_as(*value, document.dump(1, '\t', true));
    T converted{};
    require(convert(document, converted) && converted == *value, "written as it is", *written);
}

} // namespace fuzzed

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fuzzed;
    const auto text = fuzz::text_of(data, size);
    const auto parsed = json_reference::parse(text);
    const Flat flat{"18", 150, "club", true};
    const Numbers numbers{1, 2, 3, 4, 5, 6, 7, 0.5};
    const Tree tree{"a", {{"b", {{"c", {}, "d"}}, {}}}, "e"};
    const Mixed mixed{Kind::magic,         flat,       numbers, {{"a", 1}},
                      {{1, Kind::ranged}}, {1, 2, 3},  {"x"},   {true},
                      {{{1.0, 2.0}}},      {{"y", 1}}, Money{5}};
    check<Flat>(text, parsed, flat);
    check<Numbers>(text, parsed, numbers);
    check<Tree>(text, parsed, tree);
    check<Mixed>(text, parsed, mixed);
    check<Account>(text, parsed, {});
    return 0;
}
