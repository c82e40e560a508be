// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/json_chars.hpp>

#include "catch.hpp"

#include <cstddef>
#include <string>

using namespace eventsourcing::detail;

TEST_CASE("Each special byte is found at any place, and no other byte") {
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool special = byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
        CHECK(is_special(c) == special);
        for (std::size_t size = 1; size < 35; ++size)
            for (std::size_t at = 0; at < size; ++at) {
                std::string text(size, 'x');
                text[at] = c;
                const auto found = skip_plain(text.data(), text.data() + size) - text.data();
                if (found != static_cast<std::ptrdiff_t>(special ? at : size))
                    FAIL_CHECK(byte << " at " << at << " of " << size);
            }
    }
}

TEST_CASE("A special byte is found before later ones") {
    for (const char first : {'\x01', '"', '\\', '\x80'})
        for (const char second :
             {'\x00', '\x1f', '!', '#', '[', ']', ' ', '"', '\\', '\x7f', '\xff'}) {
            std::string text = "xxx..xxx";
            text[3] = first;
            text[4] = second;
            CHECK(skip_plain(text.data(), text.data() + text.size()) - text.data() == 3);
        }
}

TEST_CASE("Bytes are compared to the last one") {
    for (std::size_t size = 0; size < 40; ++size) {
        const std::string text(size, 'x');
        std::string other = text;
        CHECK(same_bytes(text.data(), other.data(), size));
        for (std::size_t at = 0; at < size; ++at) {
            other[at] = 'y';
            CHECK_FALSE(same_bytes(text.data(), other.data(), size));
            other[at] = 'x';
        }
    }
}
