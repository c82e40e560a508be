// SPDX-License-Identifier: MIT
#include <eventsourcing/url/without_credentials.hpp>

#include "catch.hpp"

using eventsourcing::without_credentials;

TEST_CASE("A URL is shown without user and password") {
    CHECK(without_credentials("esdb://admin:changeit@db:2113?tls=false") ==
          "esdb://***@db:2113?tls=false");
    CHECK(without_credentials("esdb://admin:p@ss@db") == "esdb://***@db");
    CHECK(without_credentials("//user@host") == "//***@host");
}

TEST_CASE("A URL without credentials is shown as it is") {
    for (const char* url :
         {"", "sqlite:combat.db", "sqlite:me@home.db", "esdb://db:2113", "a@b//c"})
        CHECK(without_credentials(url) == url);
}
