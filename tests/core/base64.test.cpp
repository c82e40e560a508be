// SPDX-License-Identifier: MIT
#include <eventsourcing/core/base64.hpp>

#include "catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace es = eventsourcing;

namespace {

std::string encoded(std::string_view bytes) {
    std::string out;
    es::detail::encode_base64(bytes, out);
    return out;
}

} // namespace

TEST_CASE("Base64 is that of RFC 4648, section 10") {
    const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        CHECK(encoded(bytes) == text);
        std::string back = "before ";
        REQUIRE(es::detail::decode_base64(text, back));
        CHECK(back == "before " + std::string(bytes));
    }
}

TEST_CASE("All bytes in all places go through Base64") {
    std::string bytes;
    for (int i = 0; i < 3 * 256 + 2; ++i) {
        std::string back;
        REQUIRE(es::detail::decode_base64(encoded(bytes), back));
        CHECK(back == bytes);
        bytes += static_cast<char>(i * 7);
    }
}

TEST_CASE("What is not canonical Base64 is refused") {
    for (const std::string_view bad :
         {"A", "AA", "AAA", "A===", "====", "=", "AA=A", "A=AA", "AAAA=", "AA==AA==", "AA E",
          "AAA\n", "AA-_", "AB==", "AAB=", "Zg==\n", "\xFF\xFF\xFF\xFF"}) {
        INFO(bad);
        std::string out;
        CHECK_FALSE(es::detail::decode_base64(bad, out));
    }
}
