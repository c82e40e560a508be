// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/eventstoredb/payload.hpp>

#include "catch.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace {

namespace es = eventsourcing;
using es::detail::eventstoredb::check_payload;
using es::detail::eventstoredb::StoredSize;

std::string refusal(std::string_view json, bool any_shape = true) {
    const auto checked = check_payload(json, any_shape);
    return checked ? "good" : checked.error().message();
}

std::string nested(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

} // namespace

TEST_CASE("Data that servers keep is taken") {
    for (const char* json :
         {"{}", "[]", " {\"a\": [1, 2.5, -0.0, true, null, \"x\"]}\n", "[12345678901234567890]",
          "[1E5,1e308,0.1]", R"({"u":"\u00e9\ud83d\ude00\u0000 1e999"})"})
        CHECK(refusal(json) == "good");
    CHECK(refusal(nested(62)) == "good");
}

TEST_CASE("Data that servers lose or change is refused with the reason") {
    for (const char* json : {"42", "true", "null", "\"text\"", "", "plain"})
        CHECK(refusal(json).find("expected a JSON object or array") == 0);
    CHECK(refusal("[]", false).find("expected a JSON object") == 0);
    CHECK(refusal("{\"a\":1,\"a\":2}").find("duplicate member") != std::string::npos);
    CHECK(refusal("{\"a\":1e400}").find("1e400") != std::string::npos);
    CHECK(refusal("[-1E999]").find("-1E999") != std::string::npos);
    CHECK(refusal(nested(63)).find("nested deeper") != std::string::npos);
    for (const char* json :
         {"{", "{\"a\":NaN}", "[1,]", "{} {}", "[\"\xFF\"]", "[\"\\ud800\"]", "\xEF\xBB\xBF{}"})
        CHECK(refusal(json) != "good");
}

TEST_CASE("The size once a server has indented it is never taken for less") {
    for (const char* json :
         {"{}", "[]", "[[],{}]", "{\"a\":[1,2,{\"b\":[]}],\"c\":\"x\\\"y\"}", "[1.5,1E5,123,true]",
          "{\"deep\":[[[[[1,2,3]]]]]}", "[\"a,b:c{}\",\"[1]\"]"}) {
        CAPTURE(json);
        const auto indented = nlohmann::ordered_json::parse(json).dump(2);
        CHECK(StoredSize::of(json) >= indented.size());
        CHECK(StoredSize::of(indented) >= indented.size());
        CHECK(StoredSize::of(json) < 4 * indented.size() + 16);
    }
    CHECK(StoredSize::of("{\"a\":[1]}") ==
          std::string("{\r\n  \"a\": [\r\n    1\r\n  ]\r\n}").size());
    CHECK(StoredSize::of("[\"\xE2\x80\xA8\"]") == std::string("[\r\n  \"\\u2028\"\r\n]").size());
}
