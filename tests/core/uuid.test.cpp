// SPDX-License-Identifier: MIT
#include <eventsourcing/core/uuid.hpp>

#include "catch.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <unordered_set>

namespace es = eventsourcing;

namespace {
constexpr es::Uuid::Bytes bytes{0x01, 0x8f, 0x3c, 0x1e, 0x7b, 0x2a, 0x7c, 0xc1,
                                0x9d, 0x3e, 0x5a, 0x0b, 0x6c, 0x7d, 0x8e, 0x9f};
constexpr auto text = "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f";

std::string refusal(std::string_view wrong) {
    const auto result = es::Uuid::parse(wrong);
    REQUIRE_FALSE(result);
    CHECK(result.error() == es::errc::malformed);
    return result.error().message();
}
} // namespace

TEST_CASE("a UUID is read from its text and written back") {
    const auto id = es::Uuid::parse(text);
    REQUIRE(id);
    CHECK(id->bytes() == bytes);
    CHECK(id->to_string() == text);
    CHECK(id->version() == 7);
}

TEST_CASE("a UUID is read in upper, lower and mixed case and written in lower case") {
    for (const auto* form :
         {"018F3C1E-7B2A-7CC1-9D3E-5A0B6C7D8E9F", "018F3c1e-7b2A-7Cc1-9d3E-5a0B6c7D8e9F"}) {
        const auto id = es::Uuid::parse(form);
        REQUIRE(id);
        CHECK(id->to_string() == text);
    }
}

TEST_CASE("every byte of a UUID has its place in the text") {
    for (std::size_t i = 0; i < 16; ++i)
        for (int value = 0; value < 256; ++value) {
            auto some = bytes;
            some[i] = static_cast<std::uint8_t>(value);
            const es::Uuid id{some};
            const auto back = es::Uuid::parse(id.to_string());
            REQUIRE(back);
            REQUIRE(*back == id);
        }
}

TEST_CASE("the nil UUID is the default") {
    CHECK(es::Uuid{}.is_nil());
    CHECK(es::Uuid{}.to_string() == "00000000-0000-0000-0000-000000000000");
    char chars[es::Uuid::text_size + 1] = {};
    CHECK(es::Uuid{}.to_chars(chars) == chars + es::Uuid::text_size);
    CHECK(std::string_view(chars) == es::Uuid{}.to_string());
    CHECK(es::Uuid::parse("00000000-0000-0000-0000-000000000000").value().is_nil());
    CHECK_FALSE(es::Uuid{bytes}.is_nil());
    CHECK(es::Uuid{}.version() == 0);
}

TEST_CASE("text that is no UUID is refused with what was found, and its place") {
    CHECK(refusal("") == R"(UUID "": expected 36 characters, as in )"
                         R"(018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f, got 0)");
    CHECK(refusal("018f3c1e7b2a7cc19d3e5a0b6c7d8e9f") ==
          R"(UUID "018f3c1e7b2a7cc19d3e5a0b6c7d8e9f": expected 36 characters, as in )"
          R"(018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f, got 32)");
    CHECK(refusal("018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9g") ==
          R"(UUID "018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9g": )"
          R"(expected a hexadecimal digit at character 36, got "g")");
    CHECK(refusal("018f3c1e+7b2a-7cc1-9d3e-5a0b6c7d8e9f") ==
          R"(UUID "018f3c1e+7b2a-7cc1-9d3e-5a0b6c7d8e9f": expected "-" at character 9, got "+")");
    CHECK(refusal("-18f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f") ==
          R"(UUID "-18f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f": )"
          R"(expected a hexadecimal digit at character 1, got "-")");
    CHECK(refusal(std::string(36, '\0')).find("got \"\\x00\"") != std::string::npos);
    CHECK(refusal("{018f3c1e-7b2a-7cc1-9d3e-5a0b6c7d8e9f}").find("got 38") != std::string::npos);
    CHECK(refusal(std::string(text) + "\n").find("got 37") != std::string::npos);
}

TEST_CASE("no character but a hexadecimal digit or the dash has a place in a UUID") {
    for (std::size_t i = 0; i < 36; ++i)
        for (int c = 0; c < 256; ++c) {
            std::string some = text;
            some[i] = static_cast<char>(c);
            const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
            const bool digit =
                (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            REQUIRE(es::Uuid::parse(some).has_value() == (dash ? c == '-' : digit));
        }
}

TEST_CASE("UUIDs are ordered by their bytes, the first one weighing most") {
    for (std::size_t i = 0; i < 16; ++i) {
        auto low = bytes;
        auto high = bytes;
        low[i] = 0x7F;
        high[i] = 0x80; // also where bytes are compared as signed ones by mistake
        for (std::size_t behind = i + 1; behind < 16; ++behind)
            low[behind] = 0xFF;
        CHECK(es::Uuid{low} < es::Uuid{high});
        CHECK(es::Uuid{high} > es::Uuid{low});
        CHECK(es::Uuid{low} != es::Uuid{high});
        CHECK((es::Uuid{low} <=> es::Uuid{high}) == std::strong_ordering::less);
    }
    CHECK((es::Uuid{bytes} <=> es::Uuid{bytes}) == std::strong_ordering::equal);
}

TEST_CASE("the hash of a UUID depends on each of its bits") {
    std::set<std::size_t> hashes{std::hash<es::Uuid>{}(es::Uuid{bytes})};
    for (std::size_t bit = 0; bit < 128; ++bit) {
        auto some = bytes;
        some[bit / 8] = static_cast<std::uint8_t>(some[bit / 8] ^ 1U << bit % 8);
        hashes.insert(std::hash<es::Uuid>{}(es::Uuid{some}));
    }
    CHECK(hashes.size() == 129);
    CHECK(std::unordered_set<es::Uuid>{es::Uuid{}, es::Uuid{bytes}, es::Uuid{}}.size() == 2);
}
