// SPDX-License-Identifier: MIT
#include <eventsourcing/cloudevents/uri.hpp>

#include "catch.hpp"
#include "fails_with.hpp"

#include <string>

namespace es = eventsourcing;

namespace {

std::string why(const std::string& text) {
    const auto uri = es::UriReference::parse(text);
    return uri ? "" : uri.error().message();
}

} // namespace

TEST_CASE("A URI-reference is taken in every form that RFC 3986 has, as it was written") {
    const auto good =
        GENERATE(as<std::string>{},
                 // 1.1.2 and 5.4
                 "ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt",
                 "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
                 "news:comp.infosystems.www.servers", "tel:+1-816-555-1212",
                 "telnet://192.0.2.16:80/", "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
                 "g", "./g", "g/", "/g", "//g", "?y", "g?y", "#s", "g#s", "g?y#s", ";x", "g;x", "",
                 ".", "./", "..", "../..", "../../g", "g;x=1/../y", "g?y/./x", "g#s/../x", "http:g",
                 // corners
                 "/", "a:", "a://", "file:///etc/hosts", "//host/path", "./a:b", "/a:b", "a/b:c",
                 "a%20b/%E2%82%AC", "/a!$&'()*+,;=:@/~._-", "1-555-123-4567",
                 "http://user:p%40ss@host:8080/", "//@host", "//host:", "http://[::]",
                 "http://[::1]:80/?q=1#f", "http://[1:2:3:4:5:6:7:8]", "http://[1:2:3:4:5:6:7::]",
                 "http://[::ffff:192.0.2.1]", "http://[1::8]", "http://[1:2:3:4:5:6:1.2.3.4]",
                 "http://[v1.a:b]", "http://[VF.a]", "//h?a@b", "//h#a@b", "//h:8?q",
                 "//a.b-c~d_e!", "x+y-z.1:rest", "?a?b/c", "/a//b", "a//b");
    const auto uri = es::UriReference::parse(good);
    INFO(good << (uri ? "" : ": " + uri.error().message()));
    REQUIRE(uri);
    CHECK(uri->str() == good);
}

TEST_CASE("What is no URI-reference is refused") {
    const auto bad = GENERATE(
        as<std::string>{}, "a b", " ", "<combat>", "a%2", "a%", "a%zz", "a\\b", "\xC3\xA4", "1a:b",
        ":a", "a|b", "a^b", "a`b", "{a}", "\"a\"", "a\n", "#a#b", "/[", "a[1]", "?[", "http://[::1",
        "http://[]", "http://[g]", "http://[1:2]", "http://[1:2:3:4:5:6:7:8:9]", "http://[1::2::3]",
        "http://[:1]", "http://[1:]", "http://[:2:3:4:5:6:7:8]", "http://[1:2:3:4:5:6:7:8:]",
        "http://[x1.a]", "http://[::1.2.3.4.5]", "a%z1", "http://[12345::]", "http://[:::]",
        "http://[::1.2.3]", "http://[::1.2.3.256]", "http://[::01.2.3.4]", "http://[::1.2.3.4:5]",
        "http://[1:2:3:4:5:6:7:1.2.3.4]", "http://[v.a]", "http://[v1.]", "http://[vg.a]",
        "http://[::1]a", "http://host:80a/", "http://a:b:c/", "http://a@b@c", "//h\\i",
        "http://[1:2:3:4:5:6:7:8::]", std::string("a\0b", 3));
    INFO(bad);
    CHECK_FALSE(why(bad).empty());
    CHECK(fails_with(es::errc::malformed, es::UriReference::parse(bad)));
}

TEST_CASE("A refused URI-reference says where and what was expected") {
    CHECK(why("/a%2z") ==
          "URI-reference \"/a%2z\": expected two hexadecimal digits after % at byte 3");
    CHECK(why("?a%2z") ==
          "URI-reference \"?a%2z\": expected two hexadecimal digits after % at byte 3");
    CHECK(why("#a%2z") ==
          "URI-reference \"#a%2z\": expected two hexadecimal digits after % at byte 3");
    CHECK(why("1a:b") == "URI-reference \"1a:b\": expected a scheme before the colon at byte 3");
    CHECK(why("http://us[er@h") ==
          "URI-reference \"http://us[er@h\": expected a character of a user "
          "name at byte 10");
    CHECK(why("http://[::1") ==
          "URI-reference \"http://[::1\": expected an address in brackets at byte 8");
    CHECK(why("http://h:8a") == "URI-reference \"http://h:8a\": expected a character of a host "
                                "name, or a port of digits at byte 11");
}

TEST_CASE("A URI is absolute and has no fragment") {
    for (const std::string good : {"https://example.com/s?v=2", "urn:a", "a:", "a:/b", "x:?y"})
        CHECK(es::Uri::parse(good));
    for (const std::string bad : {"", "/s", "//example.com/s", "s", "?x", "#x", "1:a", "a b:c"})
        CHECK_FALSE(es::Uri::parse(bad));
    const auto fragment = es::Uri::parse("https://example.com/s#d");
    REQUIRE(!fragment);
    CHECK(fragment.error().message() ==
          "URI \"https://example.com/s#d\": expected no fragment at byte 22");
    CHECK(message_of(es::Uri::parse("/s")) ==
          "URI \"/s\": expected a scheme, as in https: at byte 1");
}
