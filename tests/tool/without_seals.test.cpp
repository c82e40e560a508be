// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/without_seals.hpp>

#include "catch.hpp"

#include <string>

using eventsourcing::detail::tool::text_without_seals;
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
          R"({"text":"{\"sealed\":\"yes\"}"})", R"({"text":"she said \"sealed\"\u002e"})",
          R"({"subject":"a"})", R"({"subject":"a","sealed":"x","more":1})", R"("unfinished)",
          R"({"subject)", "", "{"})
        CHECK(without_seals(text) == text);
}

TEST_CASE("Of a sealed value in a string of JSON nothing is shown but whose it is") {
    CHECK(without_seals(R"({"text":"{\"subject\":\"a\",\"sealed\":\"x\"}"})") ==
          R"({"text":"{\"subject\":\"a\",\"sealed\":\"...\"}"})");
    // a step of a process that was told a step of another one; and letters that hide
    CHECK(without_seals(
              R"({"a":"{\"b\":\"{\\\"subject\\\":\\\"a\\\",\\\"sealed\\\":\\\"x\\\"}\"}"})") ==
          R"({"a":"{\"b\":\"{\\\"subject\\\":\\\"a\\\",\\\"sealed\\\":\\\"...\\\"}\"}"})");
    CHECK(without_seals(R"(["{\u0022subject\u0022:\"a\",\n\"s\u0065aled\":\"x\"}"])") ==
          R"(["{\"subject\":\"a\",\n\"sealed\":\"...\"}"])");
    // whose text nobody can read
    CHECK(without_seals(R"(["\x{\"subject\":\"a\",\"sealed\":\"x\"}"])") == R"(["..."])");
}

TEST_CASE("Of a sealed value in a text with JSON nothing is shown but whose it is") {
    CHECK(text_without_seals(R"(send shop a"b {"to":{"subject":"a","sealed":"x"}}, send shop {" {)"
                             R"({"to":"{\"subject\":\"a\",\"sealed\":\"x\"}"}, complete)") ==
          R"(send shop a"b {"to":{"subject":"a","sealed":"..."}}, send shop {" {)"
          R"({"to":"{\"subject\":\"a\",\"sealed\":\"...\"}"}, complete)");
    CHECK(text_without_seals("nothing") == "nothing");
}
