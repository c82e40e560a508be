// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/http/percent.hpp>

#include "catch.hpp"

#include <string>

namespace {

using namespace eventsourcing::detail;

std::string encoded(std::string_view text) {
    std::string out;
    append_percent_encoded(out, text);
    return out;
}

} // namespace

TEST_CASE("All but the unreserved characters of a URL are percent-encoded") {
    CHECK(encoded("orders-1_a.b~C") == "orders-1_a.b~C");
    CHECK(encoded("a b") == "a%20b");
    CHECK(encoded("c:o@l;o,n=&+") == "c%3Ao%40l%3Bo%2Cn%3D%26%2B");
    CHECK(encoded("\xC3\xA4") == "%C3%A4");
    CHECK(encoded("\r\n/?#%") == "%0D%0A%2F%3F%23%25");
}
