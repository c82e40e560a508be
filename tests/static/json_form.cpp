// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_form.hpp>

#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

// Only nlohmann's forward declarations are here: the forms don't depend on more.

namespace json_form_static {

using namespace eventsourcing;
using detail::JsonForm;

template <class T, JsonForm Form>
inline constexpr bool is = detail::json_form_of<T> == Form;
template <class T>
inline constexpr bool refused = is<T, JsonForm::refused>;

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

static_assert(is<bool, JsonForm::boolean>);
static_assert(is<signed char, JsonForm::integer>);
static_assert(is<unsigned char, JsonForm::integer>);
static_assert(is<short, JsonForm::integer>);
static_assert(is<unsigned long long, JsonForm::integer>);
static_assert(is<float, JsonForm::floating>);
static_assert(is<double, JsonForm::floating>);
static_assert(refused<long double>);
static_assert(refused<char>);
static_assert(refused<wchar_t>);
static_assert(refused<char8_t>);
static_assert(refused<char16_t>);
static_assert(refused<char32_t>);
static_assert(refused<int*>);
static_assert(refused<const char*>);
static_assert(refused<std::nullptr_t>);

static_assert(is<std::string, JsonForm::string>);
static_assert(is<std::string_view, JsonForm::string>);
static_assert(is<std::monostate, JsonForm::null>);
static_assert(is<nlohmann::json, JsonForm::json>);
static_assert(is<nlohmann::ordered_json, JsonForm::json>);
static_assert(is<Uuid, JsonForm::text>);
static_assert(is<Timestamp, JsonForm::text>);
static_assert(is<StreamName, JsonForm::text>);
static_assert(is<Revision, JsonForm::number>);
static_assert(is<Generation, JsonForm::number>);
static_assert(is<Position, JsonForm::position>);

static_assert(is<std::optional<int>, JsonForm::optional>);
static_assert(is<std::variant<int, bool>, JsonForm::variant>);
static_assert(is<std::vector<int>, JsonForm::sequence>);
static_assert(is<std::vector<Plain>, JsonForm::sequence>);
static_assert(is<std::deque<int>, JsonForm::sequence>);
static_assert(is<std::set<int>, JsonForm::sequence>);
static_assert(is<std::span<const int>, JsonForm::sequence>);
static_assert(is<std::array<int, 2>, JsonForm::array>);
static_assert(is<int[2], JsonForm::array>);
static_assert(is<std::map<std::string, int>, JsonForm::map>);
static_assert(is<std::unordered_map<int, int>, JsonForm::map>);
static_assert(refused<std::unique_ptr<int>>);
static_assert(refused<std::shared_ptr<int>>);
static_assert(refused<std::function<void()>>);
static_assert(refused<std::chrono::seconds>);
static_assert(refused<std::filesystem::path>);

static_assert(is<Kind, JsonForm::enumerator>);
static_assert(is<Typed, JsonForm::enumerator>);
static_assert(refused<Untyped>);

static_assert(is<Plain, JsonForm::fields>);
static_assert(refused<Private>);
static_assert(is<Listed, JsonForm::members>);
static_assert(is<Email, JsonForm::text>);
static_assert(refused<HalfEmail>);

static_assert(is<Own, JsonForm::own>);
static_assert(refused<TwoCodecs>);
static_assert(refused<HalfOfTwo>);
static_assert(refused<TwoByTemplate>);
static_assert(is<Declared, JsonForm::own>);
static_assert(is<Reflected, JsonForm::fields>);
static_assert(refused<Forgotten>);
static_assert(refused<TwoNames>);

} // namespace json_form_static
