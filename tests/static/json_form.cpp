// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_form.hpp>

#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <concepts>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ratio>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

// Only nlohmann's forward declarations are here: the forms don't depend on more.

namespace json_form_static {

using namespace eventsourcing;

template <class T, class Form>
inline constexpr bool is = std::same_as<detail::JsonFormOf<T>, Form>;
template <class T>
inline constexpr bool refused = is<T, detail::RefusedForm>;

enum class Kind { a };
enum Typed : int { typed_a };
enum Untyped { untyped_a };

struct Plain {
    int n;
};
class Private {
    int n_ = 0;

public:
    [[nodiscard]] int n() const { return n_; }
};
struct Listed {
    int n;
    static void members(auto& self, auto&& member) { member("n", self.n); }
};
// A line of a base class, where the class adds nothing or the base has no members of its own.
struct AddsNothing : Listed {};
struct ListsWhatDerives {
    static void members(auto& self, auto&& member) { self.list(member); }
};
struct ListsItself : ListsWhatDerives {
    int n;
    void list(auto&& member) { member("n", n); }
    void list(auto&& member) const { member("n", n); }
};
struct Tag {};
struct Tagged : Tag, ListsWhatDerives {};
// A line of its own, whatever the class is called.
class Relisted : public Listed {
    int m_ = 0;

public:
    static void members(auto& self, auto&& member) {
        Listed::members(self, member);
        member("m", self.m_);
    }
};
inline namespace current {
template <auto V, class T = int>
class Parts {
    T n_{};

public:
    static void members(auto& self, auto&& member) { member("n", self.n_); }
    class Part final : public Listed {
        T m_{};

    public:
        static void members(auto& self, auto&& member) { member("m", self.m_); }
    };
};
} // namespace current
namespace {
class Unnamed {
    int n_ = 0;

public:
    static constexpr void members(auto& self, auto&& member) { member("n", self.n_); }
};
} // namespace
struct OrderId {
    std::uint64_t value;
    static auto& json_value(auto& self) { return self.value; }
};
class Label {
public:
    static const std::string& json_value(const Label& self) { return self.text_; }
    static std::string& json_value(Label& self) { return self.text_; }

private:
    std::string text_;
};
// One value, whatever its class has besides it that is no value.
template <class Value, class Tag>
struct Strong {
    Value value{};
    static auto& json_value(auto& self) { return self.value; }
};
struct StrongText : Strong<std::string, struct TextTag> {};
struct Number : Strong<int, struct NumberTag> {
    Number() {}
};
struct TaggedValue {
    [[no_unique_address]] Tag tag;
    int value;
    static auto& json_value(auto& self) { return self.value; }
};
struct Inside {
    std::optional<int> value;
    static auto& json_value(auto& self) { return *self.value; }
};
class Virtual {
public:
    virtual ~Virtual() = default;
    static auto& json_value(auto& self) { return self.value_; }

private:
    int value_ = 0;
};
struct Priced {
    long cents;
    std::string currency;
    static auto& json_value(auto& self) { return self.cents; }
};
struct MoreThanItsBase : Number {
    int other = 0;
};
// Containers by another name, and those that have more.
class Numbers : public std::vector<int> {
public:
    using vector::vector;
};
class Maybe : public std::optional<int> {
public:
    using optional::optional;
};
class Text : public std::string {};
class NumberedNumbers : public std::vector<int> {
public:
    using vector::vector;
    int number = 0;
};
class NumberedText : public Text {
public:
    NumberedText() {}
    int number = 0;
};
/// Inherits functions that a container has, and is one of its own.
template <class Derived>
class Counts {
public:
    bool empty() const { return static_cast<const Derived*>(this)->size() == 0; }
};
class Counted : public Counts<Counted> {
    std::vector<int> numbers_;

public:
    using value_type = int;
    auto begin() const { return numbers_.begin(); }
    auto end() const { return numbers_.end(); }
    auto size() const { return numbers_.size(); }
    void clear() { numbers_.clear(); }
    void push_back(int number) { numbers_.push_back(number); }
};
struct Final final {
    int value;
    static auto& json_value(auto& self) { return self.value; }
};
struct DataMembers {
    int json_value;
    int json_name;
    int members;
    int parse;
};
struct ByValue {
    int value;
    static auto json_value(auto& self) { return self.value; }
};
struct OnlyConst {
    int value;
    static const auto& json_value(const auto& self) { return self.value; }
};
struct OnlyMutable {
    int value;
    static auto& json_value(OnlyMutable& self) { return self.value; }
};
struct NotStatic {
    int value;
    int& json_value() { return value; }
};
class PrivateValue {
    static auto& json_value(auto& self) { return self.value; }

public:
    int value = 0;
};
struct ValueAndMembers {
    int value;
    static auto& json_value(auto& self) { return self.value; }
    static void members(auto& self, auto&& member) { member("value", self.value); }
};
class Email {
public:
    static Result<Email> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;

private:
    std::string text_;
};
class HalfEmail {
public:
    static Result<HalfEmail> parse(std::string_view text);

private:
    std::string text_;
};
struct AnotherParse {
    int n;
    static AnotherParse parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
};
struct OnlyParse {
    int n;
    static Result<OnlyParse> parse(std::string_view text);
};
struct OnlyText {
    int n;
    [[nodiscard]] std::string to_string() const;
};
struct ListedWithParse {
    int n;
    static ListedWithParse parse(std::string_view text);
    static void members(auto& self, auto&& member) { member("n", self.n); }
};
struct OwnWithParse {
    int n;
    static OwnWithParse parse(std::string_view text);
    friend void to_json(nlohmann::json&, const OwnWithParse&);
    friend void from_json(const nlohmann::json&, OwnWithParse&);
};
struct FinalValueOnlyConst final {
    int value;
    static const int& json_value(const FinalValueOnlyConst& self);
};
class Own {
    int n_ = 0;
    friend void to_json(nlohmann::json&, const Own&);
    friend void from_json(const nlohmann::json&, Own&);
};
struct TwoCodecs {
    int n;
    friend void to_json(nlohmann::json&, const TwoCodecs&);
};
struct HalfOfTwo {
    int n;
    friend void from_json(const nlohmann::json&, HalfOfTwo&);
};
struct TwoByTemplate {
    int n;
    template <class BasicJson>
    friend void to_json(BasicJson&, const TwoByTemplate&);
};
struct Declared {
    int n;
    friend void to_json(nlohmann::json&, const Declared&);
    friend void from_json(const nlohmann::json&, Declared&);
};
consteval Json json_form(const Declared&) {
    return Json::own;
}
struct Reflected {
    int n;
    friend void to_json(nlohmann::json&, const Reflected&);
};
consteval Json json_form(const Reflected&) {
    return Json::reflected;
}
struct Forgotten {
    int n;
};
consteval Json json_form(const Forgotten&) {
    return Json::own;
}
enum class TwoNames { a };
void to_json(nlohmann::json&, const TwoNames&);

static_assert(is<bool, detail::BooleanForm>);
static_assert(is<signed char, detail::IntegerForm>);
static_assert(is<unsigned char, detail::IntegerForm>);
static_assert(is<short, detail::IntegerForm>);
static_assert(is<unsigned long long, detail::IntegerForm>);
static_assert(is<float, detail::FloatingForm>);
static_assert(is<double, detail::FloatingForm>);
static_assert(refused<long double>);
static_assert(refused<char>);
static_assert(refused<wchar_t>);
static_assert(refused<char8_t>);
static_assert(refused<char16_t>);
static_assert(refused<char32_t>);
static_assert(refused<int*>);
static_assert(refused<const char*>);
static_assert(refused<std::nullptr_t>);

static_assert(is<std::string, detail::StringForm>);
static_assert(is<std::string_view, detail::StringForm>);
static_assert(is<std::monostate, detail::NullForm>);
static_assert(is<nlohmann::json, detail::DocumentForm>);
static_assert(is<nlohmann::ordered_json, detail::DocumentForm>);
static_assert(is<Uuid, detail::TextForm>);
static_assert(is<Timestamp, detail::TextForm>);
static_assert(is<StreamName, detail::TextForm>);
static_assert(is<Revision, detail::RevisionForm>);
static_assert(is<Generation, detail::RevisionForm>);
static_assert(is<Position, detail::PositionForm>);

static_assert(is<std::optional<int>, detail::OptionalForm>);
static_assert(is<std::variant<int, bool>, detail::VariantForm>);
static_assert(is<std::vector<int>, detail::SequenceForm>);
static_assert(is<std::vector<Plain>, detail::SequenceForm>);
static_assert(is<std::deque<int>, detail::SequenceForm>);
static_assert(is<std::set<int>, detail::SequenceForm>);
static_assert(is<std::span<const int>, detail::SequenceForm>);
static_assert(is<Numbers, detail::SequenceForm>);
static_assert(is<Counted, detail::SequenceForm>);
static_assert(is<Maybe, detail::OptionalForm>);
static_assert(refused<NumberedNumbers>);
static_assert(refused<NumberedText>);
static_assert(is<std::array<int, 2>, detail::ArrayForm>);
static_assert(is<int[2], detail::ArrayForm>);
static_assert(is<std::map<std::string, int>, detail::MapForm>);
static_assert(is<std::unordered_map<int, int>, detail::MapForm>);
static_assert(refused<std::unique_ptr<int>>);
static_assert(refused<std::shared_ptr<int>>);
static_assert(refused<std::function<void()>>);
static_assert(is<std::chrono::seconds, detail::DurationForm>);
static_assert(is<std::chrono::duration<double, std::ratio<1, 30>>, detail::DurationForm>);
static_assert(is<std::chrono::system_clock::time_point, detail::TimePointForm>);
static_assert(is<std::chrono::sys_days, detail::TimePointForm>);
static_assert(is<std::filesystem::path, detail::PathForm>);
static_assert(is<std::pair<int, std::string>, detail::TupleForm>);
static_assert(is<std::tuple<>, detail::TupleForm>);
static_assert(is<std::tuple<int, bool, Plain>, detail::TupleForm>);
static_assert(refused<std::complex<double>>);
static_assert(refused<std::bitset<8>>);
static_assert(refused<std::chrono::year_month_day>);

static_assert(is<Kind, detail::EnumerationForm>);
static_assert(is<Typed, detail::EnumerationForm>);
static_assert(refused<Untyped>);

static_assert(is<Plain, detail::FieldsForm>);
static_assert(refused<Private>);
static_assert(is<Listed, detail::MembersForm>);
static_assert(is<AddsNothing, detail::MembersForm>);
static_assert(is<ListsItself, detail::MembersForm>);
static_assert(is<Tagged, detail::MembersForm>);
static_assert(is<Relisted, detail::MembersForm>);
static_assert(is<Parts<Kind::a>, detail::MembersForm>);
static_assert(is<Parts<1, Parts<2>>, detail::MembersForm>);
static_assert(is<Parts<Kind::a>::Part, detail::MembersForm>);
static_assert(is<Parts<[] {}>::Part, detail::MembersForm>);
static_assert(is<Unnamed, detail::MembersForm>);
static_assert(is<OrderId, detail::ValueForm>);
static_assert(is<Label, detail::ValueForm>);
static_assert(is<StrongText, detail::ValueForm>);
static_assert(is<Number, detail::ValueForm>);
static_assert(is<TaggedValue, detail::ValueForm>);
static_assert(is<Inside, detail::ValueForm>);
static_assert(is<Virtual, detail::ValueForm>);
static_assert(refused<Priced>);
static_assert(refused<MoreThanItsBase>);
static_assert(is<Final, detail::ValueForm>);
static_assert(is<DataMembers, detail::FieldsForm>);
static_assert(refused<ByValue>);
static_assert(refused<OnlyConst>);
static_assert(refused<OnlyMutable>);
static_assert(refused<NotStatic>);
static_assert(refused<PrivateValue>);
static_assert(refused<ValueAndMembers>);
static_assert(is<Email, detail::TextForm>);
static_assert(refused<HalfEmail>);
static_assert(refused<AnotherParse>);
static_assert(refused<OnlyParse>);
static_assert(is<OnlyText, detail::FieldsForm>);
static_assert(is<ListedWithParse, detail::MembersForm>);
static_assert(is<OwnWithParse, detail::OwnForm>);
static_assert(refused<FinalValueOnlyConst>);

static_assert(is<Own, detail::OwnForm>);
static_assert(refused<TwoCodecs>);
static_assert(refused<HalfOfTwo>);
static_assert(refused<TwoByTemplate>);
static_assert(is<Declared, detail::OwnForm>);
static_assert(is<Reflected, detail::FieldsForm>);
static_assert(refused<Forgotten>);
static_assert(refused<TwoNames>);

} // namespace json_form_static
