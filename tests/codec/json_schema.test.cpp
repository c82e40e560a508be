// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_schema.hpp>

#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>

#include "catch.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <tuple>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace {
namespace shop {
enum class Kind { gift, book };
struct Price {
    std::int64_t amount = 0;
    std::string currency;
};
struct Tree {
    std::string name;
    std::vector<Tree> children;
    std::optional<std::vector<Tree>> more;
};
struct OrderId {
    int value = 0;
    static auto& json_value(auto& self) { return self.value; }
    auto operator<=>(const OrderId&) const = default;
};
class Money {
    int cents_ = 0;
    std::optional<std::string> note_;

public:
    static void members(auto& self, auto&& member) {
        member("cents / 100", self.cents_);
        member("note", self.note_);
    }
};
struct Tagged {
    static constexpr std::string_view json_name = "a/b~c \"d\"";
    std::vector<std::variant<std::monostate, Tagged>> inner{};
};
struct Ordered {
    std::uint8_t count = 0;
    std::optional<std::string> note;
    std::map<std::string, Price> prices;
    std::map<OrderId, bool> by_id;
    std::map<Kind, double> by_kind;
    std::variant<std::monostate, Price, int> paid;
    std::array<int, 2> pair{};
    std::tuple<int, std::string> mixed{};
    std::set<std::string> words;
    Tree tree{};
    Money money{};
    Kind kind = Kind::gift;
    std::chrono::milliseconds took{};
    std::chrono::sys_seconds at{};
    es::Timestamp when{};
    es::Uuid id{};
    es::Revision revision{};
    es::Position position{};
    Tagged tagged{};
};
struct Closed {
    static constexpr std::string_view event_type_version = "2.0";
    bool by_owner = false;
};
struct ClosedBefore {
    static constexpr std::string_view event_type = "shop.closed";
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop",
            .source = "events://example.org/shop",
            .schema = "https://example.org/schemas/shop"};
}
} // namespace shop

namespace library {
struct Lent {
    static constexpr std::string_view event_type = "library.lent";
};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "library",
            .source = "events://example.org/library",
            .schema = "https://example.org/schemas/library/"};
}
} // namespace library

std::string list(std::initializer_list<std::string> documents) {
    std::string out;
    for (const std::string& document : documents)
        out += (out.empty() ? "[" : ",") + document;
    return out.empty() ? "[]" : out + "]";
}
template <class T>
std::string test_case(std::initializer_list<T> good, std::initializer_list<std::string> bad) {
    std::string documents;
    for (const T& value : good)
        documents += (documents.empty() ? "" : ",") + es::encode_json(value).value();
    return R"({"schema":)" + es::json_schema<T>() + R"(,"good":[)" + documents + R"(],"bad":)" +
           list(bad) + "}";
}

