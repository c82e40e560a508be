// SPDX-License-Identifier: MIT
#include <eventsourcing/core/url_options.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using es::detail::UrlOption;

/// `key value, key value`, or the message of the error.
std::string read(std::string_view list) {
    std::string all;
    const auto done =
        es::detail::read_url_options(list, [&](const UrlOption& option) -> es::Result<void> {
            if (option.key() == "known")
                return option.unknown("durability or create");
            all += (all.empty() ? "" : ", ") + option.key() + " " + option.value();
            return {};
        });
    if (!done)
        CHECK(done.error() == es::errc::invalid);
    return done ? all : done.error().message();
}

std::string number(std::string value, std::int32_t least) {
    const auto done = UrlOption("max", std::move(value)).number(least);
    return done ? std::to_string(*done) : done.error().message();
}

} // namespace

TEST_CASE("Options of a URL are names in any case with values in percent-encoding") {
    CHECK(read("Create=true") == "create true");
    CHECK(read("a=1&b=x%26y%3Dz&c==") == "a 1, b x&y=z, c =");
    CHECK(read("name=%C3%96ger") == "name \xC3\x96ger");
}

TEST_CASE("What is no option is refused by its place, and an option by its name") {
    CHECK(read("") == "option 1: expected name=value");
    CHECK(read("a=1&") == "option 2: expected name=value");
    CHECK(read("a=1&SECRET") == "option 2: expected name=value");
    CHECK(read("=1") == "option 1: expected name=value");
    for (const char* value : {"", "%", "%2", "%xy", "%0A", "%7F", "%FF"})
        CHECK(read("a=" + std::string(value)) ==
              "option \"a\": expected a value in UTF-8 without control characters, with two "
              "hexadecimal digits after each %");
    CHECK(read("a=1&A=1") == "option \"A\" is given twice");
    CHECK(read("Known=1") == "unknown option \"Known\": expected durability or create");
}

TEST_CASE("The value of an option is a number or a truth value, or says what was expected") {
    CHECK(number("0", 0) == "0");
    CHECK(number("-1", -1) == "-1");
    CHECK(number("2147483647", 1) == "2147483647");
    for (const char* bad :
         {"0", "-1", "2147483648", "99999999999", "1s", "1.5", "0x10", "+1", " 1"})
        CHECK(number(bad, 1) == "option \"max\": expected a whole number from 1 to 2147483647, "
                                "got \"" +
                                    std::string(bad) + "\"");
    CHECK(*UrlOption("create", "true").boolean());
    CHECK_FALSE(*UrlOption("create", "false").boolean());
    CHECK(UrlOption("create", "1").boolean().error().message() ==
          "option \"create\": expected true or false, got \"1\"");
}
