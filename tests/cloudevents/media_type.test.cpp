// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/media_type.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

namespace es = eventsourcing;

TEST_CASE("A media type is a type, a subtype and parameters") {
    for (const std::string_view good :
         {"application/json", "text/plain; charset=utf-8", "image/svg+xml", "a/b ;c=d",
          "a/b;c=d;e=f", "a/b; c=\"d e;f\"", "a/b; c=\"d\\\"e\\\\\"", "a/b;c=\"\"", "*/*",
          "text/plain;", "text/plain; ;a=b", "application/vnd.a.v2+JSON", "a!#$&^_.+-/b{}|~",
          "Text/Plain;Charset=UTF-8"}) {
        INFO(good);
        CHECK(es::detail::check_media_type("datacontenttype", good));
    }
    for (const std::string_view bad : {"",
                                       "json",
                                       "/json",
                                       "application/",
                                       "a/b/c",
                                       "a b/c",
                                       "a/b c",
                                       " a/b",
                                       "a/b ",
                                       "a/b,c/d",
                                       "text/plain, text/html",
                                       "a/b;c",
                                       "a/b;c=",
                                       "a/b;=d",
                                       "a/b; c=\"d",
                                       "a/b; c=\"d\"e",
                                       "a/b; c=d e",
                                       "a/b;c =d",
                                       "a/b;c= d",
                                       "a/b\n",
                                       "a/b;c=\"\n\"",
                                       "\xC3\xA4/b",
                                       "a/b;c=\xC3\xA4",
                                       "a/b;c=\"\xC3\xA4\"",
                                       "a/b\t;c=d",
                                       "a/(b)",
                                       "a/b;c=\"\\"}) {
        INFO(bad);
        CHECK_FALSE(es::detail::check_media_type("datacontenttype", bad));
    }
}

TEST_CASE("JSON is told by the end of the subtype, in upper and lower case") {
    for (const std::string_view json :
         {"application/json", "APPLICATION/JSON", "text/json", "x/json", "a/b+json", "a/b+JSON",
          "application/json ; charset=utf-8", "application/json;"})
        CHECK(es::detail::is_json_media_type(json));
    for (const std::string_view other :
         {"application/jsonl", "application/x-json", "application/json-seq", "json", "",
          "text/plain; a=b/json", "text/plain; a=\"x+json\"", "application/jsonp"})
        CHECK_FALSE(es::detail::is_json_media_type(other));
}