/// The exit status of the checker.
int check(const std::string& cases) {
    const std::string tests(__FILE__, std::string_view(__FILE__).rfind("codec/"));
    std::string path = std::filesystem::temp_directory_path() / "es-schema-XXXXXX";
    const int file = ::mkstemp(path.data());
    REQUIRE(file != -1);
    ::close(file);
    std::ofstream(path) << cases;
    const int status =
        std::system(("python3 '" + tests + "data/json_schema/check' " + path).c_str());
    std::filesystem::remove(path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
} // namespace

TEST_CASE("the JSON Schema of an event has its type, version and schema") {
    CHECK(es::json_schema<shop::Closed>() ==
          R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
          R"("$id":"https://example.org/schemas/shop/shop.closed/2.0","title":"shop.closed",)"
          R"("$comment":"version 2.0","type":"object",)"
          R"("properties":{"by_owner":{"type":"boolean"}},"required":["by_owner"]})");
}

TEST_CASE("no two events and versions have one $id") {
    const auto id = []<class E>(std::type_identity<E>) {
        const std::string schema = es::json_schema<E>();
        const auto begin = schema.find(R"("$id":")") + 7;
        return schema.substr(begin, schema.find('"', begin) - begin);
    };
    CHECK(id(std::type_identity<shop::Closed>{}) !=
          id(std::type_identity<shop::ClosedBefore>{})); // of another version
    CHECK(id(std::type_identity<shop::Closed>{}) != id(std::type_identity<shop::Tree>{}));
    CHECK(id(std::type_identity<library::Lent>{}) ==
          "https://example.org/schemas/library/library.lent/1.0"); // with one slash
}

TEST_CASE("the JSON Schema of a struct that holds itself refers to the place of that struct") {
    CHECK_THAT(es::json_schema<shop::Tree>(),
               Catch::Contains(R"("children":{"type":"array","items":{"$ref":"#"}})"));
    CHECK_THAT(es::json_schema<shop::Ordered>(),
               Catch::Contains(R"({"$ref":"#/properties/tree"})"));
}

TEST_CASE("JSON Schemas are of draft 2020-12: they take what is written and refuse what is not") {
    using shop::Closed, shop::Ordered, shop::Tree;
    const Ordered order{.count = 255,
                        .note = "now",
                        .prices = {{"a", {1, "EUR"}}},
                        .by_id = {{{-7}, true}},
                        .by_kind = {{shop::Kind::book, 0.5}},
                        .paid = shop::Price{3, "EUR"},
                        .words = {"a", "b"},
                        .tree = {"a", {{"b", {}, {}}}, {}},
                        .position = es::Position{3, 4},
                        .tagged = {{std::monostate{}, shop::Tagged{}}}};
    const std::string cases =
        "[" + test_case<Closed>({{false}, {true}}, {"{}", R"({"by_owner":1})", "[]"}) + "," +
        test_case<Ordered>({{}, order}, {"{}"}) + "," +
        test_case<Tree>({{"a", {{"b", {}, {}}}, {}}, {}},
                        {R"({"name":"a","children":[{"name":"b"}]})",
                         R"({"name":"a","children":[],"more":[1]})"}) +
        "," +
        test_case<std::vector<std::uint8_t>>({{}, {0, 255}}, {"[256]", "[-1]", "[0.5]", "{}"}) +
        "," + test_case<std::optional<std::int64_t>>({{}, INT64_MIN, INT64_MAX}, {R"("1")"}) + "," +
        test_case<std::variant<int, shop::Price>>(
            {1, shop::Price{}},
            {R"({"int32":1,"price":{"amount":1,"currency":""}})", R"({"other":1})", "{}"}) +
        "," +
        test_case<std::map<shop::OrderId, int>>({{}, {{{5}, 1}}}, {R"({"x":1})", R"({"1":""})"}) +
        "," + test_case<shop::Kind>({shop::Kind::gift}, {R"("toy")", "0"}) + "," +
        test_case<std::tuple<int, bool>>({{1, true}}, {"[1]", "[1,true,1]", "[true,1]"}) + "," +
        test_case<std::array<int, 2>>({{1, 2}}, {"[1]", "[1,2,3]"}) + "," +
        test_case<std::set<int>>({{1, 2}}, {"[1,1]"}) + "," +
        test_case<es::Position>({es::Position{1}, es::Position{1, 2}}, {"[1]", "-1"}) + "," +
        test_case<shop::Money>({{}}, {"{}", R"({"cents / 100":""})"}) + "]";
    const int status = check(cases);
    if (status == 77)
        WARN("python3-jsonschema is not installed: schemas are not checked");
    else
        CHECK(status == 0);
}

TEST_CASE("the checker of JSON Schemas goes red") {
    const int status = check(R"([{"schema":{"type":"object"},"good":[1],"bad":[]}])");
    CHECK((status == 1 || status == 77));
    CHECK(check(R"([{"schema":{"type":"nothing"},"good":[],"bad":[]}])") != 0);
}
