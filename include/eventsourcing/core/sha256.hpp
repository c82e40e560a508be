// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_SHA256_HPP
#define EVENTSOURCING_CORE_SHA256_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// The SHA-256 of bytes that are added piece by piece (FIPS 180-4).
class Sha256 {
public:
    Sha256& add(std::string_view bytes) {
        size_ += bytes.size();
        while (!bytes.empty()) {
            const std::size_t taken = std::min(bytes.size(), block_.size() - filled_);
            for (std::size_t i = 0; i < taken; ++i)
                block_[filled_ + i] = static_cast<std::uint8_t>(bytes[i]);
            bytes.remove_prefix(taken);
            filled_ += taken;
            if (filled_ == block_.size())
                mix_block();
        }
        return *this;
    }

    /// The hash of what was added so far, 64 hexadecimal digits in lower case; more can be added.
    [[nodiscard]] std::string hex() const {
        Sha256 end = *this;
        const std::uint64_t bits = size_ * 8;
        end.add("\x80");
        while (end.filled_ != length_at)
            end.add(std::string_view("\0", 1));
        for (int shift = 56; shift >= 0; shift -= 8) {
            const char byte = static_cast<char>(static_cast<unsigned char>(bits >> shift));
            end.add({&byte, 1});
        }
        std::string text;
        for (const std::uint32_t word : end.state_)
            for (int shift = 28; shift >= 0; shift -= 4)
                text += "0123456789abcdef"[word >> shift & 0xFU];
        return text;
    }

private:
    static constexpr std::size_t length_at = 56; // in the last block

    static constexpr std::array<std::uint32_t, 64> constants{
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};

    /// FIPS 180-4, 6.2.2.
    void mix_block() {
        std::array<std::uint32_t, 64> w{};
        for (std::size_t i = 0; i < 16; ++i)
            for (std::size_t byte = 0; byte < 4; ++byte)
                w[i] = w[i] << 8U | block_[4 * i + byte];
        for (std::size_t i = 16; i < w.size(); ++i) {
            const std::uint32_t early = w[i - 15];
            const std::uint32_t late = w[i - 2];
            w[i] = w[i - 16] + (std::rotr(early, 7) ^ std::rotr(early, 18) ^ early >> 3U) +
                   w[i - 7] + (std::rotr(late, 17) ^ std::rotr(late, 19) ^ late >> 10U);
        }
        auto [a, b, c, d, e, f, g, h] = state_;
        for (std::size_t i = 0; i < w.size(); ++i) {
            const std::uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                     ((e & f) ^ (~e & g)) + constants[i] + w[i];
            const std::uint32_t t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) +
                                     ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        const std::array<std::uint32_t, 8> mixed{a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < state_.size(); ++i)
            state_[i] += mixed[i];
        filled_ = 0;
    }

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> block_{};
    std::size_t filled_ = 0;
    std::uint64_t size_ = 0;
};

} // namespace eventsourcing::detail

#endif
