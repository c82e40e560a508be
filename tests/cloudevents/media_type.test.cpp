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
                                       "a/b;c=\"\\",
                                       "a/b; ",
                                       "a/b c=d",
                                       "a/b;c\"d\"",
                                       "a/b;c=d; "}) {
        INFO(bad);
        CHECK_FALSE(es::detail::check_media_type("datacontenttype", bad));
    }
}

TEST_CASE("Tabs between the parts of a media type are read as blanks") {
    CHECK(es::detail::with_blanks("a/b\t;\t c=d") == "a/b ;  c=d");
    CHECK(es::detail::with_blanks("a/b;\tc=\"\\\"\t\"\t") == "a/b; c=\"\\\"\t\" ");
    CHECK(es::detail::with_blanks("a/b;c=\"\\") == "a/b;c=\"\\");
}

TEST_CASE("JSON is told by the end of the subtype, in upper and lower case") {
    for (const std::string_view json :
         {"application/json", "APPLICATION/JSON", "text/json", "x/json", "a/b+json", "a/b+JSON",
          "application/json ; charset=utf-8", "application/json;"})
        CHECK(es::detail::is_json_media_type(json));
    for (const std::string_view other :
         {"application/jsonl", "application/x-json", "application/json-seq", "json", "",
          "text/plain; a=b/json", "text/plain; a=b+json", "text/plain; a=\"x+json\"",
          "application/jsonp"})
        CHECK_FALSE(es::detail::is_json_media_type(other));
}

TEST_CASE("Text in UTF-8 is text of a media type that names this character set, or none") {
    for (const std::string_view type :
         {"text/plain", "application/xml", "text/plain; charset=UTF-8", "a/b; Charset=\"utf-8\"",
          "text/plain; charset=us-ascii", "text/plain; x=\"charset=utf-16\""})
        CHECK(es::detail::is_text_of(type, "Gr\xC3\xBC\xC3\x9F"));
    for (const std::string_view type :
         {"text/plain; charset=iso-8859-1", "a/b; CHARSET=\"windows-1252\"",
          "text/xml; charset=ISO-8859-15"}) {
        CHECK(es::detail::is_text_of(type, "plain ~"));
        CHECK(es::detail::is_text_of(type, ""));
        CHECK_FALSE(es::detail::is_text_of(type, "Gr\xC3\xBC\xC3\x9F"));
    }
    for (const std::string_view type :
         {"text/plain; charset=utf-16", "a/b; charset=UTF-32LE", "text/plain; charset=\"ucs-2\""})
        CHECK_FALSE(es::detail::is_text_of(type, "a"));
}
