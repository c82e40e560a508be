// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/without_seals.hpp>

#include "catch.hpp"

#include <string>

using eventsourcing::detail::tool::without_seals;

TEST_CASE("Of a sealed value nothing is shown but whose it is") {
    CHECK(without_seals(R"({"name":{"subject":"person:42","sealed":"AQAB"},"age":3})") ==
          R"({"name":{"subject":"person:42","sealed":"..."},"age":3})");
    CHECK(without_seals(R"([ { "subject" : "a\"b" , "sealed" : "x\"y" } ])") ==
          R"([ { "subject" : "a\"b" , "sealed" : "..." } ])");
    CHECK(without_seals(R"([{"subject":"a","sealed":"x"},{"subject":"b","sealed":"y"}])") ==
          R"([{"subject":"a","sealed":"..."},{"subject":"b","sealed":"..."}])");
    CHECK(without_seals(R"({"subject":"a","sealed":"x"})") == R"({"subject":"a","sealed":"..."})");
}

TEST_CASE("What only looks like a sealed value is shown") {
    for (const std::string text :
         {R"({"sealed":"yes","subject":"letter"})", R"({"subject":"a","sealed":true})",
          R"({"text":"{\"subject\":\"a\",\"sealed\":\"x\"}"})", R"({"subject":"a"})",
          R"({"subject":"a","sealed":"x","more":1})", R"("unfinished)", R"({"subject)", "", "{"})
        CHECK(without_seals(text) == text);
}
