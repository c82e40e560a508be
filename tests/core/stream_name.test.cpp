// SPDX-License-Identifier: MIT
#include <eventsourcing/core/stream_name.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <set>
#include <string>
#include <unordered_set>

namespace es = eventsourcing;

namespace {

std::string refusal(std::string_view text) {
    const auto result = es::StreamName::parse(text);
    INFO(text);
    REQUIRE_FALSE(result);
    CHECK(result.error() == es::errc::invalid);
    return result.error().message();
}

std::string name_of(es::StreamNameView name) {
    return name.str();
}

std::string utf8(char32_t c) {
    const auto tail = [&](int shift) { return static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
    if (c < 0x80)
        return {static_cast<char>(c)};
    if (c < 0x800)
        return {static_cast<char>(0xC0U | c >> 6U), tail(0)};
    if (c < 0x10000)
        return {static_cast<char>(0xE0U | c >> 12U), tail(6), tail(0)};
    return {static_cast<char>(0xF0U | c >> 18U), tail(12), tail(6), tail(0)};
}

} // namespace

TEST_CASE("a literal is a stream name, and a stream name is a view of itself") {
    const es::StreamName name{"combat-ogre"};
    CHECK(name.str() == "combat-ogre");
    CHECK(name_of(name) == "combat-ogre");
    CHECK(name_of("combat-ogre") == "combat-ogre");
    CHECK(name_of(es::StreamName{"combat-troll"}) == "combat-troll");
}

TEST_CASE("the first dash separates the category from the id") {
    const auto name = es::StreamName::parse("combat-ogre-2-b").value();
    CHECK(name.category() == "combat");
    CHECK(name.id() == "ogre-2-b");
    CHECK(es::StreamName{"a--"}.category() == "a");
    CHECK(es::StreamName{"a--"}.id() == "-");
}

TEST_CASE("a stream name is put together of a category and an id") {
    CHECK(es::StreamName::of("combat", "ogre").value() == "combat-ogre");
    CHECK(es::StreamName::of("combat", "ogre-2").value().id() == "ogre-2");
    const auto dashed = es::StreamName::of("hand-to-hand", "ogre");
    CHECK(fails_with(es::errc::invalid, dashed));
    CHECK(message_of(dashed) ==
          "stream category \"hand-to-hand\": it must not hold a dash, which separates it from the "
          "id");
    CHECK_FALSE(es::StreamName::of("", "ogre"));
    CHECK_FALSE(es::StreamName::of("combat", ""));
    CHECK_FALSE(es::StreamName::of("combat", "ogre/2"));
    CHECK_FALSE(es::StreamName::of("", "a-b")); // not the stream b of category a
}

TEST_CASE("a name without category or id is refused") {
    for (const std::string text : {"", "-", "ogre", "-ogre", "combat-", "--"})
        CHECK(refusal(text) ==
              "stream name \"" + text + "\": expected category-id, neither of them empty");
}

TEST_CASE("names of up to 255 bytes are stream names") {
    CHECK(es::StreamName::parse("a-" + std::string(253, 'x')));
    const auto message = refusal("a-" + std::string(254, 'x'));
    CHECK(message ==
          "stream name \"a-" + std::string(62, 'x') + "...\": expected at most 255 bytes, got 256");
    std::string wide = "a-";
    for (int i = 0; i < 84; ++i)
        wide += "\u20AC";
    CHECK(es::StreamName::parse(wide + "x"));        // 255 bytes in 87 characters
    CHECK_FALSE(es::StreamName::parse(wide + "xx")); // 256 bytes in 88
}

TEST_CASE("names that engines would take for their own, or trim, are refused") {
    CHECK(refusal("$et-all") ==
          "stream name \"$et-all\": it must not start with $, which engines reserve");
    CHECK(refusal(" a-b") == "stream name \" a-b\": it must not start or end with a space");
    CHECK(refusal("a-b ") == "stream name \"a-b \": it must not start or end with a space");
    CHECK(es::StreamName::parse("a $-b c$"));
}

TEST_CASE("the alphabet of stream names holds all of Unicode but what engines can't store") {
    int wrong = 0;
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        const bool punctuation = c == U'/' || c == U'\\' || c == U'?' || c == U'#' || c == U'%';
        const bool control = c <= 0x1F || (c >= 0x7F && c <= 0x9F);
        const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        const bool noncharacter = (c >= 0xFDD0 && c <= 0xFDEF) || c % 0x10000 >= 0xFFFE;
        const bool refused = punctuation || control || surrogate || noncharacter;
        wrong += es::StreamName::parse("a-" + utf8(c) + "b").has_value() == refused ? 1 : 0;
    }
    CHECK(wrong == 0);
}

TEST_CASE("what is not in the alphabet is shown with its place") {
    const std::string why =
        " is not allowed: none of / \\ ? # %, no control characters, no Unicode "
        "noncharacters";
    CHECK(refusal("combat-ogre/1") == "stream name \"combat-ogre/1\": \"/\" at byte 12" + why);
    CHECK(refusal("com\\bat-1") == R"(stream name "com\\bat-1": "\\" at byte 4)" + why);
    CHECK(refusal("a-\x1b[2J") == R"(stream name "a-\x1b[2J": "\x1b" at byte 3)" + why);
    CHECK(refusal("a-\u20AC\u0085") ==
          "stream name \"a-\u20AC\\xc2\\x85\": \"\\xc2\\x85\" at byte 6" + why);
    CHECK(refusal("a-\xff") == R"(stream name "a-\xff": "\xff" at byte 3 is not UTF-8)");
    CHECK(refusal(std::string_view("a-b\0c", 5)) ==
          R"(stream name "a-b\x00c": "\x00" at byte 4)" + why);
}

TEST_CASE("stream names and views are compared by their text") {
    const es::StreamName a{"combat-a"};
    const es::StreamName b{"combat-b"};
    const es::StreamNameView view = a;
    CHECK(a == a);
    CHECK(a != b);
    CHECK(a < b);
    CHECK(a == view);
    CHECK(view == a);
    CHECK(view < b);
    CHECK(b > view);
    CHECK(a == "combat-a");
    CHECK(view == "combat-a");
    CHECK(view != "combat-b");
    CHECK(std::set<es::StreamName>{b, a, b}.begin()->str() == "combat-a");
}

TEST_CASE("a stream name and its view have the same hash") {
    const es::StreamName name{"combat-ogre"};
    CHECK(std::hash<es::StreamName>{}(name) == std::hash<es::StreamNameView>{}(name));
    const std::unordered_set<es::StreamName> names{name, name, es::StreamName{"combat-troll"}};
    CHECK(names.size() == 2);
}

TEST_CASE("a view of run-time text is checked without a copy") {
    const std::string text = "combat-ogre";
    const auto view = es::StreamNameView::parse(text);
    REQUIRE(view);
    CHECK(view->view().data() == text.data());
    CHECK(fails_with(es::errc::invalid, es::StreamNameView::parse("ogre")));
}

namespace {
template <class T>
es::StreamName name_in_a_template(T) {
    return es::StreamName{es::StreamNameView{"combat-ogre"}};
}
} // namespace

TEST_CASE("a literal names a stream in a template, where Clang checks it once more at run time") {
    CHECK(name_in_a_template(1) == "combat-ogre");
}
