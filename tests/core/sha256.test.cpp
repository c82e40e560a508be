// SPDX-License-Identifier: MIT
#include <eventsourcing/core/sha256.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace sha256_tests {

using eventsourcing::detail::Sha256;

TEST_CASE("SHA-256 gives the digests that its publishers give") {
    // FIPS 180-2, appendix B, and NIST's byte-oriented SHA256ShortMsg/SHA256LongMsg
    CHECK(Sha256().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(Sha256().add("abc").hex() ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(Sha256().add("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex() ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(Sha256()
              .add("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                   "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")
              .hex() == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    CHECK(Sha256().add("\xbd").hex() ==
          "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b");
    Sha256 million;
    for (int i = 0; i < 1000; ++i)
        million.add(std::string(1000, 'a'));
    CHECK(million.hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 is the same however the bytes are cut into pieces") {
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += static_cast<char>(i);
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const std::string whole = Sha256().add(text.substr(0, size)).hex();
        for (const std::size_t cut : {std::size_t{1}, std::size_t{55}, std::size_t{64}}) {
            Sha256 pieces;
            for (std::size_t at = 0; at < size; at += cut) {
                static_cast<void>(pieces.hex()); // asking changes nothing
                pieces.add(std::string_view(text).substr(at, std::min(cut, size - at)));
            }
            CHECK(pieces.hex() == whole);
        }
    }
}

} // namespace sha256_tests
